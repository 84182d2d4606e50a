import { describe, expect, it } from 'vitest'

import { loadStrategies } from '../../../../runtime/explore/strategies.ts'
import { describeParams, isScanner, type BarColumns } from '../../../../sdk/index.ts'
import { columns, load, NAMES, quiet, repeat, scan, walk, type Row } from './support.ts'

const scanners = await Promise.all(NAMES.map(async (name) => [name, await load(name)] as const))
const MARKETS = Array.from({ length: 60 }, (_, seed) => walk(seed + 1, 600))
/** So that random stocks hit everything. */
const LOOSE: Record<string, Record<string, unknown>> = {
  'gap-and-go': { minGap: 0.01, minRelativeVolume: 0.5 },
  'second-day-continuation': { minTurnover: 0, minGap: 0.01, minRelativeVolume: 0.5 },
  'volume-surge': { minTurnover: 0 },
  'bullish-engulfing': { minDecline: 0, minRelativeVolume: 0 },
  'atr-contraction': { maxRatio: 0.95, maxBelowHigh: 1 },
  '52-week-breakout': { window: 60, minRelativeVolume: 0.5, minBase: 2 },
  'moving-average-cross': { fast: 10, slow: 30 },
  'vwap-reclaim': { minRelativeVolume: 0 },
}

it('there are the twelve', () => {
  expect(NAMES).toEqual(['52-week-breakout', 'atr-contraction', 'bollinger-squeeze', 'bullish-engulfing', 'gap-and-go', 'inside-day', 'moving-average-cross', 'relative-strength-rank', 'rsi-reversal', 'second-day-continuation', 'volume-surge', 'vwap-reclaim'])
})

describe.each(scanners)('%s', (name, scanner) => {
  const loose = LOOSE[name] ?? {}
  const hits = MARKETS.flatMap((rows) => endings(rows).map((bars) => ({ bars, hit: scan(scanner, bars, loose) })))
  const found = hits.filter(({ hit }) => hit !== null)

  it('says what it is: name, description, parameters with help and numbers with a range', () => {
    expect(isScanner(scanner)).toBe(true)
    expect(scanner.name).not.toBeNull()
    expect(scanner.description).toMatch(/\.$/)
    expect(scanner.lookback).toBeGreaterThan(20)
    expect(scanner.universe).toMatchObject({ minVolume: expect.any(Number), minPrice: expect.any(Number), maxPrice: expect.any(Number) })
    const params = describeParams(scanner)
    expect(params.length).toBeGreaterThan(0)
    expect(params.filter(({ help, type, min, max }) => !help || (type === 'number' && (min === undefined || max === undefined)))).toEqual([])
  })

  it('finds something, with a score, a direction and strategies that the exploration knows', async () => {
    expect(found.length).toBeGreaterThan(3)
    const book = await loadStrategies()
    for (const { hit } of found) {
      expect(Number.isFinite(hit!.score)).toBe(true)
      expect(['bullish', 'bearish', 'neutral']).toContain(hit!.direction)
      expect(hit!.strategies!.length).toBeGreaterThan(0)
      const strangers = hit!.strategies!.filter((strategy) => book.find(strategy)?.name !== strategy)
      expect(strangers).toEqual([])
      const unsuited = hit!.strategies!.filter((strategy) => hit!.direction !== 'neutral' && /Put Debit|Long Put|Call Credit|LEAP Put/.test(strategy) !== (hit!.direction === 'bearish') && !/Straddle|Strangle|Calendar/.test(strategy))
      expect(unsuited).toEqual([])
      // Everything reported survives the way through JSON: no NaN turns into null.
      expect(JSON.parse(JSON.stringify(hit!.data))).toEqual(hit!.data)
    }
  })

  it('does not use more history than it asks for', () => {
    for (const { bars, hit } of found.slice(0, 40)) {
      const short = scan(scanner, tail(bars, scanner.lookback!), loose)
      expect(short?.direction).toBe(hit!.direction)
      // What the seeds of averages leave behind.
      expect(Math.abs(short!.score / hit!.score - 1)).toBeLessThan(0.02)
    }
  })

  it('is the same whatever the stock costs: a price in cents gives the score of a price in dollars', () => {
    for (const { bars, hit } of found.slice(0, 40)) {
      const other = scan(scanner, scaled(bars, 100), loose)
      expect(other?.score).toBeCloseTo(hit!.score, 6)
    }
  })

  it('sees through a split in its history', () => {
    const cases = found.map(({ bars, hit }) => ({ bars, hit, at: calmBar(bars) })).filter(({ at }) => at > 0).slice(0, 40)
    expect(cases.length).toBeGreaterThan(3)
    for (const { bars, hit, at } of cases) {
      for (const ratio of [2, 3, 0.1]) expect(scan(scanner, splitBefore(bars, at, ratio), loose)?.score).toBeCloseTo(hit!.score, 6)
    }
  })

  it('takes a split on its very date for no move', () => {
    const still = columns([...repeat(quiet(100), 300), quiet(50, { volume: 2_000_000 })])
    if (name === 'relative-strength-rank') expect(scan(scanner, still)?.score).toBe(0)
    else expect(scan(scanner, still)).toBeNull()
  })

  it('misses on a history that is too short, and on none', () => {
    for (let length = 0; length <= 4; length++) expect(scan(scanner, columns(repeat(quiet(100), length)))).toBeNull()
    for (const rows of MARKETS.slice(0, 10)) for (let length = 0; length < 80; length++) finite(scan(scanner, columns(rows.slice(0, length)), loose))
  })

  it('reports no stock that does not move or does not trade', () => {
    for (const row of [quiet(100), [100, 100, 100, 100, 1_000] as Row, [100, 100, 100, 100, 0] as Row, [0.0001, 0.0001, 0.0001, 0.0001, 0] as Row]) {
      // A rank always has somebody on top; a measure is no report.
      if (name !== 'relative-strength-rank') expect(scan(scanner, columns(repeat(row, 600)))).toBeNull()
    }
  })

  it('has no score that is no number, whatever is missing', () => {
    const fields = ['open', 'high', 'low', 'close', 'volume'] as const
    for (const { bars } of [...found.slice(0, 8), ...hits.slice(0, 4)]) {
      for (const field of fields) {
        for (const back of [1, 2, 3, 21, bars.length]) {
          for (const value of [Number.NaN, 0]) {
            const column = bars[field].slice()
            column[bars.length - back] = value
            finite(scan(scanner, { ...bars, [field]: column }, loose))
          }
        }
        finite(scan(scanner, { ...bars, [field]: bars[field].map(() => Number.NaN) }, loose))
      }
    }
  })

  it('leaves the bars as they are', () => {
    const bars = splitBefore(columns(MARKETS[0]!), 400, 2)
    const before = structuredClone(bars)
    scan(scanner, bars)
    expect(bars).toEqual(before)
  })
})

/** The stock as it stood on several days. */
const endings = (rows: readonly Row[]): BarColumns[] => Array.from({ length: 8 }, (_, at) => columns(rows.slice(0, rows.length - at)))

function finite(hit: ReturnType<typeof scan>): void {
  if (hit !== null) expect(Number.isFinite(hit.score)).toBe(true)
}

/** A bar of the last weeks on which little happened, where a split is plain to see; 0 where there is none. */
function calmBar({ open, close, volume }: BarColumns): number {
  const turnover = close.map((price, index) => price * volume[index]!)
  for (let at = close.length - 4; at > close.length - 15; at--) {
    const usual = turnover.slice(at - 20, at).reduce((sum, value) => sum + value, 0) / 20
    if (Math.abs(open[at]! / close[at - 1]! - 1) < 0.01 && turnover[at]! > usual / 3 && turnover[at]! < 2 * usual) return at
  }
  return 0
}

function tail(bars: BarColumns, length: number): BarColumns {
  const from = Math.max(0, bars.length - length)
  const { open, high, low, close, volume, date } = bars
  return { length: bars.length - from, date: date.slice(from), open: open.slice(from), high: high.slice(from), low: low.slice(from), close: close.slice(from), volume: volume.slice(from) }
}

const scaled = (bars: BarColumns, by: number): BarColumns => {
  const times = (column: Float64Array): Float64Array => column.map((value) => value * by)
  return { ...bars, open: times(bars.open), high: times(bars.high), low: times(bars.low), close: times(bars.close) }
}

/** The stock as it would have traded had it been split `ratio` for one at a bar. */
function splitBefore(bars: BarColumns, at: number, ratio: number): BarColumns {
  const times = (column: Float64Array, by: number): Float64Array => column.map((value, index) => (index < at ? value * by : value))
  return { ...bars, open: times(bars.open, ratio), high: times(bars.high, ratio), low: times(bars.low, ratio), close: times(bars.close, ratio), volume: times(bars.volume, 1 / ratio) }
}
