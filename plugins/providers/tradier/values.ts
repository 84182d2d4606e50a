import { newYorkDay } from '../../../sdk/options/time.ts'

/** Strict reading of single values: what is no number is never made one, and nothing is guessed. */

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i
/** Instants outside of these are no dates of quotes: 2000-01-01 to 2100-01-01, epoch milliseconds. */
const FIRST_INSTANT = 946_684_800_000
const LAST_INSTANT = 4_102_444_800_000
const DAY_MS = 86_400_000

/** True where the vendor says that there is nothing: null, the text `null`, an empty text, or no field at all. */
export function isNone(value: unknown): boolean {
  if (typeof value !== 'string') return value === null || value === undefined
  const text = value.trim()
  return text === '' || (text.length === 4 && text.toLowerCase() === 'null')
}

/** One thing, several, or none, as a list: the vendor sends a list of one as the bare thing. */
export function listOf(value: unknown): unknown[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => !isNone(item))
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field of an object that is its own; undefined where there is none. */
export function field(object: unknown, name: string): unknown {
  return isObject(object) && Object.hasOwn(object, name) ? object[name] : undefined
}

/** A number, given as such or as decimal text; null where there is none, NaN where something else stands there. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN
  return value === null ? null : numberOfText(value)
}

/** Apart from what most values are: the readers of a contract, of which each takes `numberOf` in many times, then take half as long to compile. */
function numberOfText(value: unknown): number | null {
  if (isNone(value)) return null
  const number = typeof value === 'string' && DECIMAL.test(value.trim()) ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : Number.NaN
}

/** Text without blanks around it; null where there is none or it is no text. */
export function textOf(value: unknown): string | null {
  return isNone(value) || typeof value !== 'string' ? null : value.trim()
}

/** An ISO date of the calendar, a time of day after it cut off; null where there is none. */
export function dateOf(value: unknown): string | null {
  const date = textOf(value)?.match(/^(\d{4}-\d{2}-\d{2})(?:T.*)?$/)?.[1]
  return date !== undefined && isCalendarDate(date) ? date : null
}

const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether there is a day of ten characters `2024-02-29`: by hand, since `Date` takes as long as the rest of a list of dates. */
function isCalendarDate(date: string): boolean {
  const [year, month, day] = [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8))]
  const isLeap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month >= 1 && month <= 12 && day >= 1 && day <= DAYS_OF_MONTHS[month - 1]! + (isLeap ? 1 : 0)
}

/** Epoch milliseconds of a quote's date, given as such or as ISO text with a zone; null where it is 0, missing or absurd. */
export function instantOf(value: unknown): number | null {
  if (typeof value === 'number') return isPlausible(value) ? value : null
  const text = textOf(value)
  const withZone = text !== null && /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$/.test(text)
  const instant = withZone ? Date.parse(text) : numberOf(value)
  return instant !== null && isPlausible(instant) ? instant : null
}

const isPlausible = (instant: number): boolean => instant >= FIRST_INSTANT && instant < LAST_INSTANT

/**
 * Epoch milliseconds of `2024-06-28 14:58:59`, which is taken as UTC. The vendor names no zone; in its own answer of that
 * day the quotes are of 15:50:43 UTC (11:50:43 in New York), so that as New York time the Greeks would be three hours
 * younger than the quotes they were made from, and as UTC they are those of the last full hour, as it promises.
 */
export function utcInstantOf(value: unknown): number | null {
  // All contracts of a chain have the same.
  if (value !== lastRead.value) lastRead = { value, instant: readUtc(value) }
  return lastRead.instant
}

let lastRead: { value: unknown; instant: number | null } = { value: undefined, instant: null }

function readUtc(value: unknown): number | null {
  const [, date, time] = textOf(value)?.match(/^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?Z?$/) ?? []
  return date === undefined || !isCalendarDate(date) ? null : instantOf(`${date}T${time}Z`)
}

/** ISO date of an instant in New York. */
export function newYorkDate(instant: number): string {
  return new Date(newYorkDay(instant) * DAY_MS).toISOString().slice(0, 10)
}

/** Epoch milliseconds of a date of HTTP, null where it is none. */
export function httpDate(header: string | null): number | null {
  const instant = header === null ? Number.NaN : Date.parse(header)
  return Number.isFinite(instant) ? instant : null
}
