import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

import { barsToColumns, splitAdjusted, ta, type Bar } from '../../../../sdk/index.ts'

const FOLDER = fileURLToPath(new URL('../../../../../shared/data/daily_bars/pystock/', import.meta.url))

/** A quiet stock at `before` for 30 sessions, then one bar. */
function then(before: number, bar: { open: number; close?: number; volume?: number }): Bar[] {
  const row = (price: number, close: number, volume: number, at: number): Bar => ({ date: `2026-01-${String(at + 1).padStart(2, '0')}`, open: price, high: Math.max(price, close), low: Math.min(price, close), close, volume })
  return [...Array.from({ length: 30 }, (_, at) => row(before, before, 1_000, at)), row(bar.open, bar.close ?? bar.open, bar.volume ?? Math.round((1_000 * before) / bar.open), 30)]
}

const ratio = (bars: Bar[]): number => ta.splits(bars).at(-1)!

describe('splits', () => {
  it.each([
    [100, 50, 2], [100, 51, 2], [90, 30, 3], [90, 60, 1.5], [700, 100, 7], [5, 50, 0.1], [1, 20, 1 / 20], [10, 40.5, 0.25],
  ])('from %d to %d is one', (before, open, expected) => expect(ratio(then(before, { open }))).toBe(expected))

  it.each([
    ['a gap of an ordinary size', then(100, { open: 90 })],
    ['a fall to no usual ratio', then(100, { open: 43 })],
    ['a crash, which everybody trades', then(100, { open: 50, volume: 10_000 })],
    ['a takeover', then(100, { open: 150, volume: 20_000 })],
    ['an open that was a bad print', then(100, { open: 50, close: 99 })],
    ['a price that nobody traded at', then(100, { open: 50, volume: 0 })],
    ['a missing volume', then(100, { open: 50, volume: Number.NaN })],
    ['two shares for three, which no company does', then(100, { open: 150 })],
  ])('%s is none', (_, bars) => expect(ratio(bars)).toBe(1))

  it('gives 1 for a history of one bar, and nothing for none', () => {
    expect([...ta.splits(then(100, { open: 50 }).slice(-1))]).toEqual([1])
    expect([...ta.splits([])]).toEqual([])
  })
})

describe('splitAdjusted', () => {
  it('puts what was before in the shares of the last bar, over several splits', () => {
    const bars = barsToColumns([...then(100, { open: 50 }), ...then(50, { open: 500, volume: 200 }).map((bar) => ({ ...bar, date: bar.date.replace('-01-', '-02-') }))])
    const adjusted = splitAdjusted(bars)
    expect([adjusted.close[0], adjusted.close[29], adjusted.close[40], adjusted.close[61]]).toEqual([500, 500, 500, 500])
    expect([adjusted.volume[0], adjusted.volume[40], adjusted.volume[61]]).toEqual([200, 100, 200])
    expect(adjusted.date).toBe(bars.date)
  })
  it('gives the bars themselves where there is none, and leaves them as they were where there is', () => {
    const plain = barsToColumns(then(100, { open: 101 }))
    expect(splitAdjusted(plain)).toBe(plain)
    const split = barsToColumns(then(100, { open: 50 }))
    const before = structuredClone(split)
    splitAdjusted(split)
    expect(split).toEqual(before)
  })
})

// The recorded market is not part of the repository.
describe.skipIf(!existsSync(FOLDER))('the splits of 2015 and 2016 that companies announced', () => {
  const ANNOUNCED: Record<string, [date: string, ratio: number]> = {
    NFLX: ['2015-07-15', 7], SBUX: ['2015-04-09', 2], NKE: ['2015-12-24', 2], KR: ['2015-07-14', 2], ROST: ['2015-06-12', 2], SKX: ['2015-10-16', 3], CF: ['2015-06-18', 5], EW: ['2015-12-14', 2], HRL: ['2016-02-10', 2],
  }
  /** Fell or rose by a third or more overnight on their news, or spun a part off. */
  const NEWS = ['LNKD', 'GMCR', 'EBAY', 'HPQ', 'DATA', 'CLVS', 'AAPL', 'MSFT']
  const found = new Map<string, Bar[]>()
  for (const name of existsSync(FOLDER) ? readdirSync(FOLDER).sort() : []) {
    for (const line of gunzipSync(readFileSync(FOLDER + name)).toString().split('\n')) {
      const [symbol, date, open, high, low, close, volume] = line.split(',')
      if (!(symbol! in ANNOUNCED) && !NEWS.includes(symbol!)) continue
      found.set(symbol!, [...(found.get(symbol!) ?? []), { date: date!, open: Number(open), high: Number(high), low: Number(low), close: Number(close), volume: Number(volume) }])
    }
  }
  const seen = (symbol: string): [string, number][] => {
    const bars = found.get(symbol)!.sort((one, other) => (one.date < other.date ? -1 : 1))
    return [...ta.splits(bars)].flatMap((value, at) => (value === 1 ? [] : [[bars[at]!.date, value]]))
  }
  it.each(Object.entries(ANNOUNCED))('%s', (symbol, split) => expect(seen(symbol)).toEqual([split]))
  it.each(NEWS)('none of %s', (symbol) => expect(seen(symbol)).toEqual([]))
})
