import { describe, expect, it } from 'vitest'
import { seriesInputs } from '../../../../../../plugins/providers/simulated/chains/chain.ts'
import { reportsBetween } from '../../../../../../plugins/providers/simulated/chains/reports.ts'
import { totalVariance, varianceAtForward } from '../../../../../../plugins/providers/simulated/chains/surface.ts'
import { valueSeries } from '../../../../../../plugins/providers/simulated/chains/valuation.ts'
import { realisedVol } from '../../../../../../plugins/providers/simulated/chains/volatility.ts'
import { createSimulatedMarket } from '../../../../../../plugins/providers/simulated/market.ts'
import { makeProfile } from '../../../../../../plugins/providers/simulated/profile.ts'
import { americanPrice, europeanPrice } from '../../../../../../sdk/options/index.ts'
import { dayOf, sampleOfSymbols, stateOf } from './support.ts'

const SYMBOLS = ['SPY', 'QQQ', 'SQQQ', 'TLT', 'AAPL', 'TSLA', 'KO', 'GME', 'F', 'BKNG']
const series = (symbol: string) => {
  const { state, checked } = stateOf(symbol)
  return { state, inputs: [...state.series].map(([date, { day }]) => seriesInputs(checked, state, date, day)) }
}

describe('the volatility surface', () => {
  it.each(SYMBOLS)('of %s has no calendar arbitrage: total variance never falls with time at any moneyness', (symbol) => {
    const { state, inputs } = series(symbol)
    for (let k = -1.5; k <= 1.5; k += 0.05) {
      const variances = inputs.map(({ atForward }) => totalVariance(state.shape, atForward, k))
      expect(variances.every((variance, index) => variance > 0 && (index === 0 || variance >= variances[index - 1]!))).toBe(true)
    }
  })

  it.each(SYMBOLS)('of %s has no butterfly arbitrage: prices are convex and monotone in strike', (symbol) => {
    for (const input of series(symbol).inputs) {
      const deviation = Math.sqrt(input.atForward)
      const strikes = Array.from({ length: 301 }, (_, index) => input.spot * Math.exp(((index - 150) / 150) * Math.min(6 * deviation, 1.8)))
      const { european } = valueSeries('call', input, strikes)
      const slopes = strikes.slice(1).map((strike, index) => (european[index + 1]! - european[index]!) / (strike - strikes[index]!))
      const rounding = (1e-13 * input.spot) / (strikes[1]! - strikes[0]!)
      for (let index = 0; index < slopes.length; index++) {
        expect(slopes[index]).toBeLessThanOrEqual(rounding)
        expect(slopes[index]).toBeGreaterThanOrEqual(-1 - rounding)
        if (index > 0) expect(slopes[index]! - slopes[index - 1]!).toBeGreaterThanOrEqual(-rounding)
      }
    }
  })

  it.each(SYMBOLS)('of %s keeps put-call parity to rounding, and the premium of early exercise close to the exact one', (symbol) => {
    for (const input of series(symbol).inputs) {
      const { spot, years, rate, dividendYield } = input
      const deviation = Math.sqrt(input.atForward)
      const strikes = Array.from({ length: 15 }, (_, index) => spot * Math.exp(((index - 7) / 7) * Math.min(2.5 * deviation, 1.05)))
      const calls = valueSeries('call', input, strikes)
      const puts = valueSeries('put', input, strikes)
      strikes.forEach((strike, index) => {
        const parity = spot * Math.exp(-dividendYield * years) - strike * Math.exp(-rate * years)
        expect(Math.abs(calls.european[index]! - puts.european[index]! - parity)).toBeLessThan(1e-10 * spot)
        for (const [right, values] of [['call', calls], ['put', puts]] as const) {
          const price = values.american[index * 6]!
          const exact = americanPrice(right, { spot, strike, years, vol: values.vol[index]!, rate, dividendYield })
          expect(values.european[index]).toBeCloseTo(europeanPrice(right, { spot, strike, years, vol: values.vol[index]!, rate, dividendYield }), 9)
          expect(price).toBeGreaterThanOrEqual(Math.max(values.european[index]!, right === 'call' ? spot - strike : strike - spot) - 1e-12)
          expect(Math.abs(price - exact)).toBeLessThan(2e-3 * spot)
        }
      })
    }
  })

  it('leans to puts, most so short-dated and in index funds; inverse funds lean to calls', () => {
    const skew = (symbol: string, days: number) => {
      const { state, inputs } = series(symbol)
      const input = inputs.find(({ years }) => years >= days / 365)!
      const vol = (k: number) => Math.sqrt(totalVariance(state.shape, input.atForward, k) / input.years)
      return vol(-0.05) - vol(0.05)
    }
    expect(skew('SPY', 30)).toBeGreaterThan(skew('AAPL', 30))
    expect(skew('AAPL', 30)).toBeGreaterThan(0.02)
    expect(skew('SPY', 7)).toBeGreaterThan(2 * skew('SPY', 365))
    expect(skew('SQQQ', 30)).toBeLessThan(0)
  })

  it('bumps the first series behind an earnings report', () => {
    let bumps = 0
    for (const symbol of ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMZN', 'META', 'AMD', 'NFLX']) {
      const { state, checked } = stateOf(symbol)
      const listed = [...state.series.values()].map(({ day }) => day)
      const [report] = reportsBetween(state.profile, checked.priceDay, checked.priceDay + 120)
      const before = listed.filter((day) => day < report!).at(-1)
      const after = listed.find((day) => day >= report!)
      if (before === undefined || after === undefined) continue
      const volAt = (day: number) => {
        const years = (day - checked.priceDay) / 365
        return Math.sqrt(varianceAtForward(state.shape, years, reportsBetween(state.profile, checked.priceDay, day).length) / years)
      }
      expect(volAt(after)).toBeGreaterThan(volAt(before))
      bumps++
    }
    expect(bumps).toBeGreaterThan(4)
  })
})

describe('report dates', () => {
  it('go on as the bars had them', () => {
    const market = createSimulatedMarket()
    for (const symbol of sampleOfSymbols().slice(0, 60)) {
      const { earnings, listed, delisted } = market.facts(symbol)!
      const foretold = reportsBetween(makeProfile(1, symbol, market.sessions.length), Math.max(listed, market.sessions[0]!), delisted?.day ?? dayOf('2026-11-20'))
      expect(foretold.filter((day) => day > listed)).toEqual(earnings.filter((day) => day > listed))
    }
  })
})

describe('realised volatility', () => {
  it('is that of the returns, outliers and report sessions aside', () => {
    const closes = Float64Array.from({ length: 253 }, (_, index) => 100 * Math.exp(0.01 * (index % 2)))
    expect(realisedVol(closes, new Set())!.window).toBeCloseTo(0.01 * Math.sqrt(252), 12)
    expect(realisedVol(closes, new Set())!.recent).toBeCloseTo(0.01 * Math.sqrt(252), 12)
    const jumped = closes.map((close, index) => (index >= 200 ? close * 1.3 : close))
    expect(realisedVol(jumped, new Set([200]))!.window).toBeCloseTo(0.01 * Math.sqrt(252), 12)
    expect(realisedVol(jumped, new Set())!.window).toBeLessThan(0.012 * Math.sqrt(252))
    expect(realisedVol(closes.subarray(0, 5), new Set())).toBeNull()
    expect(realisedVol(new Float64Array(100).fill(7), new Set())!.window).toBe(0)
  })
})
