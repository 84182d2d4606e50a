import { describe, expect, test } from 'vitest'
import { sessionDays } from '../../../runtime/market/sessions.ts'

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
