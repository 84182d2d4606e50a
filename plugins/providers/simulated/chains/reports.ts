import type { Profile } from '../profile.ts'
import { dayOf, sessionAtOrAfter, yearAndMonthOf } from './calendar-days.ts'

/**
 * Sessions after `from` and up to `to` that open on an earnings report of the symbol, ascending. The same rule as the
 * bars follow, carried on into the future: companies announce their dates.
 */
export function reportsBetween(profile: Profile, from: number, to: number): number[] {
  if (profile.kind === 'fund') return []
  const reports: number[] = []
  const { year, month } = yearAndMonthOf(from)
  for (let quarter = year * 4 + Math.floor((month - 1) / 3); ; quarter++) {
    const quarterStart = dayOf(Math.floor(quarter / 4), (quarter % 4) * 3 + 1, 1)
    if (quarterStart > to) return reports
    const session = sessionAtOrAfter(quarterStart + profile.reportOffset)
    if (session > from && session <= to) reports.push(session)
  }
}
