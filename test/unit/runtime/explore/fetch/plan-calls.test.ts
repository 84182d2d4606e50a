import { describe, expect, it } from 'vitest'

import { planCalls, type CallPlanInput } from '../../../../../runtime/explore/fetch/plan-calls.ts'

const input: CallPlanInput = { tickers: 500, cached: 0, callsPerTicker: 2, priceCalls: 0, remote: true, requestsPerSecond: 10, callsPerMinute: null }

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
    expect(planCalls({ ...input, callsPerMinute: 120 })).toEqual({ calls: 1_000, durationMs: 8 * 60_000 + 4_000, limitedBy: 'callsPerMinute' })
    expect(planCalls({ ...input, tickers: 60, callsPerMinute: 120 })).toEqual({ calls: 120, durationMs: 12_000, limitedBy: 'requestsPerSecond' })
    expect(planCalls({ ...input, tickers: 3, callsPerMinute: 5 })).toMatchObject({ durationMs: 60_100 })
  })

  it('is in no hurry for local providers', () => {
    expect(planCalls({ ...input, remote: false })).toEqual({ calls: 1_000, durationMs: 0, limitedBy: 'nothing' })
  })
})
