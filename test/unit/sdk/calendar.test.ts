import { describe, expect, it } from 'vitest'
import {
  closeMinute,
  closureReason,
  holidayName,
  isEarlyClose,
  isSession,
  nextSession,
  previousSession,
  sessionsBetween,
  sessionsEnding,
} from '../../../sdk/calendar.ts'

const day = (iso: string) => Date.parse(`${iso}T00:00:00Z`) / 86_400_000
const iso = (value: number) => new Date(value * 86_400_000).toISOString().slice(0, 10)

/** Weekdays on which the NYSE did not trade, from its published holiday lists and closure notices. */
const CLOSED: Record<number, string[]> = {
  2012: ['01-02', '01-16', '02-20', '04-06', '05-28', '07-04', '09-03', '10-29', '10-30', '11-22', '12-25'],
  2015: ['01-01', '01-19', '02-16', '04-03', '05-25', '07-03', '09-07', '11-26', '12-25'],
  2016: ['01-01', '01-18', '02-15', '03-25', '05-30', '07-04', '09-05', '11-24', '12-26'],
  2017: ['01-02', '01-16', '02-20', '04-14', '05-29', '07-04', '09-04', '11-23', '12-25'],
  2018: ['01-01', '01-15', '02-19', '03-30', '05-28', '07-04', '09-03', '11-22', '12-05', '12-25'],
  2019: ['01-01', '01-21', '02-18', '04-19', '05-27', '07-04', '09-02', '11-28', '12-25'],
  2020: ['01-01', '01-20', '02-17', '04-10', '05-25', '07-03', '09-07', '11-26', '12-25'],
  2021: ['01-01', '01-18', '02-15', '04-02', '05-31', '07-05', '09-06', '11-25', '12-24'],
  2022: ['01-17', '02-21', '04-15', '05-30', '06-20', '07-04', '09-05', '11-24', '12-26'],
  2023: ['01-02', '01-16', '02-20', '04-07', '05-29', '06-19', '07-04', '09-04', '11-23', '12-25'],
  2024: ['01-01', '01-15', '02-19', '03-29', '05-27', '06-19', '07-04', '09-02', '11-28', '12-25'],
  2025: ['01-01', '01-09', '01-20', '02-17', '04-18', '05-26', '06-19', '07-04', '09-01', '11-27', '12-25'],
  2026: ['01-01', '01-19', '02-16', '04-03', '05-25', '06-19', '07-03', '09-07', '11-26', '12-25'],
  2027: ['01-01', '01-18', '02-15', '03-26', '05-31', '06-18', '07-05', '09-06', '11-25', '12-24'],
}

/** Sessions that ended at 13:00, from the same lists. */
const EARLY: Record<number, string[]> = {
  2013: ['07-03', '11-29', '12-24'],
  2014: ['07-03', '11-28', '12-24'],
  2015: ['11-27', '12-24'],
  2016: ['11-25'],
  2017: ['07-03', '11-24'],
  2018: ['07-03', '11-23', '12-24'],
  2019: ['07-03', '11-29', '12-24'],
  2020: ['11-27', '12-24'],
  2021: ['11-26'],
  2022: ['11-25'],
  2023: ['07-03', '11-24'],
  2024: ['07-03', '11-29', '12-24'],
  2025: ['07-03', '11-28', '12-24'],
  2026: ['11-27', '12-24'],
  2027: ['11-26'],
}

/** Trading days a year, as the exchange counts them. */
const SESSION_COUNT: Record<number, number> = { 2015: 252, 2016: 252, 2017: 251, 2018: 251, 2019: 252, 2020: 253, 2021: 252, 2022: 251, 2023: 250, 2024: 252, 2025: 250 }

function daysOfYear(year: number): number[] {
  const days: number[] = []
  for (let d = day(`${year}-01-01`); d <= day(`${year}-12-31`); d++) days.push(d)
  return days
}

describe('NYSE calendar', () => {
  it.each(Object.keys(CLOSED).map(Number))('closes on the published days of %i', (year) => {
    const closedWeekdays = daysOfYear(year).filter((d) => ![0, 6].includes(new Date(d * 86_400_000).getUTCDay()) && !isSession(d))
    expect(closedWeekdays.map((d) => iso(d).slice(5))).toEqual(CLOSED[year])
  })

  it.each(Object.keys(EARLY).map(Number))('closes early on the published days of %i', (year) => {
    expect(daysOfYear(year).filter(isEarlyClose).map((d) => iso(d).slice(5))).toEqual(EARLY[year])
  })

  it.each(Object.keys(SESSION_COUNT).map(Number))('counts the trading days of %i', (year) => {
    expect(sessionsBetween(day(`${year}-01-01`), day(`${year}-12-31`))).toHaveLength(SESSION_COUNT[year]!)
  })

  it('says why a day is no session', () => {
    expect(closureReason(day('2026-11-21'))).toBe('Saturday')
    expect(closureReason(day('2026-11-26'))).toBe('Thanksgiving Day')
    expect(closureReason(day('2026-04-03'))).toBe('Good Friday')
    expect(closureReason(day('2025-01-09'))).toBe('mourning for President Carter')
    expect(closureReason(day('2026-11-20'))).toBeNull()
    expect(holidayName(day('2026-11-21'))).toBeNull()
    expect(holidayName(day('2022-06-20'))).toBe('Juneteenth')
  })

  it('gives the closing minute in New York', () => {
    expect(closeMinute(day('2026-11-20'))).toBe(16 * 60)
    expect(closeMinute(day('2026-11-27'))).toBe(13 * 60)
    expect(closeMinute(day('2026-11-26'))).toBeNull()
  })

  it('walks over closures', () => {
    expect(iso(previousSession(day('2026-11-27')))).toBe('2026-11-25')
    expect(iso(nextSession(day('2021-12-31')))).toBe('2022-01-03')
    expect(iso(nextSession(day('2026-11-20')))).toBe('2026-11-23')
  })

  it('lists sessions ascending, both ends included', () => {
    expect([...sessionsBetween(day('2026-11-20'), day('2026-11-30'))].map(iso)).toEqual(['2026-11-20', '2026-11-23', '2026-11-24', '2026-11-25', '2026-11-27', '2026-11-30'])
    expect(sessionsBetween(day('2026-11-21'), day('2026-11-20'))).toHaveLength(0)
    const ending = sessionsEnding(day('2026-11-20'), 1260)
    expect(ending).toHaveLength(1260)
    expect(iso(ending[1259]!)).toBe('2026-11-20')
    expect(ending).toEqual(sessionsBetween(ending[0]!, ending[1259]!))
    expect([...sessionsEnding(day('2026-11-22'), 1)].map(iso)).toEqual(['2026-11-20'])
    expect(sessionsEnding(day('2026-11-20'), 0)).toHaveLength(0)
  })

  it('answers hostile numbers without looping or guessing', () => {
    for (const bad of [Number.NaN, Infinity, -Infinity, 1.5, 1e12, -1e12]) {
      expect(isSession(bad)).toBe(false)
      expect(holidayName(bad)).toBeNull()
      expect(isEarlyClose(bad)).toBe(false)
      expect(closeMinute(bad)).toBeNull()
      expect(sessionsBetween(bad, bad)).toHaveLength(0)
      expect(() => nextSession(bad)).toThrow(RangeError)
      expect(() => sessionsEnding(bad, 5)).toThrow(RangeError)
    }
    expect(() => sessionsEnding(day('2026-11-20'), 1e6)).toThrow(RangeError)
    expect(() => sessionsEnding(day('2026-11-20'), -1)).toThrow(RangeError)
  })
})
