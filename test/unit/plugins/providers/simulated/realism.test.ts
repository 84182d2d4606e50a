import { beforeAll, describe, expect, it } from 'vitest'
import { createSimulatedMarket, type SymbolFacts } from '../../../../../plugins/providers/simulated/market.ts'
import type { SymbolBars } from '../../../../../sdk/market.ts'

/**
 * The default market against what is known of US stocks. Bounds come from recorded daily bars of 6,400 US symbols of
 * 2015-16 (kurtosis of returns 4.1 / 5.7 / 10.2 at the quartiles, autocorrelation of |returns| 0.04 / 0.11 / 0.18,
 * median gap 0.5%, gaps over 3% on 7% of sessions, median range 2.7%), widened for five years instead of one.
 */
interface Measured {
  bars: SymbolBars
  facts: SymbolFacts
  kurtosis: number
  clustering: number
  volumeWithMove: number
  meanVolume: number
  meanDollarVolume: number
  lastClose: number
}

const measured: Measured[] = []
const gaps: number[] = []
const ranges: number[] = []
let broken = 0
let rows = 0
let idle = 0

beforeAll(() => {
  const market = createSimulatedMarket()
  for (const bars of market.bars()) measured.push(measure(bars, market.facts(bars.symbol)!))
}, 60_000)

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const quantile = (values: number[], p: number) => values.sort((one, other) => one - other)[Math.floor(p * (values.length - 1))]!
const share = (test: (entry: Measured) => boolean) => measured.filter(test).length / measured.length

function correlation(one: number[], other: number[]): number {
  const a = mean(one)
  const b = mean(other)
  let ab = 0
  let aa = 0
  let bb = 0
  for (let i = 0; i < one.length; i++) {
    ab += (one[i]! - a) * (other[i]! - b)
    aa += (one[i]! - a) ** 2
    bb += (other[i]! - b) ** 2
  }
  return ab / Math.sqrt(aa * bb)
}

function measure(bars: SymbolBars, facts: SymbolFacts): Measured {
  const { open, high, low, close, volume, day } = bars
  const length = close.length
  const splits = new Map(facts.splits.map((split) => [split.day, split.to / split.from]))
  const returns: number[] = []
  for (let i = 0; i < length; i++) {
    rows++
    if (volume[i] === 0) idle++
    const isOrdered = low[i]! > 0 && low[i]! <= Math.min(open[i]!, close[i]!) && high[i]! >= Math.max(open[i]!, close[i]!)
    const isOnTick = [open, high, low, close].every((column) => Math.abs(column[i]! * (column[i]! < 1 ? 1e4 : 100) - Math.round(column[i]! * (column[i]! < 1 ? 1e4 : 100))) < 1e-6)
    if (!isOrdered || !isOnTick || !Number.isSafeInteger(volume[i]) || volume[i]! < 0) broken++
    if (i === 0) continue
    if (day[i]! <= day[i - 1]!) broken++
    const before = close[i - 1]! / (splits.get(day[i]!) ?? 1)
    returns.push(close[i]! / before - 1)
    if (i % 41 === 0) {
      gaps.push(Math.abs(open[i]! / before - 1))
      ranges.push((high[i]! - low[i]!) / close[i]!)
    }
  }
  const centre = mean(returns)
  const variance = mean(returns.map((value) => (value - centre) ** 2))
  const sizes = returns.map(Math.abs)
  const window = Math.min(20, length)
  return {
    bars,
    facts,
    kurtosis: mean(returns.map((value) => (value - centre) ** 4)) / variance ** 2,
    clustering: correlation(sizes.slice(1), sizes.slice(0, -1)),
    volumeWithMove: correlation(sizes, [...volume.subarray(1)]),
    meanVolume: mean([...volume.subarray(length - window)]),
    meanDollarVolume: mean([...volume.subarray(length - window)].map((shares, i) => shares * close[length - window + i]!)),
    lastClose: close[length - 1]!,
  }
}

describe('the default simulated market', () => {
  it('keeps every bar in order, on its tick and in whole shares', () => {
    expect(broken).toBe(0)
    expect(rows).toBeGreaterThan(5_300_000)
    expect(rows).toBeLessThan(6_300_000)
  })

  it('spreads prices and volumes as a market does', () => {
    const prices = measured.map((entry) => entry.lastClose)
    expect(quantile(prices, 0.02)).toBeLessThan(1)
    expect(quantile(prices, 0.5)).toBeGreaterThan(8)
    expect(quantile(prices, 0.5)).toBeLessThan(30)
    expect(prices.filter((price) => price > 1000).length).toBeGreaterThan(3)
    const dollars = measured.map((entry) => entry.meanDollarVolume).sort((one, other) => other - one)
    const total = dollars.reduce((sum, value) => sum + value, 0)
    expect(dollars.slice(0, 250).reduce((sum, value) => sum + value, 0) / total).toBeGreaterThan(0.5)
  })

  it('lets a quarter to a third pass the usual prefilter', () => {
    const passing = share(({ meanVolume, lastClose, facts }) => !facts.delisted && meanVolume > 1e6 && lastClose >= 1 && lastClose <= 500)
    expect(passing).toBeGreaterThan(0.25)
    expect(passing).toBeLessThan(0.35)
  })

  it('moves in fat tails and clusters, with volume that rises with the move', () => {
    const long = measured.filter((entry) => entry.bars.day.length > 500)
    const kurtosis = long.map((entry) => entry.kurtosis)
    expect(quantile(kurtosis, 0.25)).toBeGreaterThan(3.8)
    expect(quantile(kurtosis, 0.5)).toBeGreaterThan(4.5)
    expect(quantile(kurtosis, 0.75)).toBeLessThan(14)
    const clustering = long.map((entry) => entry.clustering)
    expect(quantile(clustering, 0.5)).toBeGreaterThan(0.04)
    expect(quantile(clustering, 0.5)).toBeLessThan(0.2)
    const coupling = long.map((entry) => entry.volumeWithMove)
    expect(quantile(coupling, 0.05)).toBeGreaterThan(0.03)
    expect(quantile(coupling, 0.5)).toBeGreaterThan(0.2)
  })

  it('gaps at the open and ranges within the session as recorded stocks do', () => {
    expect(quantile(gaps, 0.5)).toBeGreaterThan(0.003)
    expect(quantile(gaps, 0.5)).toBeLessThan(0.012)
    const large = gaps.filter((gap) => gap > 0.03).length / gaps.length
    expect(large).toBeGreaterThan(0.03)
    expect(large).toBeLessThan(0.1)
    expect(quantile(ranges, 0.5)).toBeGreaterThan(0.018)
    expect(quantile(ranges, 0.5)).toBeLessThan(0.04)
  })

  it('gaps more after earnings, four times a year', () => {
    const apple = measured.find((entry) => entry.facts.symbol === 'AAPL')!
    expect(apple.facts.earnings.length).toBeGreaterThanOrEqual(19)
    expect(apple.facts.earnings.length).toBeLessThanOrEqual(21)
    const onReport: number[] = []
    const otherwise: number[] = []
    for (const { bars, facts } of measured.slice(0, 400)) {
      const reports = new Set(facts.earnings)
      const splits = new Set(facts.splits.map((split) => split.day))
      for (let i = 1; i < bars.day.length; i++) {
        if (splits.has(bars.day[i]!)) continue
        const gap = Math.abs(bars.open[i]! / bars.close[i - 1]! - 1)
        ;(reports.has(bars.day[i]!) ? onReport : otherwise).push(gap)
      }
    }
    expect(mean(onReport)).toBeGreaterThan(2.5 * mean(otherwise))
  })

  it('has splits that show as jumps of the price and of the share count', () => {
    const splits = measured.flatMap(({ bars, facts }) => facts.splits.map((split) => ({ ...split, bars })))
    const forward = splits.filter((split) => split.to > split.from)
    const reverse = splits.filter((split) => split.to < split.from)
    expect(forward.length).toBeGreaterThan(100)
    expect(forward.length).toBeLessThan(700)
    expect(reverse.length).toBeGreaterThan(200)
    expect(reverse.length).toBeLessThan(1200)
    for (const { bars, day, to, from } of splits) {
      const at = bars.day.indexOf(day)
      expect(at).toBeGreaterThan(0)
      const jump = (bars.open[at]! / bars.close[at - 1]!) * (to / from)
      expect(jump).toBeGreaterThan(0.25)
      expect(jump).toBeLessThan(2.6)
      if (to < from) expect(bars.close[at - 1]!).toBeLessThan(3)
    }
  })

  it('has halts, late listings and delistings, all told by the facts', () => {
    const market = createSimulatedMarket()
    const position = new Map(Array.from(market.sessions, (day, index) => [day, index]))
    let halts = 0
    for (const { bars, facts } of measured) {
      const missing = facts.halts.reduce((sum, { from, to }) => sum + position.get(to)! - position.get(from)! + 1, 0)
      const last = facts.delisted?.day ?? market.sessions.at(-1)!
      expect(bars.day[0]).toBe(facts.listed)
      expect(bars.day.at(-1)).toBe(last)
      expect(bars.day.length).toBe(position.get(last)! - position.get(facts.listed)! + 1 - missing)
      for (const { from, to } of facts.halts) expect(bars.day.some((day) => day >= from && day <= to)).toBe(false)
      halts += facts.halts.length
    }
    expect(halts).toBeGreaterThan(150)
    expect(share(({ facts }) => facts.isNew)).toBeGreaterThan(0.08)
    expect(share(({ facts }) => facts.isNew)).toBeLessThan(0.2)
    expect(share(({ facts }) => facts.delisted !== null)).toBeGreaterThan(0.03)
    expect(share(({ facts }) => facts.delisted !== null)).toBeLessThan(0.12)
    expect(idle / rows).toBeGreaterThan(0.003)
    expect(idle / rows).toBeLessThan(0.05)
  })

  it('moves index funds with the market and stocks of a sector together', () => {
    const returnsOf = (symbol: string) => {
      const { close } = measured.find((entry) => entry.facts.symbol === symbol)!.bars
      return Array.from(close.subarray(1), (price, i) => price / close[i]! - 1)
    }
    expect(correlation(returnsOf('SPY'), returnsOf('VOO'))).toBeGreaterThan(0.98)
    expect(correlation(returnsOf('SPY'), returnsOf('QQQ'))).toBeGreaterThan(0.85)
    expect(correlation(returnsOf('QQQ'), returnsOf('SQQQ'))).toBeLessThan(-0.9)
    expect(correlation(returnsOf('KO'), returnsOf('PG'))).toBeGreaterThan(correlation(returnsOf('KO'), returnsOf('NEM')))
    const spread = Math.sqrt(252 * mean(returnsOf('SPY').map((value) => value * value)))
    expect(spread).toBeGreaterThan(0.1)
    expect(spread).toBeLessThan(0.25)
  })
})
