import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isSession } from '../../../../sdk/calendar.ts'
import { BAR_SHAPES, makeBars, type BarOptions } from '../../../../sdk/testing/index.ts'

const day = (date: string): number => Date.parse(date) / 86_400_000

describe('makeBars', () => {
  it('makes bars that could have been traded, whatever is asked for', () => {
    const options: fc.Arbitrary<BarOptions> = fc.record(
      { sessions: fc.integer({ min: 4, max: 60 }), seed: fc.integer(), price: fc.double({ min: 0.01, max: 1e4, noNaN: true }), drift: fc.double({ min: -0.3, max: 0.05, noNaN: true }), noise: fc.double({ min: 0, max: 0.2, noNaN: true }) },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.constantFrom(...BAR_SHAPES), options, (shape, asked) => {
        const bars = makeBars(shape, asked)
        expect(bars).toEqual(makeBars(shape, asked))
        for (const [at, { date, open, high, low, close, volume }] of bars.entries()) {
          expect(isSession(day(date))).toBe(true)
          if (at > 0) expect(day(date)).toBeGreaterThan(day(bars[at - 1]!.date))
          expect(low).toBeGreaterThanOrEqual(0.01)
          expect(low).toBeLessThanOrEqual(Math.min(open, close))
          expect(high).toBeGreaterThanOrEqual(Math.max(open, close))
          for (const price of [open, high, low, close]) expect(Math.round(price * 100)).toBeCloseTo(price * 100, 4)
          expect(Number.isInteger(volume)).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('has each shape show what it is named for', () => {
    const closes = (bars: readonly { close: number }[]) => bars.map(({ close }) => close)
    const trend = makeBars('trend', { noise: 0, drift: 0.01, sessions: 3 })
    expect(closes(trend)).toEqual([100, 101, 102.01])
    expect(closes(makeBars('trend', { noise: 0, drift: -0.5, sessions: 3 }))).toEqual([100, 50, 25])
    expect(makeBars('flat', { sessions: 4 }).every(({ open, high, low, close, volume }) => [open, high, low, close].every((price) => price === 100) && volume === 2_000_000)).toBe(true)
    const gap = makeBars('gap', { noise: 0, sessions: 5 })
    expect(gap.at(-1)!.open / gap.at(-2)!.close).toBeCloseTo(1.05, 10)
    const split = makeBars('split', { noise: 0, drift: 0, sessions: 10, split: { at: 4, ratio: 4 } })
    expect(closes(split)).toEqual([100, 100, 100, 100, 25, 25, 25, 25, 25, 25])
    expect(split[5]!.volume / makeBars('trend', { noise: 0, drift: 0, sessions: 10 })[5]!.volume).toBeCloseTo(4, 4)
    const whole = makeBars('trend', { sessions: 10 })
    expect(makeBars('halt', { sessions: 10, halt: { at: -4, length: 2 } })).toEqual([...whole.slice(0, 6), ...whole.slice(8)])
  })

  it('ends where it is told to, adds one shape to another, and follows its seed', () => {
    expect(makeBars('trend', { end: '2026-09-08', sessions: 2 }).map(({ date }) => date)).toEqual(['2026-09-04', '2026-09-08'])
    const both = makeBars('split', { noise: 0, drift: 0, sessions: 6, gap: { at: 1, size: -0.2 } })
    expect(both.map(({ close }) => close)).toEqual([100, 80, 80, 40, 40, 40])
    expect(makeBars('trend', { seed: 2 })).not.toEqual(makeBars('trend', { seed: 1 }))
    expect(makeBars()).toHaveLength(120)
  })

  it.each<[string, () => unknown, RegExp]>([
    ['an unknown shape', () => makeBars('crash' as never), /shape must be one of trend, gap, flat, split, halt, not crash/],
    ['no sessions', () => makeBars('trend', { sessions: 0 }), /sessions must be a whole number from 1 to 10000, not 0/],
    ['a holiday as its end', () => makeBars('trend', { end: '2026-12-25' }), /end must be a session/],
    ['an end that is no date', () => makeBars('trend', { end: 'soon' }), /end must be a session of the US exchanges such as 2026-11-20, not soon/],
    ['a price that is none', () => makeBars('trend', { price: Number.NaN }), /price must be a number from 0\.01/],
    ['a gap outside', () => makeBars('gap', { sessions: 5, gap: { at: 5 } }), /gap\.at must be a whole number from -5 to 4, not 5/],
    ['a misspelt option', () => makeBars('gap', { gapp: 1 } as never), /makeBars has no option gapp; did you mean gap\? It takes sessions/],
    ['an option of something else', () => makeBars('gap', { count: 1 } as never), /makeBars has no option count; it takes sessions/],
    ['a misspelt part of one', () => makeBars('gap', { gap: { siz: 0.5 } } as never), /makeBars: gap has no option siz; did you mean size\?/],
    ['a gap that is a number', () => makeBars('gap', { gap: 0.08 } as never), /makeBars: gap takes an object of at, size, not 0\.08/],
    ['options that are null', () => makeBars('gap', null as never), /makeBars takes an object of .*, not null/],
    ['a seed that is none', () => makeBars('gap', { seed: Number.NaN }), /seed must be a whole number/],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(message)
  })
})
