import { sessionsBetween } from '../../../../sdk/calendar.ts'
import { dayOf, FRIDAY, monthlyExpiration, sessionAtOrBefore, weekdayOf, yearAndMonthOf } from './calendar-days.ts'
import type { ListingProgramme } from './liquidity.ts'

export type SeriesKind = 'monthly' | 'weekly' | 'daily' | 'quarterly' | 'leap'

const DAILY_SESSIONS = 10
const DAILY_SPAN_DAYS = 20
/** Months that standard listing looks ahead; what lies beyond is a LEAP. */
const STANDARD_MONTHS = 13
const LEAP_YEARS = 3
/** A January three years ahead is listed after the September, October or November expiration, by cycle. */
const FIRST_LEAP_LISTING_MONTH = 9
const LONGEST_LEAP_DAYS = 915

/**
 * Expiration days that are listed at the open of `day`, ascending, with what each is: none before `day`, all of them
 * sessions. As the exchanges list: Cboe Rule 4.5 and its programmes for weekly, quarterly and long-term series.
 */
export function listedExpirations(programme: ListingProgramme, day: number): Map<number, SeriesKind> {
  const found = new Map<number, SeriesKind>()
  const add = (expiration: number, kind: SeriesKind) => {
    if (expiration >= day && !found.has(expiration)) found.set(expiration, kind)
  }
  for (const expiration of standardMonths(programme, day)) add(expiration, 'monthly')
  if (programme.hasLeaps) for (const expiration of leaps(programme, day)) add(expiration, 'leap')
  for (const expiration of quarterEnds(programme.quarterlies, day)) add(expiration, 'quarterly')
  for (const expiration of weeklies(programme.weeklies, day)) add(expiration, 'weekly')
  if (programme.isDaily) for (const expiration of sessionsBetween(day, day + DAILY_SPAN_DAYS).subarray(0, DAILY_SESSIONS)) add(expiration, 'daily')
  return new Map([...found].sort(([one], [other]) => one - other))
}

/** The next months in a row, then the next of the symbol's quarterly cycle. */
function standardMonths({ serialMonths, cycleMonths, cycle }: ListingProgramme, day: number): number[] {
  const { year, month } = yearAndMonthOf(day)
  const listed: number[] = []
  let inCycle = 0
  for (let ahead = 0; ahead <= STANDARD_MONTHS && inCycle < cycleMonths; ahead++) {
    const expiration = monthlyExpiration(year, month + ahead)
    if (expiration < day) continue
    if (listed.length < serialMonths) listed.push(expiration)
    else if ((month - 1 + ahead) % 3 === cycle) {
      listed.push(expiration)
      inCycle++
    }
  }
  return listed
}

function leaps({ cycle, hasMidYearLeaps }: ListingProgramme, day: number): number[] {
  const { year } = yearAndMonthOf(day)
  const listed: number[] = []
  for (let ahead = 0; ahead <= LEAP_YEARS; ahead++) {
    const isListed = ahead < LEAP_YEARS || day > monthlyExpiration(year, FIRST_LEAP_LISTING_MONTH + cycle)
    if (!isListed) continue
    listed.push(monthlyExpiration(year + ahead, 1))
    if (hasMidYearLeaps && ahead < LEAP_YEARS) listed.push(monthlyExpiration(year + ahead, 6), monthlyExpiration(year + ahead, 12))
  }
  return listed.filter((expiration) => expiration - day <= LONGEST_LEAP_DAYS)
}

function quarterEnds(count: number, day: number): number[] {
  const { year, month } = yearAndMonthOf(day)
  const quarter = Math.floor((month - 1) / 3)
  return Array.from({ length: count }, (_, ahead) => sessionAtOrBefore(dayOf(year, (quarter + ahead + 1) * 3 + 1, 1) - 1))
}

function weeklies(count: number, day: number): number[] {
  const friday = day + ((FRIDAY - weekdayOf(day) + 7) % 7)
  return Array.from({ length: count }, (_, ahead) => sessionAtOrBefore(friday + 7 * ahead))
}
