import { SESSION_CLOSE_MINUTE } from '../../sdk/calendar.ts'
import { marketInstant } from '../../sdk/options/time.ts'

/** Epoch milliseconds of 16:00 in New York on a day (days since 1970-01-01): the as-of instant of a scan on that day. */
export function closingInstantMs(day: number): number {
  return marketInstant(day, SESSION_CLOSE_MINUTE)
}
