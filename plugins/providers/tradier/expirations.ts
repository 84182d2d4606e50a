import { dateOf, field, isNone, isObject, listOf } from './values.ts'

export interface ReadDates {
  /** ISO dates from `today` on, ascending, each once. */
  readonly dates: readonly string[]
  /** Entries that are past, or no date of the calendar. */
  readonly refused: readonly { readonly reason: string; readonly count: number }[]
}

/**
 * Dates of `{"expirations":{"date":[…]}}` or, as flags in the request make it, `{"expirations":{"expiration":[{date, …}]}}`; each list
 * may be one bare entry, null or the text `null`. Null where the document has no `expirations` at all.
 */
export function readExpirations(document: unknown, today: string): ReadDates | null {
  if (!isObject(document) || !Object.hasOwn(document, 'expirations')) return null
  const { expirations } = document
  if (!isNone(expirations) && typeof expirations !== 'object' && dateOf(expirations) === null) return null
  const entries = isObject(expirations) ? [...listOf(field(expirations, 'date')), ...listOf(field(expirations, 'expiration'))] : listOf(expirations)
  const listed = entries.map((entry) => dateOf(isObject(entry) ? field(entry, 'date') : entry)).filter((date) => date !== null)
  const dates = listed.filter((date) => date >= today)
  const refused = [
    { reason: 'past', count: listed.length - dates.length },
    { reason: 'no date', count: entries.length - listed.length },
  ]
  return { dates: [...new Set(dates)].sort(), refused: refused.filter(({ count }) => count > 0) }
}
