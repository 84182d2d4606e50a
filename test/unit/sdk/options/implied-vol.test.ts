import { describe, expect, it } from 'vitest'

import { americanImpliedVol, americanPriceAndGreeks, europeanImpliedVol, europeanPrice, type OptionRight } from '../../../../sdk/options/index.ts'
import { readReferences } from './references.ts'

const RIGHTS: OptionRight[] = ['call', 'put']
const fine = { price: 10, spot: 100, strike: 100, years: 1, rate: 0.05, dividendYield: 0.02 }

/** How exactly a double's price tells a volatility: by the rounding of the price, whose size is that of the larger of forward and strike. */
function tolerance({ spot, strike, years, rate, dividendYield }: { spot: number; strike: number; years: number; rate: number; dividendYield: number }, vegaPerPoint: number): number {
  const forward = spot * Math.exp((rate - dividendYield) * years)
  return Math.max(1e-10, (64 * Number.EPSILON * Math.max(forward, strike)) / (vegaPerPoint * 100))
}

describe.each([
  ['European', europeanImpliedVol],
  ['American', americanImpliedVol],
] as const)('%s implied volatility', (style, impliedVol) => {
  it('says why there is none', () => {
    const reason = (change: Partial<typeof fine>, right: OptionRight = 'call'): unknown => impliedVol(right, { ...fine, ...change })
    const none = (why: string): object => ({ vol: null, reason: why })
    expect(reason({ price: 100 })).toEqual(none('above_upper_bound'))
    expect(reason({ price: 1e9 })).toEqual(none('above_upper_bound'))
    expect(reason({ price: 0 })).toEqual(none('below_intrinsic'))
    expect(reason({ price: 0, strike: 150 })).toEqual(none('at_intrinsic'))
    expect(reason({ price: -1, strike: 150 })).toEqual(none('below_intrinsic'))
    expect(reason({ price: 40, strike: 50 })).toEqual(none('below_intrinsic'))
    expect(reason({ years: 0 })).toEqual(none('expired'))
    expect(reason({ years: -1 })).toEqual(none('expired'))
    for (const change of [{ spot: 0 }, { strike: -5 }, { price: Number.NaN }, { rate: Number.NaN }, { years: Infinity }, { rate: 1e9 }]) expect(reason(change)).toEqual(none('invalid'))
    expect(reason({ price: 30, strike: 130 }, 'put')).toEqual(style === 'American' ? none('at_intrinsic') : expect.objectContaining({ reason: null }))
    expect(reason({ price: 29.9, strike: 130, years: 0.001 }, 'put')).toEqual(none('below_intrinsic'))
    expect(reason({ price: 100 }, 'put')).toEqual(none('above_upper_bound'))
  })
})

describe('European implied volatility', () => {
  it('is what exact prices were made with, wherever they hold it', () => {
    let told = 0
    for (const { right, inputs, expected } of readReferences('european_exact')) {
      const allowed = tolerance(inputs, expected.vega)
      const { vol, reason } = europeanImpliedVol(right, { ...inputs, price: expected.price })
      const where = JSON.stringify({ right, inputs, expected, vol, reason })
      // A price that tells less than a tenth of the vol may be the intrinsic value; one that tells more may not.
      if (vol === null) expect(allowed, where).toBeGreaterThan(0.1 * inputs.vol)
      else if (allowed < 0.1 * inputs.vol) expect(Math.abs(vol - inputs.vol), where).toBeLessThan(allowed)
      if (vol !== null) told++
    }
    expect(told).toBeGreaterThan(240)
  })

  it('comes back over a grid from a minute to decades, 0.1% to 1,000%, far out and far in', () => {
    for (const right of RIGHTS)
      for (const years of [2e-6, 1e-4, 1e-2, 0.3, 3, 30])
        for (const vol of [0.001, 0.01, 0.1, 0.3, 1, 3, 10])
          for (const deviations of [-8, -5, -2, -0.5, -1e-3, 0, 1e-7, 0.1, 1, 3, 6, 9]) {
            const strike = 100 * Math.exp(deviations * vol * Math.sqrt(years))
            const inputs = { spot: 100, strike, years, rate: 0, dividendYield: 0 }
            const isOut = right === 'call' ? strike >= 100 : strike <= 100
            const price = europeanPrice(right, { ...inputs, vol })
            // In the money, digits are lost to the intrinsic value; out of it, none are.
            if (!isOut || price >= 0.999 * Math.min(100, strike) || price < 1e-300 || strike > 1e5) continue
            const found = europeanImpliedVol(right, { ...inputs, price })
            expect(Math.abs(found.vol! - vol) / vol, JSON.stringify({ right, ...inputs, vol, price, found })).toBeLessThan(1e-9)
          }
  })
})

describe('American implied volatility', () => {
  it('is what prices were made with, wherever they hold it', () => {
    let told = 0
    for (const { right, inputs } of readReferences('american_quantlib').filter(({ inputs: { vol } }) => vol > 0.06)) {
      const { price, vega } = americanPriceAndGreeks(right, inputs)
      const { vol, reason } = americanImpliedVol(right, { ...inputs, price })
      const allowed = tolerance(inputs, vega)
      const where = JSON.stringify({ right, inputs, price, vega, vol, reason })
      if (vol === null) expect(allowed, where).toBeGreaterThan(0.1 * inputs.vol)
      else {
        told++
        if (allowed < 0.1 * inputs.vol) expect(Math.abs(vol - inputs.vol), where).toBeLessThan(allowed)
      }
    }
    expect(told).toBeGreaterThan(200)
  })

  it('is the European one for a call without dividends', () => {
    expect(americanImpliedVol('call', { ...fine, dividendYield: 0 })).toEqual(europeanImpliedVol('call', { ...fine, dividendYield: 0 }))
  })

  it('is below the European one where early exercise is worth something', () => {
    const quoted = { price: 12, spot: 100, strike: 110, years: 1, rate: 0.05 }
    expect(americanImpliedVol('put', quoted).vol!).toBeLessThan(europeanImpliedVol('put', quoted).vol! - 0.01)
  })
})
