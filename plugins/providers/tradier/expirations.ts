import { dateOf, field, isNone, isObject, listOf } from './values.ts'

export interface ReadDates {
  /** ISO dates from `today` on, ascending, each once. */
  readonly dates: readonly string[]
  /** Entries that are no date of the calendar, or past. */
  readonly unusable: number
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
  const dates = entries.map((entry) => dateOf(isObject(entry) ? field(entry, 'date') : entry)).filter((date) => date !== null && date >= today)
  return { dates: [...new Set(dates as string[])].sort(), unusable: entries.length - dates.length }
}
