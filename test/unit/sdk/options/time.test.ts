import { describe, expect, it } from 'vitest'

import { daysToExpiration, expirationInstant, newYorkDay, yearsToExpiration } from '../../../../sdk/options/index.ts'

const at = (iso: string): number => Date.parse(iso)
const YEAR_MS = 365 * 86_400_000

describe('the end of an option', () => {
  it.each([
    ['2026-12-18', 'pm', '2026-12-18T21:00:00Z', 'a Friday in winter'],
    ['2026-07-17', 'pm', '2026-07-17T20:00:00Z', 'a Friday in summer'],
    ['2026-12-18', 'am', '2026-12-18T14:30:00Z', 'the open in winter'],
    ['2026-07-17', 'am', '2026-07-17T13:30:00Z', 'the open in summer'],
    ['2026-11-27', 'pm', '2026-11-27T18:00:00Z', 'the early close after Thanksgiving'],
    ['2025-07-03', 'pm', '2025-07-03T17:00:00Z', 'the early close before Independence Day'],
    ['2025-04-18', 'pm', '2025-04-17T20:00:00Z', 'Good Friday: the session before'],
    ['2019-04-19', 'am', '2019-04-18T13:30:00Z', 'Good Friday, at the open of the session before'],
    ['2014-06-21', 'pm', '2014-06-20T20:00:00Z', 'a Saturday, as options ended before 2015'],
    ['2026-03-08', 'pm', '2026-03-06T21:00:00Z', 'a Sunday on which clocks change: Friday, before the change'],
    ['2026-11-02', 'pm', '2026-11-02T21:00:00Z', 'the Monday after clocks change'],
    ['2006-04-03', 'pm', '2006-04-03T20:00:00Z', 'by the rule before 2007'],
  ] as const)('%s %s is %s (%s)', (expiration, settlement, instant, _why) => {
    expect(new Date(expirationInstant(expiration, settlement)).toISOString()).toBe(new Date(instant).toISOString())
  })

  it('counts minutes, not days', () => {
    expect(yearsToExpiration(at('2026-12-18T20:59:00Z'), '2026-12-18')).toBe(60_000 / YEAR_MS)
    expect(yearsToExpiration(at('2026-12-18T21:00:00Z'), '2026-12-18')).toBe(0)
    expect(yearsToExpiration(at('2026-12-18T21:01:00Z'), '2026-12-18')).toBeLessThan(0)
    // Clocks go back in between: an hour more than 28 whole days.
    expect(yearsToExpiration(at('2026-10-23T20:00:00Z'), '2026-11-20') * YEAR_MS).toBe(28 * 86_400_000 + 3_600_000)
  })

  it('counts calendar days from the day in New York', () => {
    expect(daysToExpiration(at('2026-12-18T03:00:00Z'), '2026-12-18')).toBe(1)
    expect(daysToExpiration(at('2026-12-18T06:00:00Z'), '2026-12-18')).toBe(0)
    expect(daysToExpiration(at('2026-12-19T12:00:00Z'), '2026-12-18')).toBe(-1)
    expect(daysToExpiration(at('2026-11-20T15:00:00Z'), '2027-01-15')).toBe(56)
  })

  it('knows the day in New York as Intl does, each hour around every change of clocks', () => {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' })
    for (let year = 1976; year <= 2037; year++) {
      // 1974 and 1975 had emergency rules; from 1976 on the rules are those of the calendar.
      for (const month of [2, 3, 4, 9, 10]) {
        for (let hour = 0; hour < 31 * 24; hour += 1) {
          const instant = Date.UTC(year, month, 1, hour)
          const utcHour = new Date(instant).getUTCHours()
          if (utcHour !== 3 && utcHour !== 4 && utcHour !== 5) continue
          if (new Date(instant).getUTCDay() > 1 || year % 6 !== 0) continue
          expect(new Date(newYorkDay(instant) * 86_400_000).toISOString().slice(0, 10)).toBe(format.format(instant))
        }
      }
    }
  })

  it('is NaN for what is no date', () => {
    for (const expiration of ['', '2026-02-30', '20261218', '1850-01-01', '2400-01-01', 'tomorrow']) {
      expect(expirationInstant(expiration)).toBeNaN()
      expect(yearsToExpiration(0, expiration)).toBeNaN()
    }
    expect(yearsToExpiration(Number.NaN, '2026-12-18')).toBeNaN()
    expect(daysToExpiration(Number.NaN, '2026-12-18')).toBeNaN()
    expect(daysToExpiration(0, '2026-13-01')).toBeNaN()
  })
})
