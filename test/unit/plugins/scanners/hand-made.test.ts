/** Each scanner on bars made by hand, with answers that follow from the bars by mental arithmetic. */
import { describe, expect, it } from 'vitest'

import { ta, type RankStep } from '../../../../sdk/index.ts'
import { columns, load, quiet, repeat, scan, type Row } from './support.ts'

/** A year around $100: every bar opens and closes there with a range of $2, so its average true range is exactly 2. */
const YEAR = repeat(quiet(100), 260)
const after = (...rows: Row[]) => columns([...YEAR, ...rows])

describe('gap and go', async () => {
  const scanner = await load('gap-and-go')
  // Opens 6 above a close of 100, which is 3 average ranges; closes at 109 of 105 to 110; three times the volume.
  const day = { open: 106, high: 110, low: 105, volume: 3_000_000 }

  it('measures the gap in average ranges, and how much of the range was kept', () => {
    const hit = scan(scanner, after(quiet(109, day)))
    expect(hit).toMatchObject({ direction: 'bullish', strategies: ['Long Call', 'Call Debit Spread'], data: { holds: true, entry: 110, stop: 105 } })
    expect(hit!.data['gap']).toBeCloseTo(0.06, 12)
    expect(hit!.data['gapInAtr']).toBeCloseTo(3, 12)
    expect(hit!.data['relativeVolume']).toBeCloseTo(3, 12)
    expect(hit!.score).toBeCloseTo(3 * 0.8, 12)
  })
  it.each([
    ['a gap below the least', quiet(109, { ...day, open: 102.9, low: 101 })],
    ['volume below the least', quiet(109, { ...day, volume: 1_400_000 })],
    ['a close below the open', quiet(105.5, day)],
    ['a gap that was filled', quiet(109, { ...day, low: 99.9 })],
  ])('misses on %s', (_, row) => expect(scan(scanner, after(row))).toBeNull())
  it('takes a filled gap where it may', () => {
    expect(scan(scanner, after(quiet(109, { ...day, low: 99.9 })), { mustHold: false })).toMatchObject({ data: { holds: false }, strategies: ['Call Debit Spread'] })
  })
})

describe('RSI reversal', async () => {
  const scanner = await load('rsi-reversal')
  const closes = (...values: number[]) => columns(values.map((close) => quiet(close)))

  it('reports the session of the way back, the depth before it and the lowest low', () => {
    // Period 2: changes -10 and -10 give 0; then +10: gain (0 + 10) / 2 = 5, loss (10 + 0) / 2 = 5: 50.
    const hit = scan(scanner, closes(130, 120, 110, 120), { period: 2 })
    expect(hit).toMatchObject({ score: 30, direction: 'bullish', data: { rsi: 50, extreme: 0, sessionsBeyond: 1, entry: 120, stop: 109 } })
  })
  it('reports the mirror image, and either side alone', () => {
    const down = closes(110, 120, 130, 120)
    expect(scan(scanner, down, { period: 2 })).toMatchObject({ score: 30, direction: 'bearish', data: { rsi: 50, extreme: 100, stop: 131 }, strategies: ['Long Put', 'Call Credit Spread'] })
    expect(scan(scanner, down, { period: 2, side: 'bullish' })).toBeNull()
  })
  it('misses while it falls, and after the day', () => {
    expect(scan(scanner, closes(130, 120, 110), { period: 2 })).toBeNull()
    expect(scan(scanner, closes(130, 120, 110, 120, 121), { period: 2 })).toBeNull()
  })
})

describe('Bollinger squeeze', async () => {
  const scanner = await load('bollinger-squeeze')
  // Closes swing by 5 for long, then by 0.1: the bands of the last 20 are narrower than any of 120 before.
  const swing = (by: number, times: number) => Array.from({ length: times }, (_, at) => quiet(100 + (at % 2 === 0 ? by : -by)))
  const squeezed = [...swing(5, 160), ...swing(0.1, 20)]

  it('reports a close outside narrow bands, the way it went', () => {
    const up = scan(scanner, columns([...squeezed, quiet(104, { volume: 2_000_000 })]))
    expect(up).toMatchObject({ direction: 'bullish', strategies: ['Long Call', 'Call Debit Spread'] })
    expect(up!.data['rank']).toBe(0)
    // Middle 100, deviation 0.1: bands 99.8 and 100.2.
    expect(up!.data['width']).toBeCloseTo(0.004, 12)
    expect(up!.score).toBeCloseTo(200, 9)
    expect(scan(scanner, columns([...squeezed, quiet(96)]))).toMatchObject({ direction: 'bearish' })
    expect(scan(scanner, columns([...squeezed, quiet(100)]))).toBeNull()
  })
  it('reports the squeeze itself where that is asked for', () => {
    expect(scan(scanner, columns(squeezed), { trigger: 'squeeze' })).toMatchObject({ score: 100, direction: 'neutral', strategies: ['Long Straddle', 'Long Strangle'] })
    expect(scan(scanner, columns(squeezed))).toBeNull()
    expect(scan(scanner, columns(swing(5, 200)), { trigger: 'squeeze', maxRank: 10 })).toBeNull()
  })
})

describe('moving-average cross', async () => {
  const scanner = await load('moving-average-cross')
  const params = { fast: 2, slow: 5 }
  const falling = [quiet(110), quiet(109), quiet(108), quiet(107), quiet(106), ...Array.from({ length: 15 }, (_, at) => quiet(105 - at))]

  it('reports the cross on its day alone', () => {
    // The last closes are 94, 93, 92, 91 and 100: fast (91 + 100) / 2 = 95.5 above slow 94; before, 91.5 below 93.
    const hit = scan(scanner, columns([...falling, quiet(100)]), params)
    expect(hit).toMatchObject({ direction: 'bullish', data: { fast: 95.5, entry: 100 } })
    expect(hit!.data['slow']).toBeCloseTo(94, 12)
    const [{ high, low, close }] = [columns([...falling, quiet(100)])]
    expect(hit!.score).toBeCloseTo((1.5 + 1.5) / ta.atr({ high, low, close }, 14).at(-1)!, 12)
    expect(scan(scanner, columns([...falling, quiet(100), quiet(101)]), params)).toBeNull()
    expect(scan(scanner, columns(falling), params)).toBeNull()
  })
  it('wants the slow average to agree where asked', () => {
    expect(scan(scanner, columns([...falling, quiet(94)]), { ...params, confirmed: true })).toBeNull()
    expect(scan(scanner, columns([...falling, quiet(100)]), { ...params, confirmed: true })).not.toBeNull()
  })
  it('says that fast must be below slow', () => {
    expect(() => scan(scanner, after(), { fast: 200, slow: 50 })).toThrow('fast (200) must be below slow (50)')
  })
})

describe('52-week breakout', async () => {
  const scanner = await load('52-week-breakout')
  // A high of 111 that is 30 sessions old when it is broken at 113 on three times the volume.
  const based = [...YEAR, quiet(110), ...repeat(quiet(105), 29)]
  const breakout = quiet(113, { volume: 3_000_000 })

  it('reports the first close above the high of the year', () => {
    const hit = scan(scanner, columns([...based, breakout]))
    expect(hit).toMatchObject({ direction: 'bullish', data: { priorHigh: 111, base: 30, entry: 113 } })
    expect(hit!.data['relativeVolume']).toBeCloseTo(3, 12)
    expect(hit!.score).toBeCloseTo(2 * hit!.data['breakoutInAtr']!, 12)
  })
  it.each([
    ['a close at the high', [...based, quiet(111, { volume: 3_000_000 })], {}],
    ['thin volume', [...based, quiet(113)], {}],
    ['a second day above, for it has no base', [...based, breakout, quiet(115, { volume: 9_000_000 })], {}],
    ['less than a year of history', [...based.slice(-251), breakout], {}],
    ['a base that is too short', [...based, breakout], { minBase: 31 }],
  ])('misses on %s', (_, rows, params) => expect(scan(scanner, columns(rows), params)).toBeNull())
})

describe('volume surge', async () => {
  const scanner = await load('volume-surge')

  it('measures the volume against the median, which one earlier surge does not move', () => {
    const rows = [...repeat(quiet(100), 30), quiet(100, { volume: 50_000_000 }), ...repeat(quiet(100), 5), quiet(104, { volume: 4_000_000 })]
    expect(scan(scanner, columns(rows))).toMatchObject({ score: 4, direction: 'bullish', data: { relativeVolume: 4, turnover: 416_000_000, entry: 104, stop: 99 + 4 } })
  })
  it('goes the way of the price', () => {
    expect(scan(scanner, after(quiet(96, { volume: 4_000_000 })))).toMatchObject({ direction: 'bearish', data: { stop: 97 }, strategies: ['Long Put', 'Put Debit Spread'] })
  })
  it('misses on a move that is none, on little money, on a stock that never traded before', () => {
    expect(scan(scanner, after(quiet(100.5, { volume: 4_000_000 })))).toBeNull()
    expect(scan(scanner, after(quiet(104, { volume: 4_000_000 })), { minTurnover: 500_000_000 })).toBeNull()
    expect(scan(scanner, columns([...repeat(quiet(100, { volume: 0 }), 30), quiet(104, { volume: 4_000_000 })]))).toBeNull()
  })
})

describe('inside day', async () => {
  const scanner = await load('inside-day')
  const mother = quiet(100, { high: 104, low: 96 })

  it('measures the range against the mother bar', () => {
    expect(scan(scanner, after(mother, quiet(100, { high: 101, low: 99.4 })))).toMatchObject({ direction: 'neutral', data: { motherHigh: 104, motherLow: 96, trend: 'up' }, strategies: ['Long Straddle', 'Long Strangle'] })
    expect(scan(scanner, after(mother, quiet(100, { high: 100.5, low: 99.5 })))!.score).toBeCloseTo(8, 12)
  })
  it('counts days in a row, each within the one before', () => {
    const two = after(mother, quiet(100, { high: 103, low: 97 }), quiet(100, { high: 100.5, low: 99.5 }))
    expect(scan(scanner, two, { sessions: 2 })).toMatchObject({ data: { motherHigh: 104 } })
    expect(scan(scanner, two, { sessions: 3 })).toBeNull()
  })
  it('misses on an equal high, on a wide day, on a day that is not the narrowest, on no range', () => {
    expect(scan(scanner, after(mother, quiet(100, { high: 104, low: 99 })))).toBeNull()
    expect(scan(scanner, after(mother, quiet(100, { high: 103.5, low: 96.5 })))).toBeNull()
    expect(scan(scanner, after(mother, quiet(100, { high: 102, low: 98 })))).toBeNull()
    expect(scan(scanner, after(mother, quiet(100, { high: 100, low: 100 })))).toBeNull()
  })
})

describe('relative strength rank', async () => {
  const scanner = await load('relative-strength-rank')
  const rising = (from: number, by: number) => columns(Array.from({ length: 41 }, (_, at) => quiet(from + by * at)))

  it('adds the returns of one to four quarters, the shortest twice', () => {
    // Closes 100 to 140 by ones; quarters of 10: 140/130, 140/120, 140/110, 140/100.
    const hit = scan(scanner, rising(100, 1), { quarter: 10 })
    expect(hit!.score).toBeCloseTo(2 * (140 / 130 - 1) + (140 / 120 - 1) + (140 / 110 - 1) + 0.4, 12)
  })
  it('takes a young stock for what it has, or not at all', () => {
    const young = columns(Array.from({ length: 15 }, (_, at) => quiet(100 + at)))
    expect(scan(scanner, young, { quarter: 10 })!.score).toBeCloseTo(2 * (114 / 104 - 1), 12)
    expect(scan(scanner, young, { quarter: 10, minHistory: 2 })).toBeNull()
    expect(scan(scanner, columns(repeat(quiet(100), 10)), { quarter: 10 })).toBeNull()
  })
  it('keeps the top part of all, best first, each with its rank', async () => {
    const candidates = [3, 1, 4, 1.5, 9, 2, 6, 5, 3.5, 8].map((score, at) => ({ symbol: `S${at}`, score, direction: 'bullish' as const, data: { returns: [score] }, strategies: [], reason: null }))
    const kept = await (scanner.rank as RankStep<{ top: number }>)({ candidates, params: { top: 0.3 } } as never)
    expect(kept!.map(({ symbol, data }) => [symbol, Math.round((data as { rank: number }).rank)])).toEqual([['S4', 100], ['S9', 89], ['S6', 78]])
  })
})

describe('ATR contraction', async () => {
  const scanner = await load('atr-contraction')
  const wide = repeat(quiet(100, { high: 104, low: 96 }), 80)
  const narrow = repeat(quiet(100, { high: 101, low: 99 }), 10)

  it('measures the short range against the long one', () => {
    // Ten bars of 2% among sixty, the others 8%: 2 / ((10 × 2 + 50 × 8) / 60) = 2 / 7.
    const hit = scan(scanner, columns([...wide, ...narrow]))
    expect(hit).toMatchObject({ direction: 'bullish', data: { entry: 104, stop: 99 } })
    expect(hit!.score).toBeCloseTo(3.5, 12)
    expect(hit!.data['belowHigh']).toBeCloseTo(1 - 100 / 104, 12)
  })
  it('misses on a range that is as ever, a price far from its high, and a stock that is pinned', () => {
    expect(scan(scanner, columns(wide))).toBeNull()
    expect(scan(scanner, columns([...wide, ...repeat(quiet(90, { high: 91, low: 89 }), 20)]))).toBeNull()
    expect(scan(scanner, columns([...wide, ...repeat(quiet(100, { high: 100.2, low: 99.8 }), 10)]))).toBeNull()
  })
})

describe('bullish engulfing', async () => {
  const scanner = await load('bullish-engulfing')
  // From 100 down by ones to 90, the last bar a red one from 91 to 90.
  const decline = [...YEAR, ...Array.from({ length: 9 }, (_, at) => quiet(99 - at)), quiet(90, { open: 91 })]

  it('reports the body that swallows the one before', () => {
    const hit = scan(scanner, columns([...decline, quiet(92, { open: 89.5, high: 92.5, volume: 2_000_000 })]))
    expect(hit).toMatchObject({ direction: 'bullish', data: { entry: 92.5, stop: 88.5 } })
    expect(hit!.data['fall']).toBeCloseTo(0.1, 12)
    expect(hit!.data['relativeVolume']).toBeCloseTo(2, 12)
  })
  it.each([
    ['a body that ends within the red one', quiet(90.8, { open: 89.5 })],
    ['a body that begins within it', quiet(93, { open: 90.1 })],
    ['a red body', quiet(89, { open: 92 })],
    ['thin volume', quiet(92, { open: 89.5, volume: 900_000 })],
  ])('misses on %s', (_, row) => expect(scan(scanner, columns([...decline, row]))).toBeNull())
  it('misses without a decline before it', () => {
    expect(scan(scanner, after(quiet(99, { open: 100 }), quiet(101, { open: 98.5 })))).toBeNull()
  })
})

describe('VWAP reclaim', async () => {
  const scanner = await load('vwap-reclaim')
  // Ten sessions at 95 after a year at 100: the average of 20 is 97.5 and falling; then a close at 99 on twice the volume.
  const below = [...YEAR, ...repeat(quiet(95), 10)]

  it('reports the first close above, how long it was below, and the lowest low of that time', () => {
    const hit = scan(scanner, columns([...below, quiet(99, { volume: 2_000_000 })]))
    expect(hit).toMatchObject({ direction: 'bullish', data: { sessionsBelow: 10, entry: 99, stop: 94 } })
    // 9 × 100, 10 × 95 and 2 × 99 million over 21 million.
    expect(hit!.data['vwap']).toBeCloseTo((900 + 950 + 198) / 21, 9)
  })
  it('misses below it, after the day, after too few days below, on thin volume', () => {
    expect(scan(scanner, columns([...below, quiet(96, { volume: 2_000_000 })]))).toBeNull()
    expect(scan(scanner, columns([...below, quiet(99, { volume: 2_000_000 }), quiet(100, { volume: 3_000_000 })]))).toBeNull()
    expect(scan(scanner, columns([...YEAR, ...repeat(quiet(95), 4), quiet(101, { volume: 2_000_000 })]))).toBeNull()
    expect(scan(scanner, columns([...below, quiet(99)]))).toBeNull()
  })
})

describe('large-cap second-day continuation', async () => {
  const scanner = await load('second-day-continuation')
  // Day one opens 4 above 100 and closes at 106 on three times the volume; day two closes at 108.
  const one = quiet(106, { open: 104, high: 107, low: 103, volume: 3_000_000 })
  const two = quiet(108, { open: 106, high: 109, low: 105 })

  it('reports the second day, measured in average ranges from the close before the gap', () => {
    const hit = scan(scanner, after(one, two))
    expect(hit).toMatchObject({ direction: 'bullish', data: { turnover: 100_000_000, entry: 109, stop: 100 } })
    expect(hit!.score).toBeCloseTo(4, 12)
    expect(hit!.data['gap']).toBeCloseTo(0.04, 12)
  })
  it.each([
    ['the first day', [one]],
    ['a third day', [one, two, quiet(110, { open: 108 })]],
    ['a second day that closes lower', [one, quiet(105.5, { open: 106 })]],
    ['a gap that is filled on the second day', [one, quiet(108, { open: 106, low: 99.9 })]],
    ['a first day that closes weak', [quiet(104.5, { open: 104, high: 107, low: 103, volume: 3_000_000 }), two]],
    ['a first day on usual volume', [quiet(106, { open: 104, high: 107, low: 103 }), two]],
  ])('misses on %s', (_, rows) => expect(scan(scanner, after(...rows))).toBeNull())
  it('misses on a stock that is not large', () => expect(scan(scanner, after(one, two), { minTurnover: 100_000_001 })).toBeNull())
})
