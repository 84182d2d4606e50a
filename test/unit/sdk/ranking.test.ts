import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { percentRanks, topRanked } from '../../../sdk/index.ts'

const scored = (...scores: (number | null)[]) => scores.map((score, at) => ({ symbol: `S${at}`, score }))
const names = (items: readonly { symbol: string }[]) => items.map(({ symbol }) => symbol)

describe('topRanked', () => {
  it('gives the best first, ties in the order given, and leaves out what has no value', () => {
    expect(names(topRanked(scored(1, 3, Number.NaN, 3, null, Number.POSITIVE_INFINITY, -2)))).toEqual(['S1', 'S3', 'S0', 'S6'])
    expect(names(topRanked(scored(1, 3, 3, -2), { order: 'lowest', top: 2 }))).toEqual(['S3', 'S0'])
    expect(names(topRanked(scored(1, 2, 3), {}, ({ score }) => -score!))).toEqual(['S0', 'S1', 'S2'])
  })

  it('rounds a part up to a whole hit, and is not fooled by what 0.1 cannot say', () => {
    const count = (items: number, fraction: number) => topRanked(scored(...Array<number>(items).fill(1)), { fraction }).length
    expect([count(1, 0.1), count(10, 0.1), count(11, 0.1), count(30, 0.1), count(70, 0.1), count(412, 0.1), count(5, 1), count(0, 0.5)]).toEqual([1, 1, 2, 3, 7, 42, 5, 0])
    expect(topRanked(scored(3, 2, 1), { top: 2, fraction: 0.1 })).toHaveLength(1)
    expect(topRanked(scored(3, 2, 1), { top: 1, fraction: 1 })).toHaveLength(1)
  })

  it.each([
    [{ top: 0 }, /rank\.top must be a whole number of 1 or more, not 0/],
    [{ top: 1.5 }, /rank\.top/],
    [{ fraction: 0 }, /rank\.fraction must be a number above 0 and at most 1/],
    [{ fraction: 10 }, /rank\.fraction/],
    [{ fraction: Number.NaN }, /rank\.fraction/],
    [{ order: 'best' }, /rank\.order must be 'highest' or 'lowest', not "best"/],
    [{ tpo: 3 }, /unknown key "tpo"; did you mean top\?/],
  ])('refuses %j and says what it takes', (request, message) => {
    expect(() => topRanked([], request as never)).toThrow(message)
  })

  it('refuses what is no list, and a bare number of hits', () => {
    expect(() => topRanked(null as never)).toThrow('topRanked takes a list of items to choose from, such as candidates, not null.')
    expect(() => topRanked([], 3 as never)).toThrow('What to keep is an object such as { top: 10 } or { fraction: 0.1 }, not 3.')
  })
})

describe('percentRanks', () => {
  it('places each value among the others, ties halfway, NaN nowhere', () => {
    // Of its four others, each 20 is above one and equal to one.
    expect([...percentRanks([20, 10, Number.NaN, 30, 20, 25])]).toEqual([0.375, 0, Number.NaN, 1, 0.375, 0.75])
    expect([...percentRanks([5, 5, 5])]).toEqual([0.5, 0.5, 0.5])
    expect([...percentRanks([7])]).toEqual([Number.NaN])
    expect([...percentRanks([])]).toEqual([])
    expect([...percentRanks([Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY])]).toEqual([0, 0.5, 1])
  })

  it('agrees with counting', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(Number.NaN)), { maxLength: 40 }), (values) => {
        const valid = values.filter((value) => !Number.isNaN(value))
        const counted = values.map((value) =>
          Number.isNaN(value) || valid.length < 2 ? Number.NaN : (valid.filter((other) => other < value).length + (valid.filter((other) => other === value).length - 1) / 2) / (valid.length - 1),
        )
        percentRanks(values).forEach((rank, at) => (Number.isNaN(counted[at]) ? expect(rank).toBeNaN() : expect(rank).toBeCloseTo(counted[at]!, 12)))
      }),
    )
  })
})
