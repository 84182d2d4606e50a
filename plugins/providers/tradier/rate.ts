import type { RateWindow } from '../../../sdk/option-provider.ts'
import type { AnswerHeaders } from './http.ts'
import { instantOf, numberOf, retryAfterOf } from './values.ts'

/** The rate window that an answer's headers state, null where they state none or a part is no number. */
export function readRate(headers: AnswerHeaders): RateWindow | null {
  const [allowed, used, stated] = ['Allowed', 'Used', 'Available'].map((name) => countOf(headers.get(`X-Ratelimit-${name}`)))
  const resetsAt = instantOf(headers.get('X-Ratelimit-Expiry'))
  const available = stated ?? (allowed === null || used === null ? null : Math.max(0, allowed! - used!))
  return allowed === null || available === null || resetsAt === null ? null : { allowed: allowed!, available: available!, resetsAt }
}

/** Epoch milliseconds before which the vendor wants no further call; null where it does not say. */
export function retryInstant(headers: AnswerHeaders, now: number): number | null {
  return retryAfterOf(headers.get('Retry-After'), now) ?? readRate(headers)?.resetsAt ?? instantOf(headers.get('X-Ratelimit-Expiry'))
}

function countOf(text: string | null): number | null {
  const count = numberOf(text)
  return count !== null && Number.isInteger(count) && count >= 0 ? count : null
}
