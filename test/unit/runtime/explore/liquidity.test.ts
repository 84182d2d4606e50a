import { describe, expect, it } from 'vitest'

import { gradeLiquidity, isBetter, type LiquidityFacts } from '../../../../runtime/explore/liquidity.ts'
import type { Horizon } from '../../../../runtime/explore/row.ts'
import { tickerDeps } from './support.ts'

const { thresholds } = (await tickerDeps({})).deps.settings

function grade(facts: Partial<LiquidityFacts>, { horizon = 'SHORT' as Horizon, spot = 100 } = {}) {
  return gradeLiquidity({ spreadPct: 0.01, spread: 0.2, openInterest: 5_000, volume: 800, ...facts }, horizon, spot, thresholds)
}

describe('the grade of liquidity', () => {
  it.each([
    [0.02, 'Excellent'], [0.0201, 'Good'], [0.05, 'Good'], [0.1, 'Acceptable'], [0.25, 'Thin'], [0.2501, 'Illiquid'], [2.1, 'Illiquid'],
  ] as const)('of a spread of %s is %s', (spreadPct, expected) => {
    expect(grade({ spreadPct, spread: 1 }).class).toBe(expected)
  })

  it.each([
    ['the better of interest and volume', { openInterest: 0, volume: 400 }, 'Excellent'],
    ['one class less without a trade today', { openInterest: 5_000, volume: 0 }, 'Good'],
    ['at worst Thin with a spread that can be traded', { openInterest: 0, volume: 0 }, 'Thin'],
    ['Acceptable at best where nothing is known', { openInterest: null, volume: null }, 'Acceptable'],
    ['what is known where one is not', { openInterest: 5_000, volume: null }, 'Excellent'],
    ['Acceptable for one tick, however cheap', { spreadPct: 0.9, spread: 0.05 }, 'Acceptable'],
    ['Illiquid without two sides', { spreadPct: null, spread: null }, 'Illiquid'],
    ['Illiquid for a middle below zero', { spreadPct: null, spread: 0.3 }, 'Illiquid'],
  ] as const)('is %s', (_, facts, expected) => {
    expect(grade(facts).class).toBe(expected)
  })

  it('looks at horizon and price: a LEAP without a trade today and a $1,500 stock with a wide quote are normal', () => {
    const wide = { spreadPct: 0.12, spread: 3, openInterest: 40, volume: 0 }
    expect(grade(wide).class).toBe('Illiquid')
    expect(grade(wide, { horizon: 'LEAP' }).class).toBe('Acceptable')
    expect(isBetter(grade({ spreadPct: 0.14, spread: 3 }, { spot: 1_500 }).class, grade({ spreadPct: 0.14, spread: 3 }).class)).toBe(true)
  })

  it('is kinder to the quotes of a dear stock from just above $500, and again from just above $1,000', () => {
    // Excellent ends at 2 %, times 1.25 and times 1.5 there.
    const at = (spreadPct: number) => [500, 500.01, 1_000, 1_000.01].map((spot) => grade({ spreadPct, spread: 9 }, { spot }).class)
    expect(at(0.0225)).toEqual(['Good', 'Excellent', 'Excellent', 'Excellent'])
    expect(at(0.0275)).toEqual(['Good', 'Good', 'Good', 'Excellent'])
  })

  it('says the numbers and the bounds', () => {
    expect(grade({ spreadPct: 0.3, spread: 1, openInterest: 12_345 }).context).toBe('Illiquid for SHORT: spread 30.0% (Illiquid above 25.0%); open interest 12,345, volume 800 (Excellent)')
    expect(grade({ spreadPct: null, spread: null, openInterest: null, volume: null }).context).toMatch(/no two-sided quote; open interest unknown, volume unknown \(taken as Acceptable\)/)
    expect(grade({ spreadPct: null, spread: 0.3 }).context).toMatch(/middle is not above zero/)
  })
})
