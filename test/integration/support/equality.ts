import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Bar } from '../../../sdk/index.ts'
import { openTestHost, type Hosted, type TestHost } from './hosting.ts'

/** The examples, hosted, against their references: row by row, over every symbol of a market. */

type Hit = Record<string, unknown> & { symbol?: string; score: number; direction: string }
/** Bars by symbol, oldest first. */
export type History = Map<string, Bar[]>
/** Hits by symbol, of those whose bars end on the date. */
type Reference = (barsBySymbol: [string, Bar[]][], date: string) => Map<string, Hit>

const EXAMPLES: Record<string, { reference: string; name: string; atOnce?: true }> = {
  'gap-and-go.ts': { reference: 'gap-and-go.js', name: 'gapAndGo' },
  'rsi-reversal.js': { reference: 'rsi-reversal.js', name: 'rsiReversal' },
  'bollinger-squeeze.cjs': { reference: 'bollinger-squeeze.js', name: 'bollingerSqueeze' },
  'volume-surge.ts': { reference: 'volume-surge.js', name: 'volumeSurge' },
  'second-day-continuation.js': { reference: 'second-day-continuation.js', name: 'secondDayContinuation' },
  'relative-strength-rank.js': { reference: 'relative-strength-rank.js', name: 'relativeStrengthRank', atOnce: true },
}

async function referenceOf(file: string): Promise<Reference> {
  const { reference, name, atOnce } = EXAMPLES[file]!
  const module = (await import(/* @vite-ignore */ new URL(`../../fixtures/reference/${reference}`, import.meta.url).href)) as Record<string, never>
  if (atOnce) {
    const rank = module[name] as (bars: [string, Bar[]][], date: string) => Hit[]
    return (bars, date) => new Map(rank(bars, date).map((hit) => [hit.symbol!, hit]))
  }
  const scan = module[name] as (symbol: string, bars: Bar[]) => Hit | null
  return (bars) => new Map(bars.flatMap(([symbol, upTo]) => [scan(symbol, upTo)].flatMap((hit): [string, Hit][] => (hit ? [[symbol, hit]] : []))))
}

/** Equal but for the last digits, which depend on the order of summation. */
function differs(actual: unknown, expected: unknown): boolean {
  if (typeof expected === 'number') return !(Math.abs((actual as number) - expected) <= 1e-9 * Math.max(1, Math.abs(expected)))
  if (expected === null || typeof expected !== 'object') return actual !== expected
  if (actual === null || typeof actual !== 'object') return true
  const keys = Object.keys(expected)
  return keys.length !== Object.keys(actual).length || keys.some((key) => differs((actual as Hit)[key], (expected as Hit)[key]))
}

/** Compares every row; gives how many rows were hits. */
function compare({ run, rows }: Hosted, history: History, dates: string[], reference: Reference): number {
  expect(run).toMatchObject({ status: 'completed', error: null })
  // The one script that asks for adjusted prices is told that prices are as traded; those that print per batch, that this is shown once or is each batch's.
  expect(run.warnings.map(({ code }) => code).filter((code) => !['adjusted_ignored', 'logs_repeated', 'logs_of_parts'].includes(code))).toEqual([])
  expect(rows.length).toBe(history.size * dates.length)
  const bySymbol = new Map(rows.map((row) => [`${row.symbol} ${row.date}`, row]))
  const wrong: unknown[] = []
  let hits = 0
  for (const date of dates) {
    const traded = [...history].map(([symbol, bars]): [string, Bar[]] => [symbol, bars.slice(0, bars.findLastIndex((bar) => bar.date <= date) + 1)]).filter(([, bars]) => bars.at(-1)?.date === date)
    const expected = reference(traded, date)
    const isTraded = new Set(traded.map(([symbol]) => symbol))
    for (const symbol of history.keys()) {
      const row = bySymbol.get(`${symbol} ${date}`)!
      const hit = expected.get(symbol)
      const status = !isTraded.has(symbol) ? 'no_data' : hit === undefined ? 'miss' : 'hit'
      if (status === 'hit') hits++
      const { score, direction, data, strategies }: Partial<Hit> = hit ?? {}
      // A hit without a field of its own for data is data as a whole.
      const wanted = hit === undefined ? null : data === undefined ? hit : data
      const isRight = row.status === status && (hit === undefined || (!differs(row.score, score) && row.direction === direction && !differs(row.data, wanted) && !differs(row.strategies, strategies ?? [])))
      if (!isRight && wrong.length < 5) wrong.push({ symbol, date, status, hit, row })
    }
  }
  expect(wrong).toEqual([])
  return hits
}

/** A market that a host is open on, and what its bars are by another way. */
export interface ComparedMarket {
  host: TestHost
  history: History
  dates: string[]
  /** Each example must have more hits than these, or little was compared. */
  leastHits: number
}

/** Runs every example over the market and compares each of its rows. */
export function describeEquality(name: string, open: () => Promise<ComparedMarket>): void {
  describe(name, () => {
    let market: ComparedMarket
    beforeAll(async () => {
      market = await open()
    }, 120_000)
    afterAll(() => market.host.close())

    it.each(Object.keys(EXAMPLES))('%s', async (file) => {
      const { host, history, dates, leastHits } = market
      const source = readFileSync(new URL(`../../../examples/${file}`, import.meta.url))
      const hosted = await host.run(source, { filename: file, universe: 'all', dates })
      expect(Buffer.from(host.host.source(hosted.id)).equals(source)).toBe(true)
      expect(compare(hosted, history, dates, await referenceOf(file))).toBeGreaterThan(leastHits)
    }, 60_000)
  })
}

const RECORDED = fileURLToPath(new URL('../../../../shared/data/daily_bars/pystock/', import.meta.url))

/** The recorded US market is no part of the repository. */
export const isRecordedMarketThere = existsSync(RECORDED)

/** A host over a year of the recorded market, one symbol in `every`. */
export async function openRecordedMarket(every: number, leastHits: number): Promise<ComparedMarket> {
  const host = await openTestHost()
  const history: History = new Map()
  const kept: string[] = []
  for (const name of readdirSync(RECORDED).sort()) {
    const [header, ...lines] = gunzipSync(readFileSync(join(RECORDED, name))).toString('latin1').split('\n')
    if (kept.length === 0) kept.push(header!)
    for (const line of lines) {
      const symbol = line.slice(0, line.indexOf(','))
      if (symbol === '' || checksum(symbol) % every !== 0) continue
      kept.push(line)
      const [, date, ...values] = line.split(',')
      const [open, high, low, close, volume] = values.map(Number) as [number, number, number, number, number]
      if (Math.min(open, high, low, close) <= 0) continue
      const bars = history.get(symbol)
      if (bars === undefined) history.set(symbol, [{ date: date!, open, high, low, close, volume }])
      else bars.push({ date: date!, open, high, low, close, volume })
    }
  }
  const file = join(host.home, 'recorded.csv')
  writeFileSync(file, kept.join('\n'))
  await host.host.importBars([file])
  return { host, history, dates: ['2015-12-16', '2016-02-11', '2016-03-24'], leastHits }
}

/** Changes from symbol to symbol, so that a part of them is a part of every letter. */
const checksum = (symbol: string): number => [...symbol].reduce((sum, letter) => 31 * sum + letter.charCodeAt(0), 0)
