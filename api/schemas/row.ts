import * as z from 'zod'

import { EXPLORATION_STATUSES, ROW_STATUSES } from '../../runtime/host.ts'
import { anyJson, cursor, flag, flagText, isoDate, oneOf, pageSize, someOf, symbolText } from './fields.ts'

export const row = z.object({
  symbol: z.string(),
  date: z.string(),
  status: z.enum(ROW_STATUSES),
  reason: z.string(),
  score: z.number().nullable(),
  direction: z.enum(['bullish', 'bearish', 'neutral']).nullable(),
  data: anyJson(),
  strategies: z.array(z.string()),
  batchId: z.int().nullable(),
  workerId: z.int().nullable(),
  attempt: z.int(),
  queueMs: z.number().nullable(),
  dataMs: z.number().nullable(),
  scriptMs: z.number().nullable(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string(), line: z.int().nullable(), column: z.int().nullable(), frame: z.string().nullable() }).nullable(),
}).meta({ id: 'Row' })

export const rowQuery = z.strictObject({ status: someOf(ROW_STATUSES).optional(), date: isoDate().optional(), symbol: symbolText().optional(), cursor: cursor(), limit: pageSize(100, 5_000) })
export const rowPage = z.object({ rows: z.array(row), nextCursor: z.string().nullable() })
export const rowFileQuery = z.strictObject({
  status: oneOf(ROW_STATUSES).optional(),
  timings: flagText().default('false').meta({ description: 'adds batch, worker, attempt and durations' }),
})

export const explorationQuery = z.strictObject({ status: someOf(EXPLORATION_STATUSES).optional(), ticker: symbolText().optional(), cursor: cursor(), limit: pageSize(100, 5_000) })
export const explorationPage = z.object({
  rows: z.array(z.record(z.string(), z.unknown()).meta({ id: 'ExplorationRow', description: 'the columns of the strategy row as they came, then those of the exploration in camelCase' })),
  nextCursor: z.string().nullable(),
})
export const explorationFileQuery = z.strictObject({ timings: flagText().default('false').meta({ description: 'adds workers, calls and durations' }) })

/** So many are checked within some hundredths of a second, in which the server does nothing else. */
const MAX_STRATEGIES = 25_000
const MAX_CELL = 10_000
const CELL = `a text of at most ${MAX_CELL} characters, a number or null`
const cell = z.union([z.string().max(MAX_CELL), z.number(), z.null()], { error: CELL })

export const exploreBody = z.strictObject({
  strategies: z.array(z.record(z.string().max(200), cell, { error: 'an object with ticker and strategy' }), { error: 'a list of strategy rows' })
    .min(1, { error: 'a list of one strategy row or more' }).max(MAX_STRATEGIES, { error: `a list of at most ${MAX_STRATEGIES} strategy rows` })
    .meta({ description: 'each with ticker and strategy, and any other column', examples: [[{ ticker: 'AAPL', strategy: 'Long Call', horizon: 'SHORT' }]] }),
  forceFull: flag().optional().meta({ description: 'computes rows that the preflight would skip' }),
  refresh: flag().optional().meta({ description: 'fetches every chain anew' }),
}, { error: 'an object with strategies' }).meta({ id: 'ExplorationRequest' })
