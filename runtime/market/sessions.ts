import { isSession } from '../../sdk/calendar.ts'

/** Sessions before a date, or dates after it, that its bar count is compared with. */
const NEIGHBOURS = 10

/** Calendar days for which a session says what is usual: a store that goes on with a part of its symbols has sessions again. */
const REMEMBERED_DAYS = 90

/** Share of the usual bar count that a date needs to be a session. */
const SESSION_SHARE = 0.05

/** First and last day that a bar may carry: 1800-01-01 and 2199-12-31. */
export const FIRST_VALID_DAY = -62_091
export const LAST_VALID_DAY = 84_005

/** Counts bars per day over the whole range of valid days. */
export class DayCounts {
  readonly #counts = new Int32Array(LAST_VALID_DAY - FIRST_VALID_DAY + 1)

  /** Counts one bar; `day` lies within the valid range. */
  add(day: number): void {
    this.#counts[day - FIRST_VALID_DAY]! += 1
  }

  addAll(days: Int32Array): void {
    for (let index = 0; index < days.length; index++) this.#counts[days[index]! - FIRST_VALID_DAY]! += 1
  }

  /** The days that have bars, ascending, with their counts. */
  entries(): { days: Int32Array<ArrayBuffer>; counts: Int32Array<ArrayBuffer> } {
    const days: number[] = []
    for (let index = 0; index < this.#counts.length; index++) if (this.#counts[index]! > 0) days.push(index + FIRST_VALID_DAY)
    return { days: Int32Array.from(days), counts: Int32Array.from(days, (day) => this.#counts[day - FIRST_VALID_DAY]!) }
  }

  /** How many counted bars lie on other days than these. */
  countOutside(openDays: readonly number[]): number {
    const isOpen = new Set(openDays)
    const { days, counts } = this.entries()
    let outside = 0
    for (let index = 0; index < days.length; index++) if (!isOpen.has(days[index]!)) outside += counts[index]!
    return outside
  }
}

/**
 * The days that are market sessions, ascending: those whose number of bars is at least 5% of what is usual, which is the median over the
 * sessions before it (up to 10, of the last 90 days), or, where there are none, over the next dates. A few stray rows on a holiday make no
 * session, nor do any number of days of a watchlist alone.
 *
 * What is usual is taken near each date, not over all dates, so that a store where one symbol reaches back twenty years and
 * thousands reach back one keeps its early sessions. With one symbol every date is a session.
 *
 * @param days ascending days that have bars
 * @param counts bars of each of these days, at least 1
 */
export function sessionDays(days: Int32Array, counts: Int32Array): Int32Array<ArrayBuffer> {
  /** Indexes of the sessions so far. */
  const sessions: number[] = []
  for (let index = 0; index < days.length; index++) {
    const before = sessions.slice(-NEIGHBOURS).filter((session) => days[session]! >= days[index]! - REMEMBERED_DAYS)
    const usual = before.length > 0 ? median(Int32Array.from(before, (session) => counts[session]!)) : median(counts.slice(index, index + NEIGHBOURS + 1))
    if (counts[index]! >= SESSION_SHARE * usual) sessions.push(index)
  }
  return Int32Array.from(sessions, (session) => days[session]!)
}

/** @param values at least one, which are put in order */
function median(values: Int32Array): number {
  values.sort()
  return (values[(values.length - 1) >> 1]! + values[values.length >> 1]!) / 2
}

/**
 * The days, ascending, that have bars of too few symbols to be sessions of the whole market, and on which the exchange was open by its
 * calendar: a watchlist's newest day after an import of everything. They are sessions for those who name their symbols or dates.
 *
 * @param sessions as `sessionDays` gives them for `days`
 */
export function thinSessionDays(days: Int32Array, sessions: Int32Array): Int32Array<ArrayBuffer> {
  const full = new Set(sessions)
  return Int32Array.from(days.filter((day) => !full.has(day) && isSession(day)))
}
