/**
 * The calendar of the New York Stock Exchange by rule, as pure functions of a day number (days since 1970-01-01).
 * Full closures follow NYSE Rule 7.2 and are exact from 1998 on, unscheduled closures up to 2025 included;
 * early closes follow the exchange's practice since 2013.
 */

/** Minutes after midnight, New York time. */
export const SESSION_OPEN_MINUTE = 570
export const SESSION_CLOSE_MINUTE = 960
export const EARLY_CLOSE_MINUTE = 780

const FIRST_JUNETEENTH_YEAR = 2022
const WEEKDAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const
const SUNDAY = 0
const MONDAY = 1
const THURSDAY = 4
const SATURDAY = 6

/** Closures that no rule foretells, as year, month, day and cause. */
const UNSCHEDULED: readonly (readonly [number, number, number, string])[] = [
  [2001, 9, 11, 'attacks of September 11'],
  [2001, 9, 12, 'attacks of September 11'],
  [2001, 9, 13, 'attacks of September 11'],
  [2001, 9, 14, 'attacks of September 11'],
  [2004, 6, 11, 'mourning for President Reagan'],
  [2007, 1, 2, 'mourning for President Ford'],
  [2012, 10, 29, 'Hurricane Sandy'],
  [2012, 10, 30, 'Hurricane Sandy'],
  [2018, 12, 5, 'mourning for President George H. W. Bush'],
  [2025, 1, 9, 'mourning for President Carter'],
]

interface YearOfClosures {
  readonly closed: ReadonlyMap<number, string>
  readonly early: ReadonlySet<number>
}

const years = new Map<number, YearOfClosures>()
/** Bounds the memory that odd input can claim: more years than any market data spans. */
const YEARS_KEPT = 400

/** True where the exchange trades on the day. Anything but a whole day number is no session. */
export function isSession(day: number): boolean {
  return closureReason(day) === null
}

/** Why the exchange does not trade on the day: a weekday name (`Saturday`), a holiday (`Good Friday`), or null on a session. */
export function closureReason(day: number): string | null {
  if (!isCalendarDay(day)) return 'not a calendar day'
  const weekday = weekdayOf(day)
  if (weekday === SATURDAY || weekday === SUNDAY) return WEEKDAY_NAMES[weekday]!
  return holidayName(day)
}

/** Name of the exchange holiday or unscheduled closure observed on the day, null where there is none. Weekends have no name. */
export function holidayName(day: number): string | null {
  if (!isCalendarDay(day)) return null
  return closuresOf(yearOf(day)).closed.get(day) ?? null
}

/** True where the session ends at 13:00: July 3, the day after Thanksgiving and December 24, where these are sessions. */
export function isEarlyClose(day: number): boolean {
  return isCalendarDay(day) && closuresOf(yearOf(day)).early.has(day)
}

/** Minute of the day, New York time, at which the session closes: 960 or 780; null where the day is no session. */
export function closeMinute(day: number): number | null {
  if (!isSession(day)) return null
  return isEarlyClose(day) ? EARLY_CLOSE_MINUTE : SESSION_CLOSE_MINUTE
}

/** Sessions from `first` to `last`, both included, ascending; empty where `last` is before `first`. */
export function sessionsBetween(first: number, last: number): Int32Array {
  if (!isCalendarDay(first) || !isCalendarDay(last)) return new Int32Array(0)
  const sessions: number[] = []
  for (let day = first; day <= last; day++) if (isSession(day)) sessions.push(day)
  return Int32Array.from(sessions)
}

/**
 * The `count` sessions that end with the day `last`, ascending; `last` itself only where it is a session.
 * @throws RangeError where `last` is no calendar day or `count` is negative or fractional.
 */
export function sessionsEnding(last: number, count: number): Int32Array {
  if (!isCalendarDay(last) || !Number.isInteger(count) || count < 0) {
    throw new RangeError(`sessionsEnding needs a calendar day and a whole count, not ${last} and ${count}.`)
  }
  const sessions = new Int32Array(count)
  for (let day = last, index = count - 1; index >= 0; day--) {
    if (!isCalendarDay(day)) throw new RangeError(`There are no ${count} sessions before day ${last} in the calendar.`)
    if (isSession(day)) sessions[index--] = day
  }
  return sessions
}

/** Last session before the day. */
export function previousSession(day: number): number {
  return stepToSession(day, -1)
}

/** First session after the day. */
export function nextSession(day: number): number {
  return stepToSession(day, 1)
}

function stepToSession(day: number, step: 1 | -1): number {
  if (!isCalendarDay(day)) throw new RangeError(`${day} is no day of the calendar.`)
  let next = day + step
  while (isCalendarDay(next) && !isSession(next)) next += step
  if (!isCalendarDay(next)) throw new RangeError(`There is no session beyond day ${day} in the calendar.`)
  return next
}

function closuresOf(year: number): YearOfClosures {
  const known = years.get(year)
  if (known) return known
  if (years.size >= YEARS_KEPT) years.clear()
  const made = makeYear(year)
  years.set(year, made)
  return made
}

function makeYear(year: number): YearOfClosures {
  const closed = new Map<number, string>()
  const newYear = dayOf(year, 1, 1)
  // A New Year's Day on a Saturday is not made up for on the Friday: the year's books close on it.
  if (weekdayOf(newYear) !== SATURDAY) closed.set(observed(newYear), "New Year's Day")
  closed.set(nthWeekday(year, 1, MONDAY, 3), 'Martin Luther King, Jr. Day')
  closed.set(nthWeekday(year, 2, MONDAY, 3), "Washington's Birthday")
  closed.set(easterSunday(year) - 2, 'Good Friday')
  closed.set(lastWeekday(year, 5, MONDAY), 'Memorial Day')
  if (year >= FIRST_JUNETEENTH_YEAR) closed.set(observed(dayOf(year, 6, 19)), 'Juneteenth')
  closed.set(observed(dayOf(year, 7, 4)), 'Independence Day')
  closed.set(nthWeekday(year, 9, MONDAY, 1), 'Labor Day')
  const thanksgiving = nthWeekday(year, 11, THURSDAY, 4)
  closed.set(thanksgiving, 'Thanksgiving Day')
  closed.set(observed(dayOf(year, 12, 25)), 'Christmas Day')
  for (const [closedYear, month, date, cause] of UNSCHEDULED) if (closedYear === year) closed.set(dayOf(year, month, date), cause)

  const early = new Set<number>()
  for (const day of [dayOf(year, 7, 3), thanksgiving + 1, dayOf(year, 12, 24)]) {
    const weekday = weekdayOf(day)
    if (weekday !== SATURDAY && weekday !== SUNDAY && !closed.has(day)) early.add(day)
  }
  return { closed, early }
}

/** A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after. */
function observed(day: number): number {
  const weekday = weekdayOf(day)
  return weekday === SATURDAY ? day - 1 : weekday === SUNDAY ? day + 1 : day
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): number {
  const first = dayOf(year, month, 1)
  return first + ((weekday - weekdayOf(first) + 7) % 7) + (nth - 1) * 7
}

function lastWeekday(year: number, month: number, weekday: number): number {
  const last = dayOf(year, month + 1, 1) - 1
  return last - ((weekdayOf(last) - weekday + 7) % 7)
}

/** Gregorian Easter by the anonymous algorithm (Meeus, Astronomical Algorithms, chapter 8). */
function easterSunday(year: number): number {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const inCentury = year % 100
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3)
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30
  const offset = (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - epact - (inCentury % 4)) % 7
  const shift = Math.floor((golden + 11 * epact + 22 * offset) / 451)
  const monthAndDay = epact + offset - 7 * shift + 114
  return dayOf(year, Math.floor(monthAndDay / 31), (monthAndDay % 31) + 1)
}

const DAY_MS = 86_400_000
/** The years 1900 to 2199, the span in which the rules mean anything. */
const FIRST_DAY = Date.UTC(1900, 0, 1) / DAY_MS
const LAST_DAY = Date.UTC(2199, 11, 31) / DAY_MS

function isCalendarDay(day: number): boolean {
  return Number.isInteger(day) && day >= FIRST_DAY && day <= LAST_DAY
}

function dayOf(year: number, month: number, date: number): number {
  return Date.UTC(year, month - 1, date) / DAY_MS
}

function yearOf(day: number): number {
  return new Date(day * DAY_MS).getUTCFullYear()
}

/** 0 for Sunday; day 0, 1970-01-01, was a Thursday. */
function weekdayOf(day: number): number {
  return (((day + THURSDAY) % 7) + 7) % 7
}
