import { closeMinute, isSession, previousSession, SESSION_OPEN_MINUTE } from '../calendar.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const YEAR_MS = 365 * DAY_MS
/** New York changes its clocks at 2:00. */
const CHANGE_HOUR = 2

/** When an option is settled on its last day: `pm` at the close of the session, `am` at its open, as monthly index options are. */
export type Settlement = 'am' | 'pm'

/**
 * Years of 365 days (ACT/365F), to the millisecond, from the instant of a quote to the end of an option: 16:00 in New York on the
 * expiration day, 13:00 where the exchange closes early, 9:30 for `am`. An expiration on a day without a session (a
 * holiday, or the Saturday of options before 2015) ends with the session before. 0 or less where it is over.
 * NaN where the instant is no number or the expiration no ISO date between 1900 and 2199.
 */
export function yearsToExpiration(quotedAtMs: number, expiration: string, settlement: Settlement = 'pm'): number {
  return (expirationInstant(expiration, settlement) - quotedAtMs) / YEAR_MS
}

/** Epoch milliseconds at which an option ends, as `yearsToExpiration` takes it; NaN where the expiration is no date. */
export function expirationInstant(expiration: string, settlement: Settlement = 'pm'): number {
  const day = lastSession(dayOfDate(expiration))
  const minute = settlement === 'am' ? SESSION_OPEN_MINUTE : closeMinute(day)
  return minute === null ? Number.NaN : marketInstant(day, minute)
}

/**
 * Calendar days from the day in New York on which a quote was made to the expiration, below 0 where that is past; NaN
 * where either is no date.
 */
export function daysToExpiration(quotedAtMs: number, expiration: string): number {
  return dayOfDate(expiration) - newYorkDay(quotedAtMs)
}

/** Day in New York of an instant, as days since 1970-01-01; NaN where it is no number. */
export function newYorkDay(instantMs: number): number {
  const standard = Math.floor((instantMs - 5 * HOUR_MS) / DAY_MS)
  if (!Number.isFinite(standard)) return Number.NaN
  // Daylight saving time moves midnight by an hour: it holds if it does on the clock that assumes it.
  const summer = instantMs - 4 * HOUR_MS
  const day = Math.floor(summer / DAY_MS)
  const [first, last] = daylightSaving(new Date(summer).getUTCFullYear())
  const isSummer = instantMs >= first * DAY_MS + (CHANGE_HOUR + 5) * HOUR_MS && instantMs < last * DAY_MS + (CHANGE_HOUR + 4) * HOUR_MS
  return isSummer ? day : standard
}

/** Epoch milliseconds of a minute of a day (days since 1970-01-01) in New York, at the market's hours. */
export function marketInstant(day: number, minute: number): number {
  return day * DAY_MS + minute * MINUTE_MS + hoursBehindUtc(day) * HOUR_MS
}

/** 4 while daylight saving time holds in New York at the market's hours on a day, 5 otherwise. */
function hoursBehindUtc(day: number): number {
  const [first, last] = daylightSaving(new Date(day * DAY_MS).getUTCFullYear())
  return day >= first && day < last ? 4 : 5
}

/**
 * First day of daylight saving time, and the day on which it ends, by the rules of 1976, of 1987, and from 2007 on of
 * the Energy Policy Act of 2005.
 */
function daylightSaving(year: number): readonly [number, number] {
  if (year >= 2007) return [sunday(year, 3, 2), sunday(year, 11, 1)]
  return [year >= 1987 ? sunday(year, 4, 1) : sunday(year, 5, 1) - 7, sunday(year, 11, 1) - 7]
}

function sunday(year: number, month: number, nth: number): number {
  const first = Date.UTC(year, month - 1, 1) / DAY_MS
  // Day 0 was a Thursday.
  const weekday = (((first + 4) % 7) + 7) % 7
  return first + ((7 - weekday) % 7) + 7 * (nth - 1)
}

function lastSession(day: number): number {
  if (Number.isNaN(day) || isSession(day)) return day
  try {
    return previousSession(day)
  } catch {
    // Beyond the years that the calendar knows.
    return Number.NaN
  }
}

/** Days since 1970-01-01 of an ISO date, NaN where it is none. */
function dayOfDate(date: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return Number.NaN
  const ms = Date.parse(`${date}T00:00:00Z`)
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date ? Number.NaN : ms / DAY_MS
}
