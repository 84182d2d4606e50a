import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { decimalText, liquidityOf, percentText, strikesText } from '../../../../api/schemas/explored-text.ts'
import { fixed, money, percent } from '../../../../api/web/page/shell/words.ts'

const leg = (strike: number) => ({ side: 'long', right: 'put', strike, expiration: '2026-12-24', quantity: 1, occ: '', multiplier: 100 }) as const

describe('what is said of an explored row', () => {
  it('grades its position, and by the sample where no position was graded', () => {
    const context = 'Thin for SHORT: spread 16.7% (Acceptable to 20.0%); open interest 5, volume 18 (Thin)'
    expect(liquidityOf({ finalLiquidityContext: context, sampledLiquidityClass: 'Good' })).toBe('Thin')
    expect(liquidityOf({ finalLiquidityContext: null, sampledLiquidityClass: 'Good' })).toBe('Good')
    expect(liquidityOf({ finalLiquidityContext: null, sampledLiquidityClass: null })).toBeNull()
  })

  it('has each strike once, ascending', () => {
    expect(strikesText({ legs: [leg(232), leg(225)] })).toBe('225/232')
    expect(strikesText({ legs: [leg(105), leg(9.5), leg(105)] })).toBe('9.5/105')
    expect(strikesText({ legs: null })).toBe('')
  })
})

describe('numbers', () => {
  it.each([
    [8.075, 2, '8.08'], [1.575, 2, '1.58'], [1.005, 2, '1.01'], [-1.005, 2, '-1.01'], [0.5, 0, '1'], [2.5, 0, '3'], [8.0749, 2, '8.07'], [-0.001, 2, '0.00'], [1234.5, 1, '1234.5'], [1e-7, 3, '0.000'],
  ])('round %d to %i places by their decimal text: %s', (value, places, text) => {
    expect(decimalText(value, places)).toBe(text)
    expect(fixed(value, places)).toBe(text)
  })

  it('in percent do so as well', () => {
    expect([0.0425, 0.1455, 1.15, 0.00005].map((value) => percentText(value, 1))).toEqual(['4.3%', '14.6%', '115.0%', '0.0%'])
    expect(percent(0.1455)).toBe('14.6%')
  })

  it('read the same at the command line and on the page, of any half cent', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 999_999 }), (mills) => {
      const text = (Math.floor(mills / 10 + 0.5) / 100).toFixed(2)
      expect(decimalText(mills / 1_000, 2)).toBe(text)
      expect(money(mills / 1_000).replace(/[$,]/g, '')).toBe(text)
    }))
  })
})
