import { dayFromIso } from '../days.ts'
import { FIRST_VALID_DAY, LAST_VALID_DAY } from '../sessions.ts'

/** How dates with slashes are read, and those with points. */
export type DateOrder = 'month/day/year' | 'day.month.year'

/** A date as found in a file; `time` is what followed the date, '' for a plain date. */
export interface ParsedDate {
  /** Days since 1970-01-01, or NaN where the text is no date. */
  readonly day: number
  readonly time: string
  /** Set where day and month stand in an order that the text alone does not tell. */
  readonly order?: DateOrder
  /** True where only the other order would make a date of it. */
  readonly contradictsOrder?: boolean
}

const NO_DATE: ParsedDate = { day: Number.NaN, time: '' }
const DAY_SECONDS = 86_400

/**
 * A calendar date from text. Understood: ISO dates (`2016-03-24`, `2016/03/24`), `YYYYMMDD`, month/day/year (`3/24/2016`),
 * day.month.year (`24.3.2016`), ISO instants, of which the date counts as written, and Unix epochs in seconds,
 * milliseconds, microseconds or nanoseconds (9-10, 12-13, 15-16, 18-19 digits), of which the UTC date counts.
 */
export function parseDate(text: string): ParsedDate {
  const trimmed = text.trim()
  const iso = /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ](\d{2}:\d{2}.*))?$/.exec(trimmed)
  if (iso) return checked(`${iso[1]}-${iso[2]}-${iso[3]}`, iso[4] ?? '')
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(trimmed)
  if (compact) return checked(`${compact[1]}-${compact[2]}-${compact[3]}`, '')
  const slashes = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(trimmed)
  if (slashes) return ordered('month/day/year', slashes[3]!, slashes[1]!, slashes[2]!)
  const points = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(trimmed)
  if (points) return ordered('day.month.year', points[3]!, points[2]!, points[1]!)
  const epoch = /^(\d{9,19})(?:\.\d+)?$/.exec(trimmed)
  if (epoch) return epochDate(epoch[1]!)
  return NO_DATE
}

function ordered(order: DateOrder, year: string, month: string, day: string): ParsedDate {
  const isoOf = (asMonth: string, asDay: string): string => `${year}-${asMonth.padStart(2, '0')}-${asDay.padStart(2, '0')}`
  const contradictsOrder = Number(month) > 12 && !Number.isNaN(dayFromIso(isoOf(day, month)))
  return { ...checked(isoOf(month, day), ''), order, contradictsOrder }
}

function epochDate(digits: string): ParsedDate {
  const unitDigits = [0, 3, 6, 9].find((extra) => digits.length === 9 + extra || digits.length === 10 + extra)
  if (unitDigits === undefined) return NO_DATE
  const seconds = Number(digits.slice(0, digits.length - unitDigits))
  return { day: Math.floor(seconds / DAY_SECONDS), time: String(seconds % DAY_SECONDS) }
}

function checked(iso: string, time: string): ParsedDate {
  const day = dayFromIso(iso)
  return day >= FIRST_VALID_DAY && day <= LAST_VALID_DAY ? { day, time } : NO_DATE
}

/** Days since 1970-01-01 of a calendar date, or NaN where there is no such date; years 1800 to 2199. */
export function dayFromParts(year: number, month: number, day: number): number {
  if (year < 1800 || year > 2199 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return Number.NaN
  // Days from a civil date with years that begin in March, so that the leap day is a year's last: Hinnant, "chrono-compatible low-level date algorithms".
  const shifted = month > 2 ? year : year - 1
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return 365 * shifted + Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400) + dayOfYear - 719_468
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/**
 * A number from text; undefined where it is none. Understood: an optional leading `$`, thousands separated by commas
 * (`1,234.5`), exponents, and `NaN` and infinities, which the checks on prices then refuse by name.
 */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim()
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return Number(trimmed)
  const grouped = /^([+-]?)\$?([1-9]\d{0,2}(?:,\d{3})+|\d+)(\.\d*)?$/.exec(trimmed)
  if (grouped) return Number(`${grouped[1]}${grouped[2]!.replaceAll(',', '')}${grouped[3] ?? ''}`)
  if (/^[+-]?(nan|inf|infinity)$/i.test(trimmed)) return /nan/i.test(trimmed) ? Number.NaN : trimmed.startsWith('-') ? -Infinity : Infinity
  return undefined
}

/** How the prices of one row are to be read: where one of them has a decimal point, commas in the others can only group thousands. */
export function priceParser(prices: readonly string[]): (text: string) => number | undefined {
  return prices.some((text) => /\.\d/.test(text)) ? parseNumber : parsePrice
}

/**
 * A price from text: as `parseNumber`, but undefined also for `1,250`, which is 1250 to some who write it and 1.25 to others.
 * With a dollar sign, a point or a second comma there is no doubt.
 */
export function parsePrice(text: string): number | undefined {
  return /^[+-]?\d{1,3},\d{3}$/.test(text.trim()) ? undefined : parseNumber(text)
}

/** A symbol trimmed and in upper case, or '' where the text cannot be one: empty, over 32 characters, or with spaces, control characters or bytes that are no UTF-8. */
export function normalSymbol(text: string): string {
  const symbol = text.trim().toUpperCase()
  return symbol.length <= 32 && /^[^\s\p{C}\ufffd"',;]+$/u.test(symbol) ? symbol : ''
}
