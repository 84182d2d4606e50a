import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { europeanPrice, europeanPriceAndGreeks, europeanPriceAndGreeksInto, type OptionInputs, type OptionRight, type PriceAndGreeks } from '../../../../sdk/options/index.ts'
import { readReferences, readSharedData } from './references.ts'

const GREEKS = ['price', 'delta', 'gamma', 'theta', 'vega', 'rho'] as const

/** Largest differences, in the units that the tolerances are stated in. */
function differences(got: PriceAndGreeks, want: PriceAndGreeks, spot: number): Record<(typeof GREEKS)[number], number> {
  const scale = { price: 1 / spot, delta: 1, gamma: spot, theta: 1 / spot, vega: 1 / spot, rho: 1 / spot }
  return Object.fromEntries(GREEKS.map((name) => [name, Math.abs(got[name] - want[name]) * scale[name]])) as never
}

const inputs = fc.record({
  spot: fc.double({ min: 0.01, max: 5000, noNaN: true }),
  moneyness: fc.double({ min: -1, max: 1, noNaN: true }),
  years: fc.double({ min: 1e-6, max: 5, noNaN: true }),
  vol: fc.double({ min: 0.01, max: 3, noNaN: true }),
  rate: fc.double({ min: -0.02, max: 0.15, noNaN: true }),
  dividendYield: fc.double({ min: -0.02, max: 0.15, noNaN: true }),
})
const toInputs = ({ moneyness, ...rest }: { moneyness: number; spot: number; years: number; vol: number; rate: number; dividendYield: number }): Required<OptionInputs> => ({ ...rest, strike: rest.spot * Math.exp(moneyness) })

describe('European prices and Greeks', () => {
  it.each(['european_exact', 'european_quantlib'])('agree with %s', (name) => {
    for (const { right, inputs: at, expected } of readReferences(name)) {
      const off = differences(europeanPriceAndGreeks(right, at), expected, at.spot)
      const where = JSON.stringify({ right, ...at })
      // Rounding goes with the larger of spot and strike, and gamma with its own size where it is huge.
      const scale = Math.max(1, at.strike / at.spot)
      expect(off.price, where).toBeLessThan(1e-13 * scale)
      expect(off.delta, where).toBeLessThan(1e-10)
      expect(off.gamma, where).toBeLessThan(Math.max(1e-9, 1e-12 * expected.gamma * at.spot))
      expect(off.theta, where).toBeLessThan(1e-9)
      expect(off.vega, where).toBeLessThan(1e-10)
      expect(off.rho, where).toBeLessThan(1e-10)
    }
  })

  const table = readSharedData('reference_values/black_scholes/quantlib_european.csv')
  it.skipIf(table === null)("agree with the tables of Haug's book (needs ../shared/data)", () => {
    const rows = table!.trim().split('\n').slice(1).map((line) => line.split(','))
    for (const [name, type, strike, spot, dividendYield, rate, years, vol, expected, tolerance, note] of rows) {
      const time = years === '1.0/12.0' ? 1 / 12 : Number(years)
      const got = europeanPriceAndGreeks(type as OptionRight, { spot: Number(spot), strike: Number(strike), years: time, vol: Number(vol), rate: Number(rate), dividendYield: Number(dividendYield) })
      const value = /greek/i.test(name!) ? greekOf(note!, got, Number(spot)) : got.price
      if (value !== null) expect(Math.abs(value - Number(expected)), `${name} ${note}`).toBeLessThanOrEqual(Number(tolerance) || 6e-5)
    }
    expect(rows.length).toBe(54)
  })

  const vollib = readSharedData('reference_values/black_scholes/test_data_py_vollib.json')
  it.skipIf(vollib === null)('agree with the table of py_vollib (needs ../shared/data)', () => {
    const { columns, data } = JSON.parse(vollib!) as { columns: string[]; data: number[][] }
    const place = (name: string): number => columns.indexOf(name)
    for (const row of data) {
      const at = { spot: row[place('S')]!, strike: row[place('K')]!, years: row[place('t')]!, vol: row[place('v')]!, rate: row[place('R')]! }
      for (const [right, names] of [['call', ['bs_call', 'CD', 'CG', 'CT', 'CV', 'CR']], ['put', ['bs_put', 'PD', 'PG', 'PT', 'PV', 'PR']]] as const) {
        const got = europeanPriceAndGreeks(right, at)
        // The table states theta per year, vega and rho per 1.00, with six digits.
        const values = [got.price, got.delta, got.gamma, got.theta * 365, got.vega * 100, got.rho * 100]
        names.forEach((name, index) => expect(Math.abs(values[index]! - row[place(name)]!), `${right} ${name} ${JSON.stringify(at)}`).toBeLessThan(1e-5 * Math.max(1, Math.abs(row[place(name)]!))))
      }
    }
    expect(data.length).toBe(101)
  })

  it('keep parity, bounds, monotony and convexity', () => {
    fc.assert(
      fc.property(inputs, (drawn) => {
        const at = toInputs(drawn)
        const [call, put] = [europeanPriceAndGreeks('call', at), europeanPriceAndGreeks('put', at)]
        const [asset, cash] = [at.spot * Math.exp(-at.dividendYield * at.years), at.strike * Math.exp(-at.rate * at.years)]
        const noise = 1e-13 * Math.max(at.spot, at.strike)
        expect(Math.abs(call.price - put.price - asset + cash)).toBeLessThan(noise)
        expect(Math.abs(call.delta - put.delta - asset / at.spot)).toBeLessThan(1e-13)
        expect(call.price).toBeGreaterThanOrEqual(Math.max(0, asset - cash))
        expect(call.price).toBeLessThanOrEqual(asset + noise)
        expect([call.gamma - put.gamma, call.vega - put.vega]).toEqual([0, 0])
        const at2 = (strike: number): number => europeanPrice('call', { ...at, strike })
        const [low, middle, high] = [at2(at.strike * 0.99), call.price, at2(at.strike * 1.01)]
        expect(low + noise).toBeGreaterThanOrEqual(middle)
        expect(middle + noise).toBeGreaterThanOrEqual(high)
        expect(low - 2 * middle + high).toBeGreaterThan(-4 * noise)
        expect(europeanPrice('call', { ...at, vol: at.vol * 1.01 })).toBeGreaterThanOrEqual(call.price - noise)
        expect(europeanPrice('call', at)).toBe(call.price)
      }),
    )
  })

  it('say what they are at expiration, without a vol, and at extremes', () => {
    const at = { spot: 100, strike: 90, years: 0, vol: 0.2, rate: 0.05 }
    expect(europeanPriceAndGreeks('call', at)).toEqual({ price: 10, delta: 1, gamma: 0, theta: 0, vega: 0, rho: 0 })
    expect(europeanPriceAndGreeks('put', at)).toMatchObject({ price: 0, gamma: 0, vega: 0 })
    expect(europeanPriceAndGreeks('put', at).delta).toBeCloseTo(0, 15)
    expect(europeanPriceAndGreeks('put', { ...at, strike: 100 }).delta).toBe(-0.5)
    const certain = europeanPriceAndGreeks('call', { ...at, years: 1, vol: 0 })
    expect(certain.price).toBeCloseTo(100 - 90 * Math.exp(-0.05), 12)
    expect(certain.rho).toBeCloseTo((90 * Math.exp(-0.05)) / 100, 12)
    expect(certain.theta).toBeCloseTo((-0.05 * 90 * Math.exp(-0.05)) / 365, 12)
    expect(europeanPriceAndGreeks('call', { ...at, years: 1, vol: 1000 }).price).toBe(100)
    expect(europeanPriceAndGreeks('put', { ...at, years: 1, vol: 1000 }).price).toBeCloseTo(90 * Math.exp(-0.05), 12)
  })

  it('are all NaN for what is no option, in the places given and no others', () => {
    const fine = { spot: 100, strike: 100, years: 1, vol: 0.2, rate: 0.05, dividendYield: 0 }
    const bad: Partial<OptionInputs>[] = [{ spot: 0 }, { spot: -1 }, { strike: 0 }, { years: -1e-9 }, { vol: -0.1 }, { vol: Infinity }, { rate: Number.NaN }, { rate: 1e6 }, { dividendYield: -1e6 }, { spot: Infinity }, { years: Number.NaN }]
    for (const change of bad) expect(Object.values(europeanPriceAndGreeks('put', { ...fine, ...change }))).toEqual(Array(6).fill(Number.NaN))
    const out = new Float64Array(8)
    europeanPriceAndGreeksInto('put', 100, 100, 1, 0.2, 0.05, 0, out, 1)
    expect([out[0], out[7]]).toEqual([0, 0])
    expect([...out.slice(1, 7)]).toEqual(Object.values(europeanPriceAndGreeks('put', fine)))
  })
})

/** The Greek that a row of the table is about, in the units of the book; null where it is none of ours. */
function greekOf(note: string, got: PriceAndGreeks, spot: number): number | null {
  const name = note.toLowerCase()
  if (name.includes('elasticity')) return (got.delta * spot) / got.price
  if (name.includes('delta')) return got.delta
  if (name.includes('gamma')) return got.gamma
  if (name.includes('theta')) return name.includes('per day') ? got.theta : got.theta * 365
  if (name.includes('vega')) return got.vega * 100
  return name.includes('rho') && !name.includes('div') ? got.rho * 100 : null
}
