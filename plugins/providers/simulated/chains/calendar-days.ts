import { isSession, nextSession, previousSession } from '../../../../sdk/calendar.ts'

/** Dates as whole days since 1970-01-01, and what the listing rules ask of them. */

const DAY_MS = 86_400_000
const THURSDAY = 4

export const FRIDAY = 5

export function dayOf(year: number, month: number, date: number): number {
  return Date.UTC(year, month - 1, date) / DAY_MS
}

/** ISO date of a day. */
export function isoOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

export function yearAndMonthOf(day: number): { year: number; month: number } {
  const date = new Date(day * DAY_MS)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1 }
}

/** 0 for Sunday; day 0 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + THURSDAY) % 7) + 7) % 7
}

/** The day itself where the exchange trades on it, else the session before. */
export function sessionAtOrBefore(day: number): number {
  return isSession(day) ? day : previousSession(day)
}

export function sessionAtOrAfter(day: number): number {
  return isSession(day) ? day : nextSession(day)
}

/** The day on which a month's standard options expire: its third Friday, or the session before where that Friday is a holiday. */
export function monthlyExpiration(year: number, month: number): number {
  const first = dayOf(year, month, 1)
  return sessionAtOrBefore(first + ((FRIDAY - weekdayOf(first) + 7) % 7) + 14)
}
