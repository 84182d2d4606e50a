import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { americanPrice, americanPriceAndGreeks, europeanPrice, europeanPriceAndGreeks, type OptionRight } from '../../../../sdk/options/index.ts'
import { americanThetaAndRho } from '../../../../sdk/options/american/price.ts'
import { readReferences } from './references.ts'

const RIGHTS: OptionRight[] = ['call', 'put']

const inputs = fc
  .record({
    deviations: fc.double({ min: -4, max: 4, noNaN: true }),
    years: fc.double({ min: -13, max: 1, noNaN: true }),
    vol: fc.double({ min: 0.05, max: 2, noNaN: true }),
    rate: fc.double({ min: -0.02, max: 0.12, noNaN: true }),
    dividendYield: fc.oneof(fc.constant(0), fc.double({ min: -0.01, max: 0.12, noNaN: true })),
  })
  .map(({ deviations, years, ...rest }) => ({ spot: 100, strike: 100 * Math.exp(Math.max(-3, Math.min(3, deviations * rest.vol * Math.sqrt(Math.exp(years))))), years: Math.exp(years), ...rest }))

describe('American prices and Greeks', () => {
  it("agree with QuantLib's converged values", () => {
    const worst = { price: 0, delta: 0, theta: 0, vega: 0, rho: 0 }
    const rows = readReferences('american_quantlib')
    for (const { right, inputs: at, expected } of rows) {
      const got = americanPriceAndGreeks(right, at)
      const where = JSON.stringify({ right, ...at, got, expected })
      // Finite differences, the reference under negative rates, are good to that themselves.
      expect(Math.abs(got.price - expected.price), where).toBeLessThan(1e-4 * at.spot)
      worst.price = Math.max(worst.price, Math.abs(got.price - expected.price) / at.spot)
      const intrinsic = right === 'call' ? at.spot - at.strike : at.strike - at.spot
      // Next to the boundary the reference's own differences straddle it.
      if (Number.isNaN(expected.delta) || got.price - intrinsic < 1e-3 * at.spot * at.vol * Math.sqrt(at.years)) continue
      worst.delta = Math.max(worst.delta, Math.abs(got.delta - expected.delta))
      worst.theta = Math.max(worst.theta, Math.abs(got.theta - expected.theta) / at.spot)
      worst.vega = Math.max(worst.vega, Math.abs(got.vega - expected.vega) / at.spot)
      worst.rho = Math.max(worst.rho, Math.abs(got.rho - expected.rho) / at.spot)
      expect(Math.abs(got.gamma - expected.gamma) * at.spot, where).toBeLessThan(5e-3 * Math.max(1, expected.gamma * at.spot))
    }
    expect(rows.length).toBeGreaterThan(300)
    expect(worst.price).toBeLessThan(2e-5)
    expect(worst.delta).toBeLessThan(5e-5)
    expect(worst.theta).toBeLessThan(1e-6)
    expect(worst.vega).toBeLessThan(2e-6)
    expect(worst.rho).toBeLessThan(2e-6)
  })

  it('are never under the European or the intrinsic value, nor over their bounds', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom(...RIGHTS), (at, right) => {
        const price = americanPrice(right, at)
        const intrinsic = right === 'call' ? at.spot - at.strike : at.strike - at.spot
        expect(price).toBeGreaterThanOrEqual(intrinsic)
        expect(price).toBeGreaterThanOrEqual(europeanPrice(right, at) * (1 - 4e-16) - 1e-15 * at.strike)
        const present = right === 'call' ? at.spot * Math.max(1, Math.exp(-at.dividendYield * at.years)) : at.strike * Math.max(1, Math.exp(-at.rate * at.years))
        expect(price).toBeLessThanOrEqual(present * (1 + 1e-9))
      }),
      { numRuns: 1500 },
    )
  })

  it('rise with vol and time, and keep the symmetry of calls and puts', () => {
    fc.assert(
      fc.property(inputs, (at) => {
        const put = americanPrice('put', at)
        const noise = 2e-5 * Math.max(at.spot, at.strike)
        expect(americanPrice('put', { ...at, vol: at.vol * 1.1 })).toBeGreaterThan(put - noise)
        expect(americanPrice('put', { ...at, years: at.years * 1.1 })).toBeGreaterThan(put - noise)
        expect(americanPrice('put', { ...at, strike: at.strike * 1.01 })).toBeGreaterThan(put - noise)
        const mirrored = americanPrice('call', { ...at, spot: at.strike, strike: at.spot, rate: at.dividendYield, dividendYield: at.rate })
        expect(Math.abs(mirrored - put)).toBeLessThan(1e-10 * Math.max(at.spot, at.strike))
      }),
      { numRuns: 300 },
    )
  })

  it('are European where exercising early cannot pay', () => {
    const at = { spot: 100, strike: 90, years: 2, vol: 0.4, rate: 0.05, dividendYield: 0 }
    expect(americanPriceAndGreeks('call', at)).toEqual(europeanPriceAndGreeks('call', at))
    expect(americanPriceAndGreeks('put', { ...at, rate: 0 })).toEqual(europeanPriceAndGreeks('put', { ...at, rate: 0 }))
    expect(americanPriceAndGreeks('put', { ...at, rate: -0.01 })).toEqual(europeanPriceAndGreeks('put', { ...at, rate: -0.01 }))
  })

  it('are the intrinsic value, with a delta of one and no other Greek, where the option should be exercised', () => {
    expect(americanPriceAndGreeks('put', { spot: 60, strike: 100, years: 1, vol: 0.2, rate: 0.05 })).toEqual({ price: 40, delta: -1, gamma: 0, theta: 0, vega: 0, rho: 0 })
    expect(americanPriceAndGreeks('call', { spot: 163.1, strike: 100, years: 0.5, vol: 0.2, rate: 0.01, dividendYield: 0.1 })).toEqual({ price: 163.1 - 100, delta: 1, gamma: 0, theta: 0, vega: 0, rho: 0 })
    expect(americanPriceAndGreeks('put', { spot: 99.9, strike: 100, years: 1, vol: 0, rate: 0.05 })).toMatchObject({ delta: -1, vega: 0, rho: 0, theta: 0 })
  })

  it('have Greeks that are the slopes of the price', () => {
    for (const right of RIGHTS) {
      for (const spot of [85, 95, 100, 110, 130]) {
        const at = { spot, strike: 100, years: 0.7, vol: 0.35, rate: 0.06, dividendYield: 0.04 }
        const got = americanPriceAndGreeks(right, at)
        const slope = (change: (step: number) => object, step: number): number => (americanPrice(right, { ...at, ...change(step) }) - americanPrice(right, { ...at, ...change(-step) })) / (2 * step)
        expect(got.price).toBe(americanPrice(right, at))
        if (got.vega === 0) continue
        expect(got.delta).toBeCloseTo(slope((step) => ({ spot: spot + step }), 0.01), 4)
        expect(got.theta).toBeCloseTo(-slope((step) => ({ years: at.years + step }), 1e-3) / 365, 4)
        expect(got.vega).toBeCloseTo(slope((step) => ({ vol: at.vol + step }), 1e-3) / 100, 4)
        expect(got.rho).toBeCloseTo(slope((step) => ({ rate: at.rate + step }), 1e-3) / 100, 4)
      }
    }
  })

  it('have the same theta and rho where these alone are asked for', () => {
    const odd = fc.constantFrom({}, { vol: 0 }, { years: 0 }, { rate: 0 }, { dividendYield: 0 }, { spot: 1 }, { strike: Number.NaN })
    fc.assert(
      fc.property(inputs, odd, fc.constantFrom(...RIGHTS), (usual, change, right) => {
        const { theta, rho } = americanPriceAndGreeks(right, { ...usual, ...change })
        expect(americanThetaAndRho(right, { ...usual, ...change })).toEqual({ theta, rho })
      }),
      { numRuns: 300 },
    )
  })

  it('wait for the best moment where nothing is uncertain', () => {
    // Interest of 5% on 100 against dividends of 10% on 80, which fall with the stock: waiting pays until they are equal.
    const at = { spot: 80, strike: 100, years: 20, vol: 0, rate: 0.05, dividendYield: 0.1 }
    const moment = Math.log((0.05 * 100) / (0.1 * 80)) / (0.05 - 0.1)
    const certain = 100 * Math.exp(-0.05 * moment) - 80 * Math.exp(-0.1 * moment)
    expect(americanPrice('put', at)).toBeCloseTo(certain, 10)
    expect(americanPrice('put', { ...at, vol: 0.01 })).toBeGreaterThan(certain - 1e-2)
    expect(americanPriceAndGreeks('put', at).theta).toBeCloseTo(0, 10)
  })

  it('are NaN for what is no option, and the intrinsic value at expiration', () => {
    const at = { spot: 100, strike: 110, years: 0, vol: 0.2, rate: 0.05, dividendYield: 0.02 }
    expect(americanPriceAndGreeks('put', at)).toEqual({ price: 10, delta: -1, gamma: 0, theta: 0, vega: 0, rho: 0 })
    for (const change of [{ spot: -1 }, { strike: Number.NaN }, { years: -1 }, { vol: -1 }, { rate: Infinity }, { dividendYield: 1e9 }]) {
      expect(Object.values(americanPriceAndGreeks('call', { ...at, years: 1, ...change }))).toEqual(Array(6).fill(Number.NaN))
      expect(americanPrice('put', { ...at, years: 1, ...change })).toBeNaN()
    }
  })

  it('are finite numbers at the ends of every range', () => {
    for (const right of RIGHTS)
      for (const strike of [1e-6, 1, 99, 100, 101, 1e4, 1e9])
        for (const years of [1e-12, 1e-6, 1 / 365, 1, 50])
          for (const vol of [1e-8, 1e-4, 0.01, 0.3, 10])
            for (const [rate, dividendYield] of [[0.05, 0], [0.05, 0.05], [1e-9, 0.5], [0.5, 1e-9], [0, -0.01]] as const) {
              if (vol / Math.abs(rate - dividendYield) < Math.sqrt(years) / 3 && vol > 1e-8) continue // a tree each, at a millisecond: enough of them above
              const got = americanPriceAndGreeks(right, { spot: 100, strike, years, vol, rate, dividendYield })
              expect(Object.values(got).every(Number.isFinite), JSON.stringify({ right, strike, years, vol, rate, dividendYield, got })).toBe(true)
            }
  })
})
