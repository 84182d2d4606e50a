import { describe, expect, it } from 'vitest'
import { monthlyExpiration } from '../../../../../../plugins/providers/simulated/chains/calendar-days.ts'
import { listedExpirations } from '../../../../../../plugins/providers/simulated/chains/expirations.ts'
import type { ListingProgramme } from '../../../../../../plugins/providers/simulated/chains/liquidity.ts'
import { listedStrikes, type StrikeRequest } from '../../../../../../plugins/providers/simulated/chains/strikes.ts'
import { dayOf, isoOf } from './support.ts'

const standard: ListingProgramme = { isDaily: false, weeklies: 0, serialMonths: 2, cycleMonths: 2, cycle: 0, quarterlies: 0, hasLeaps: false, hasMidYearLeaps: false }
const listed = (programme: Partial<ListingProgramme>, date: string) => [...listedExpirations({ ...standard, ...programme }, dayOf(date)).keys()].map(isoOf)

describe('expirations', () => {
  it('are the third Fridays that the options calendar of 2026 has, with Juneteenth on the Thursday before', () => {
    const days = Array.from({ length: 12 }, (_, month) => isoOf(monthlyExpiration(2026, month + 1)))
    expect(days).toEqual(['2026-01-16', '2026-02-20', '2026-03-20', '2026-04-17', '2026-05-15', '2026-06-18', '2026-07-17', '2026-08-21', '2026-09-18', '2026-10-16', '2026-11-20', '2026-12-18'])
    expect(isoOf(monthlyExpiration(2025, 4)), 'Good Friday').toBe('2025-04-17')
  })

  it('follow the standard cycle: this month, the next, and two of the cycle', () => {
    expect(listed({ cycle: 0 }, '2026-11-09')).toEqual(['2026-11-20', '2026-12-18', '2027-01-15', '2027-04-16'])
    expect(listed({ cycle: 1 }, '2026-11-09')).toEqual(['2026-11-20', '2026-12-18', '2027-02-19', '2027-05-21'])
    expect(listed({ cycle: 2 }, '2026-11-23')).toEqual(['2026-12-18', '2027-01-15', '2027-03-19', '2027-06-17'])
  })

  it('have weeklies on Fridays, or on Thursday before Good Friday, Independence Day, Christmas and New Year', () => {
    expect(listed({ weeklies: 5 }, '2026-03-16').slice(0, 5)).toEqual(['2026-03-20', '2026-03-27', '2026-04-02', '2026-04-10', '2026-04-17'])
    expect(listed({ weeklies: 5 }, '2026-06-15')).toEqual(expect.arrayContaining(['2026-06-18', '2026-06-26', '2026-07-02', '2026-07-10']))
    expect(listed({ weeklies: 8 }, '2026-12-14')).toEqual(expect.arrayContaining(['2026-12-24', '2026-12-31', '2027-01-08']))
    expect(listed({ weeklies: 5 }, '2026-04-03').every((date) => date >= '2026-04-03')).toBe(true)
  })

  it('have a daily series for every session of two weeks in the largest funds, holidays left out', () => {
    const dates = listed({ isDaily: true }, '2026-11-23')
    expect(dates.slice(0, 9)).toEqual(['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-27', '2026-11-30', '2026-12-01', '2026-12-02', '2026-12-03', '2026-12-04'])
  })

  it('have quarter ends on the last session', () => {
    expect(listed({ quarterlies: 4 }, '2026-10-30')).toEqual(expect.arrayContaining(['2026-12-31', '2027-03-31', '2027-06-30', '2027-09-30']))
    expect(listed({ quarterlies: 1 }, '2027-10-04'), 'December 31, 2027 is a Friday').toContain('2027-12-31')
  })

  it('have January LEAPs up to two and a half years, the third from autumn on by cycle', () => {
    const januaries = (cycle: number, date: string) => listed({ hasLeaps: true, cycle }, date).filter((each) => each.slice(5, 7) === '01')
    expect(januaries(0, '2026-08-03')).toEqual(['2027-01-15', '2028-01-21'])
    expect(januaries(0, '2026-09-21')).toEqual(['2027-01-15', '2028-01-21', '2029-01-19'])
    expect(januaries(2, '2026-11-20')).toEqual(['2027-01-15', '2028-01-21'])
    expect(januaries(2, '2026-11-23')).toEqual(['2027-01-15', '2028-01-21', '2029-01-19'])
  })
})

describe('strikes', () => {
  const request: StrikeRequest = { spot: 100, deviation: 0.09, years: 0.08, kind: 'monthly', usualVolume: 100_000, isDaily: false, lowest: 97, highest: 104 }
  const gaps = (cents: readonly number[]) => new Set(cents.slice(1).map((strike, index) => strike - cents[index]!))

  it.each([
    { spot: 4, usualVolume: 100 },
    { spot: 30, usualVolume: 100 },
    { spot: 30, usualVolume: 5000 },
    { spot: 100, usualVolume: 100_000 },
    { spot: 640, usualVolume: 9_000_000, isDaily: true },
    { spot: 5420, usualVolume: 9000 },
  ])('are multiples of a step of the exchange around the money: %o', (some) => {
    const cents = listedStrikes({ ...request, ...some, lowest: some.spot, highest: some.spot })
    expect([...cents].sort((one, other) => one - other)).toEqual(cents)
    expect(new Set(cents).size).toBe(cents.length)
    expect(cents.every((strike) => strike > 0 && strike % 50 === 0)).toBe(true)
    const above = cents.filter((strike) => strike > some.spot * 100).length
    expect(Math.min(above, cents.length - above)).toBeGreaterThanOrEqual(1)
    expect(cents.length).toBeLessThan(300)
  })

  it('are finer near the money, in active names, and in short-dated series', () => {
    const active = listedStrikes(request)
    const wings = active.filter((cents) => Math.abs(cents / 100 - 100) > 25)
    const near = active.filter((cents) => Math.abs(cents / 100 - 100) < 8)
    expect(Math.max(...gaps(near))).toBeLessThan(Math.max(...gaps(wings)))
    const smallest = (some: Partial<StrikeRequest>) => Math.min(...gaps(listedStrikes({ ...request, ...some })))
    expect(smallest({})).toBeLessThan(smallest({ usualVolume: 500 }))
    expect(smallest({})).toBeLessThan(smallest({ years: 1.5, deviation: 0.37, kind: 'leap' }))
  })

  it('stay listed where the price has come from', () => {
    expect(listedStrikes({ ...request, lowest: 40 })[0]).toBeLessThanOrEqual(4000)
  })
})
