import * as z from 'zod'

import { anyJson, cursor, instant, isoDate, pageSize, symbolText } from './fields.ts'

const barValues = z.object({ open: z.number(), high: z.number(), low: z.number(), close: z.number(), volume: z.number() })
const lastImport = z.object({
  rowsRead: z.int(),
  rowsKept: z.int(),
  rowsRejected: z.int(),
  reasons: z.record(z.string(), z.int()),
  flagged: z.record(z.string(), z.int()),
  duplicates: z.int(),
  conflicts: z.int(),
  conflictsInFiles: z.int(),
  conflictRule: z.string(),
  conflictSamples: z.array(z.object({ symbol: z.string(), date: z.string(), outcome: z.enum(['stored_kept', 'stored_replaced', 'within_files']), kept: barValues, dropped: barValues })),
  stored: z.object({ added: z.int(), replaced: z.int(), unchanged: z.int(), conflictingKept: z.int() }),
  symbols: z.int(),
  firstDate: z.string().nullable(),
  lastDate: z.string().nullable(),
  unchanged: z.boolean(),
})

export const market = z.object({
  source: z.string(),
  simulated: z.boolean(),
  snapshot: z.string(),
  symbols: z.int(),
  bars: z.int(),
  sessions: z.int(),
  firstDate: z.string().nullable(),
  lastDate: z.string().nullable(),
  newer: z.object({ date: z.string(), symbols: z.int() }).nullable(),
  imports: z.array(z.object({ sha256: z.string(), name: z.string(), members: z.int(), member: z.string().nullable(), rowsRead: z.int(), snapshot: z.string(), importedAt: instant() })),
  lastImport: lastImport.nullable(),
  chains: z.object({
    snapshot: z.string(),
    tickers: z.array(z.string()),
    recordings: z.int(),
    contracts: z.int(),
    dates: z.array(z.string()),
    sources: z.array(z.object({ source: z.string(), tickers: z.int(), recordings: z.int(), contracts: z.int(), firstDate: z.string(), lastDate: z.string() })),
  }).nullable(),
  news: z.object({ snapshot: z.string(), articles: z.int(), tickers: z.int(), firstDate: z.string(), lastDate: z.string() }).nullable(),
}).meta({ id: 'Market' })

const PREFIX = 'the first letters of symbols'
export const symbolQuery = z.strictObject({ prefix: z.string().regex(/^[\w.^/-]{1,40}$/, { error: PREFIX }).optional(), cursor: cursor(), limit: pageSize(500, 10_000) })
export const symbolPage = z.object({
  symbols: z.array(z.object({ symbol: z.string(), bars: z.int(), firstDate: z.string(), lastDate: z.string() })),
  nextCursor: z.string().nullable(),
})

export const symbolParams = z.strictObject({ symbol: symbolText() })
export const barQuery = z.strictObject({ from: isoDate().optional(), to: isoDate().optional() })
export const bars = z.object({
  symbol: z.string(),
  bars: z.array(z.object({ date: z.string(), open: z.number(), high: z.number(), low: z.number(), close: z.number(), volume: z.number() })),
}).meta({ id: 'Bars', description: 'oldest first, prices as traded' })

export const chainQuery = z.strictObject({ expiration: isoDate().optional() })
export const chain = z.object({ source: z.string(), simulated: z.boolean(), expirations: z.array(z.string()).readonly(), underlying: z.object({ price: z.number(), source: z.enum(['chain', 'quote', 'parity']) }).nullable(), chain: anyJson() }).meta({ id: 'Chain' })
