import type { RateWindow } from '../../../sdk/option-provider.ts'
import type { AnswerHeaders } from './http.ts'
import { httpDate, instantOf, numberOf } from './values.ts'

/** By the vendor's word its windows are of a minute. */
const WINDOW_MS = 60_000
/** A date that lies farther off is of another clock, unless the answer's own `Date` says that it is not. */
const LONGEST_WAIT_MS = 86_400_000
/** Headers are of whole seconds, and take their time. */
const LATENESS_MS = 5_000

/** The rate window that an answer's headers state, null where they state none or a part is no number. `now` in epoch milliseconds. */
export function readRate(headers: AnswerHeaders, now: number): RateWindow | null {
  const [allowed, used, stated] = ['Allowed', 'Used', 'Available'].map((name) => countOf(headers.get(`X-Ratelimit-${name}`)))
  const resetsAt = expiryOf(headers, now)
  const available = stated ?? (allowed === null || used === null ? null : Math.max(0, allowed! - used!))
  return allowed === null || available === null || resetsAt === null ? null : { allowed: allowed!, available: available!, resetsAt }
}

/** Epoch milliseconds before which the vendor wants no further call; null where it does not say. */
export function retryInstant(headers: AnswerHeaders, now: number): number | null {
  return retryAfterOf(headers, now) ?? expiryOf(headers, now)
}

/**
 * `Retry-After` by the clock of this machine: seconds from now, or a date, which is hours away by a clock that is hours off; as the
 * answer's own `Date` is of the same clock, what lies between the two is what is left. However long that is: whoever waits has a limit of
 * his own. Null where it is neither.
 */
function retryAfterOf(headers: AnswerHeaders, now: number): number | null {
  const header = headers.get('Retry-After')?.trim() ?? ''
  if (/^\d{1,12}$/.test(header)) return now + Number(header) * 1_000
  const date = httpDate(header)
  const answeredAt = httpDate(headers.get('Date'))
  if (date === null) return null
  const left = date - (answeredAt ?? now)
  const isOfOtherClock = left < -LONGEST_WAIT_MS || (answeredAt === null && left > LONGEST_WAIT_MS)
  return isOfOtherClock ? null : now + Math.max(left, 0)
}

/**
 * When the vendor's window ends, by the clock of this machine: one that is minutes off must not make windows of a minute seem over, or hours away.
 * Where the stated instant is of no window of now, what is left of it by the vendor's own clock counts, be it hours, else a whole window.
 */
function expiryOf(headers: AnswerHeaders, now: number): number | null {
  const stated = instantOf(headers.get('X-Ratelimit-Expiry'))
  if (stated === null || isOfWindow(stated - now)) return stated
  const left = stated - (httpDate(headers.get('Date')) ?? Number.NaN)
  if (isOfWindow(left)) return now + Math.min(Math.max(left, 0), WINDOW_MS)
  return now + (left > 0 ? left : WINDOW_MS)
}

const isOfWindow = (leftMs: number): boolean => leftMs > -LATENESS_MS && leftMs <= WINDOW_MS + LATENESS_MS

function countOf(text: string | null): number | null {
  const count = numberOf(text)
  return count !== null && Number.isInteger(count) && count >= 0 ? count : null
}
