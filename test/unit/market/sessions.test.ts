import { describe, expect, test } from 'vitest'
import { dayFromIso } from '../../../runtime/market/days.ts'
import { sessionDays, thinSessionDays } from '../../../runtime/market/sessions.ts'

const days = (count: number) => Int32Array.from({ length: count }, (_, index) => 16_000 + index)

describe('sessionDays', () => {
  test('a date with under 5% of the usual bars is no session, one with 5% is', () => {
    const counts = Int32Array.from({ length: 30 }, () => 1000)
    counts[7] = 49
    counts[20] = 50
    expect([...sessionDays(days(30), counts)]).toEqual([...days(30)].filter((day) => day !== 16_007))
  })

  test('with one symbol every date is a session', () => {
    expect(sessionDays(days(5), new Int32Array(5).fill(1))).toHaveLength(5)
    expect(sessionDays(days(0), new Int32Array(0))).toHaveLength(0)
  })

  test('years in which only one symbol had data yet stay sessions', () => {
    const counts = Int32Array.from({ length: 200 }, (_, index) => (index < 100 ? 1 : 5000))
    expect(sessionDays(days(200), counts)).toHaveLength(200)
  })
})

describe('a market that goes on with a few symbols', () => {
  const tail = (length: number) => Int32Array.from({ length: 30 + length }, (_, index) => (index < 30 ? 1000 : 3))

  test.each([1, 6, 11, 40])('%i days of a watchlist are no sessions of the market', (length) => {
    expect(sessionDays(days(30 + length), tail(length))).toHaveLength(30)
  })

  test('has sessions again once its own are long past', () => {
    expect([...sessionDays(days(230), tail(200))].at(-1)).toBe(16_229)
  })

  test('strays before its first session are none', () => {
    expect([...sessionDays(days(20), Int32Array.from({ length: 20 }, (_, index) => (index < 2 ? 1 : 1000)))]).toEqual([...days(20)].slice(2))
  })
})

describe('thinSessionDays', () => {
  test('are those days of few bars on which the exchange was open', () => {
    // A Friday of all symbols, then three bars of the Saturday, of Christmas Day (a Friday) and of the Monday after it.
    const [friday, saturday, christmas, monday] = ['2026-12-18', '2026-12-19', '2026-12-25', '2026-12-28'].map(dayFromIso) as [number, number, number, number]
    expect([...thinSessionDays(Int32Array.of(friday, saturday, christmas, monday), Int32Array.of(friday))]).toEqual([monday])
  })
})
