import { describe, expect, it } from 'vitest'

import { durationOf, planCalls, type CallPlanInput } from '../../../../../runtime/explore/fetch/plan-calls.ts'

const limits = { requestsPerSecond: 10, callsPerMinute: null, window: null }
const input: CallPlanInput = { tickers: 500, cached: 0, callsPerTicker: 2, priceCalls: 0, limits }
const at = (callsPerMinute: number) => ({ limits: { ...limits, callsPerMinute } })

describe('the plan of calls', () => {
  it('is the pace where nothing else is known', () => {
    expect(planCalls(input)).toEqual({ calls: 1_000, durationMs: 100_000, limitedBy: 'requestsPerSecond' })
  })

  it('leaves out what is cached', () => {
    expect(planCalls({ ...input, cached: 900 })).toMatchObject({ calls: 100, durationMs: 10_000 })
    expect(planCalls({ ...input, cached: 1_000 })).toEqual({ calls: 0, durationMs: 0, limitedBy: 'nothing' })
    expect(planCalls({ ...input, cached: 1_001 })).toMatchObject({ calls: 0 })
  })

  it('counts full minutes where the vendor grants few calls in one', () => {
    expect(planCalls({ ...input, ...at(120) })).toEqual({ calls: 1_000, durationMs: 8 * 60_000 + 4_000, limitedBy: 'callsPerMinute' })
    expect(planCalls({ ...input, tickers: 60, ...at(120) })).toEqual({ calls: 120, durationMs: 12_000, limitedBy: 'requestsPerSecond' })
    expect(planCalls({ ...input, tickers: 3, ...at(5) })).toMatchObject({ durationMs: 60_100 })
  })

  it('goes by the minute that is under way', () => {
    const during = (calls: number, left: number, callsPerMinute: number | null = 40) => durationOf(calls, { ...limits, callsPerMinute, window: { left, endsInMs: 57_000 } })
    expect(during(30, 39)).toEqual({ durationMs: 3_000, limitedBy: 'requestsPerSecond' })
    expect(during(48, 39)).toEqual({ durationMs: 57_900, limitedBy: 'callsPerMinute' })
    expect(during(99, 0)).toEqual({ durationMs: 57_000 + 2 * 60_000 + 1_900, limitedBy: 'callsPerMinute' })
    expect(during(48, 39, null)).toEqual({ durationMs: 57_900, limitedBy: 'callsPerMinute' })
    expect(during(0, 0)).toEqual({ durationMs: 0, limitedBy: 'nothing' })
    expect(during(-3, 0)).toEqual({ durationMs: 0, limitedBy: 'nothing' })
  })

  it('is in no hurry for local providers', () => {
    expect(planCalls({ ...input, limits: null })).toEqual({ calls: 1_000, durationMs: 0, limitedBy: 'nothing' })
  })
})
