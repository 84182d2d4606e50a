import { listPush, MathFloor, newList, NumberIsNaN, stringCharCodeAt, stringSlice, typedArrayLength } from '../language/intrinsics.ts'
import { wholeNumber } from '../language/text.ts'

export const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** Days since 1970-01-01 of a calendar date (algorithm: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
export function dayOf(year: number, month: number, dayOfMonth: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = MathFloor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = MathFloor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1
  return era * 146_097 + yearOfEra * 365 + MathFloor(yearOfEra / 4) - MathFloor(yearOfEra / 100) + dayOfYear - 719_468
}

export interface CalendarDate {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly dayOfMonth: number
}

export function dateOf(day: number): CalendarDate {
  const z = day + 719_468
  const era = MathFloor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = MathFloor(
    (dayOfEra - MathFloor(dayOfEra / 1_460) + MathFloor(dayOfEra / 36_524) - MathFloor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + MathFloor(yearOfEra / 4) - MathFloor(yearOfEra / 100))
  const shifted = MathFloor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - MathFloor((153 * shifted + 2) / 5) + 1,
  }
}

const PAGE_BITS = 9
const PAGE_DAYS = 1 << PAGE_BITS
const PAGES = 64

/** What follows from a day, worked out once for each: an answer of a year of bars asks for each of its days, the next answer for the same. */
class KnownByDay<T> {
  readonly #make: (day: number) => T
  readonly #pages = newList<(T | null)[] | null>()

  constructor(make: (day: number) => T) {
    this.#make = make
    for (let page = 0; page < PAGES; page++) listPush(this.#pages, null)
  }

  of(day: number): T {
    if (!(day >= 0 && day < PAGES * PAGE_DAYS)) return this.#make(day)
    const page = this.#pages[day >> PAGE_BITS] ?? this.#newPage(day >> PAGE_BITS)
    const place = day & (PAGE_DAYS - 1)
    return page[place] ?? (page[place] = this.#make(day))
  }

  #newPage(number: number): (T | null)[] {
    const page = newList<T | null>()
    for (let day = 0; day < PAGE_DAYS; day++) listPush(page, null)
    this.#pages[number] = page
    return page
  }
}

const twoDigits = (value: number) => (value < 10 ? `0${value}` : `${value}`)

const texts = new KnownByDay((day) => {
  const { year, month, dayOfMonth } = dateOf(day)
  return `${year}-${twoDigits(month)}-${twoDigits(dayOfMonth)}`
})

/** The ISO date of a day. */
export const isoOf = (day: number) => texts.of(day)

/** Days since 1970-01-01 of `2026-11-20` (or `20261120`), NaN where the text is no real date. */
export function dayFromIso(text: string): number {
  const compact = text.length === 8
  if (!compact && (text.length !== 10 || stringCharCodeAt(text, 4) !== 45 || stringCharCodeAt(text, 7) !== 45)) return NaN
  const year = wholeNumber(stringSlice(text, 0, 4))
  const month = wholeNumber(compact ? stringSlice(text, 4, 6) : stringSlice(text, 5, 7))
  const dayOfMonth = wholeNumber(compact ? stringSlice(text, 6, 8) : stringSlice(text, 8, 10))
  if (year < 0 || month < 1 || dayOfMonth < 1) return NaN
  const day = dayOf(year, month, dayOfMonth)
  const back = dateOf(day)
  return back.month === month && back.dayOfMonth === dayOfMonth ? day : NaN
}

/** 0 for Sunday to 6 for Saturday. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

function nthSunday(year: number, month: number, n: number): number {
  const first = dayOf(year, month, 1)
  return first + ((7 - weekday(first)) % 7) + 7 * (n - 1)
}

function lastSunday(year: number, month: number): number {
  const last = dayOf(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - 1
  return last - weekday(last)
}

/**
 * Hours that New York is behind UTC at a local hour of a day, 4 or 5. Daylight time starts and ends at 2:00: since 2007
 * from the second Sunday of March to the first of November (Energy Policy Act of 2005), from 1987 the first Sunday of
 * April to the last of October, before that the last Sunday of April to the last of October (1974 and 1975 apart).
 */
export function newYorkOffset(day: number, hour: number): number {
  const { year } = dateOf(day)
  const start = year >= 2007 ? nthSunday(year, 3, 2) : year >= 1987 ? nthSunday(year, 4, 1) : lastSunday(year, 4)
  const end = year >= 2007 ? nthSunday(year, 11, 1) : lastSunday(year, 10)
  const isDaylight = (day > start || (day === start && hour >= 2)) && (day < end || (day === end && hour < 2))
  return isDaylight ? 4 : 5
}

/** Epoch milliseconds of a New York wall-clock time; minutes count from midnight. */
export function newYorkTime(day: number, minutes: number): number {
  return day * DAY_MS + minutes * 60_000 + newYorkOffset(day, MathFloor(minutes / 60)) * HOUR_MS
}

const midnights = new KnownByDay((day) => newYorkTime(day, 0))

/** Epoch milliseconds of midnight in New York. */
export const newYorkMidnight = (day: number) => midnights.of(day)

/** The calendar day in New York at an instant. */
export function newYorkDay(instant: number): number {
  const day = MathFloor((instant - 4 * HOUR_MS) / DAY_MS)
  return newYorkMidnight(day) <= instant ? day : day - 1
}

export const MARKET_OPEN = 570
export const MARKET_CLOSE = 960

/** A day from a date or from epoch milliseconds as digits, NaN for anything else. */
export function dayFromDateOrMs(text: string): number {
  const day = dayFromIso(text)
  if (!NumberIsNaN(day) && text.length === 10 && stringCharCodeAt(text, 4) === 45) return day
  const ms = wholeNumber(text)
  return ms < 0 ? NaN : newYorkDay(ms)
}

/** Whether a day is among ascending ones. */
export function isAmong(days: Int32Array, day: number): boolean {
  let low = 0
  let high = typedArrayLength(days)
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((days[middle] as number) < day) low = middle + 1
    else high = middle
  }
  return days[low] === day
}
