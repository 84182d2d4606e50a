import type { ProviderCallError } from '../../../sdk/option-provider.ts'

const BACKOFF_MS = 500
const LONGEST_BACKOFF_MS = 8_000
/** Where a vendor says that it is too much but not until when: long enough in sum for a window of a minute to pass. */
const UNSTATED_HOLD_MS = 10_000
/** An answer that is not what was asked for rarely gets better. */
const ATTEMPTS_AT_MALFORMED = 2

/** What to do after a failed attempt: give up, try again after `ms`, or hold back every call to the source for `ms`. */
export type RetryStep = { readonly kind: 'give_up' } | { readonly kind: 'back_off' | 'hold'; readonly ms: number }

/**
 * The step after attempt number `attempt` (from 1) failed. Waits double from attempt to attempt, with equal jitter: between half of the
 * wait and the whole. `random` is in [0, 1), `now` in epoch milliseconds.
 */
export function afterFailure(error: ProviderCallError, { attempt, attempts, now, random }: { attempt: number; attempts: number; now: number; random: number }): RetryStep {
  const allowed = error.failure === 'malformed' ? Math.min(attempts, ATTEMPTS_AT_MALFORMED) : attempts
  if (!error.passing || attempt >= allowed) return { kind: 'give_up' }
  const doubled = 2 ** (attempt - 1)
  const jittered = (ms: number): number => ms * (0.5 + random / 2)
  const asked = error.retryAt !== null && Number.isFinite(error.retryAt) ? Math.max(0, error.retryAt - now) : null
  if (error.failure === 'rate_limited') return { kind: 'hold', ms: asked ?? jittered(UNSTATED_HOLD_MS * doubled) }
  if (asked !== null) return { kind: 'hold', ms: asked }
  return { kind: 'back_off', ms: jittered(Math.min(BACKOFF_MS * doubled, LONGEST_BACKOFF_MS)) }
}
