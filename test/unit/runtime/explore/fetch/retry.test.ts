import { describe, expect, it } from 'vitest'

import { afterFailure } from '../../../../../runtime/explore/fetch/retry.ts'
import { ProviderCallError, type ProviderFailure } from '../../../../../sdk/option-provider.ts'

const NOW = 1_763_700_000_000
const after = (failure: ProviderFailure, { retryAt = null as number | null, attempt = 1, attempts = 9, passing = true, random = 0.5 } = {}) =>
  afterFailure(new ProviderCallError(failure, 'It failed.', { passing, retryAt }), { attempt, attempts, now: NOW, random })

describe('the step after a failed attempt', () => {
  it('never waits backwards where the instant that the vendor names is over', () => {
    expect(after('rate_limited', { retryAt: NOW - 5_000 })).toEqual({ kind: 'hold', ms: 0 })
    expect(after('unavailable', { retryAt: NOW - 5_000 })).toEqual({ kind: 'hold', ms: 0 })
    expect(after('unavailable', { retryAt: NOW + 5_000 })).toEqual({ kind: 'hold', ms: 5_000 })
  })

  it('waits between half of twice as long and all of it, eight seconds at most', () => {
    const waits = (random: number) => [1, 2, 3, 5, 6, 8].map((attempt) => after('unavailable', { attempt, random }))
    expect(waits(0)).toEqual([250, 500, 1_000, 4_000, 4_000, 4_000].map((ms) => ({ kind: 'back_off', ms })))
    expect(waits(1)).toEqual([500, 1_000, 2_000, 8_000, 8_000, 8_000].map((ms) => ({ kind: 'back_off', ms })))
  })

  it('gives up after the last attempt, the second where the answer was malformed, and at once where it will not pass', () => {
    const give = { kind: 'give_up' }
    expect([after('unavailable', { attempt: 9 }), after('malformed', { attempt: 2 }), after('unavailable', { passing: false })]).toEqual([give, give, give])
    expect([after('unavailable', { attempt: 8 }), after('malformed')]).toEqual([expect.objectContaining({ kind: 'back_off' }), expect.objectContaining({ kind: 'back_off' })])
  })

  it('takes an instant that is no number as none', () => {
    for (const retryAt of [Number.NaN, Infinity]) expect(after('rate_limited', { retryAt, random: 1 })).toEqual({ kind: 'hold', ms: 10_000 })
  })
})
