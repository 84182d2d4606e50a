import * as z from 'zod'

import { anyJson, cursor, instant, isoDate, pageSize, symbolText } from './fields.ts'

export const market = z.object({
  source: z.string(),
  simulated: z.boolean(),
  snapshot: z.string(),
  symbols: z.int(),
  bars: z.int(),
  sessions: z.int(),
  firstDate: z.string().nullable(),
  lastDate: z.string().nullable(),
  imports: z.array(z.object({ sha256: z.string(), name: z.string(), rowsRead: z.int(), snapshot: z.string(), importedAt: instant() })),
  chains: z.object({
    snapshot: z.string(),
    tickers: z.array(z.string()),
    recordings: z.int(),
    contracts: z.int(),
    dates: z.array(z.string()),
    sources: z.array(z.object({ source: z.string(), tickers: z.int(), recordings: z.int(), contracts: z.int(), firstDate: z.string(), lastDate: z.string() })),
  }).nullable(),
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
export const chain = z.object({ source: z.string(), simulated: z.boolean(), expirations: z.array(z.string()).readonly(), chain: anyJson() }).meta({ id: 'Chain' })
