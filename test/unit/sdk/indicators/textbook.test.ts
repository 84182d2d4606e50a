import { describe, expect, it } from 'vitest'
import { barsToColumns, ta } from '../../../../sdk/index.ts'
import { walk } from './generated.ts'
import * as textbook from './textbook.ts'

/** A column, or an object of columns by name. */
type Output = ArrayLike<number> | object

const LENGTH = 157
const PERIODS = [1, 2, 3, 5, 14, 20, 52, 156, 157, 158, 400]
const bars = walk(LENGTH)
const columns = barsToColumns(bars)
const close = bars.map((bar) => bar.close)
const prices = { high: bars.map((bar) => bar.high), low: bars.map((bar) => bar.low), close, volume: bars.map((bar) => bar.volume) }

/** Kernel and textbook form by period. */
const pairs: Record<string, [kernel: (period: number) => Output, textbook: (period: number) => Output]> = {
  sum: [(n) => ta.sum(close, n), (n) => textbook.sum(close, n)],
  sma: [(n) => ta.sma(close, n), (n) => textbook.sma(close, n)],
  stdev: [(n) => ta.stdev(close, n), (n) => textbook.stdev(close, n)],
  highest: [(n) => ta.highest(close, n), (n) => textbook.highest(close, n)],
  lowest: [(n) => ta.lowest(close, n), (n) => textbook.lowest(close, n)],
  wma: [(n) => ta.wma(close, n), (n) => textbook.wma(close, n)],
  linearRegressionSlope: [(n) => ta.linearRegressionSlope(close, n + 1), (n) => textbook.slope(close, n + 1)],
  ema: [(n) => ta.ema(close, n), (n) => textbook.ema(close, n)],
  rsi: [(n) => ta.rsi(close, n), (n) => textbook.rsi(close, n)],
  macd: [(n) => ta.macd(close, n, n + 4, 3), (n) => textbook.macd(close, n, n + 4, 3)],
  'macd, slow below fast': [(n) => ta.macd(close, n + 4, n, 3), (n) => textbook.macd(close, n + 4, n, 3)],
  bollinger: [
    (n) => ta.bollinger(close, n, 2.5),
    (n) => {
      const middle = textbook.sma(close, n)
      const width = textbook.stdev(close, n)
      return {
        middle,
        upper: middle.map((value, index) => value + 2.5 * width[index]!),
        lower: middle.map((value, index) => value - 2.5 * width[index]!),
      }
    },
  ],
  trueRange: [() => ta.trueRange(columns), () => textbook.trueRange(prices)],
  atr: [(n) => ta.atr(columns, n), (n) => textbook.atr(prices, n)],
  adx: [(n) => ta.adx(columns, n + 1), (n) => textbook.adx(prices, n + 1)],
  stochastic: [(n) => ta.stochastic(columns, n, 3, 2), (n) => textbook.stochastic(prices, n, 3, 2)],
  williamsR: [(n) => ta.williamsR(columns, n), (n) => textbook.stochastic(prices, n, 1, 1).k.map((value) => value - 100)],
  cci: [(n) => ta.cci(columns, n + 1), (n) => textbook.cci(prices, n + 1)],
  mfi: [(n) => ta.mfi(columns, n), (n) => textbook.mfi(prices, n)],
  vwap: [(n) => ta.vwap(columns, n), (n) => textbook.vwap(prices, n)],
  roc: [(n) => ta.roc(close, n), (n) => close.map((value, index) => 100 * (value / (close[index - n] ?? Number.NaN) - 1))],
  percentRank: [(n) => ta.percentRank(close, n), (n) => textbook.percentRank(close, n)],
  donchian: [
    (n) => ta.donchian(columns, n),
    (n) => {
      const upper = textbook.highest(prices.high, n)
      const lower = textbook.lowest(prices.low, n)
      return { upper, lower, middle: upper.map((value, index) => (value + lower[index]!) / 2) }
    },
  ],
  keltner: [
    (n) => ta.keltner(columns, n, 5, 1.5),
    (n) => {
      const range = textbook.atr(prices, 5)
      const middle = textbook.ema(close, n).map((value, index) => (Number.isNaN(range[index]!) ? Number.NaN : value))
      return {
        middle,
        upper: middle.map((value, index) => value + 1.5 * range[index]!),
        lower: middle.map((value, index) => value - 1.5 * range[index]!),
      }
    },
  ],
  supertrend: [(n) => ta.supertrend(columns, n, 1.2), (n) => textbook.supertrend(prices, n, 1.2)],
}

describe('kernels against their textbook definitions, to 1e-9 and the same NaN pattern', () => {
  for (const [name, [kernel, definition]] of Object.entries(pairs)) {
    it.each(PERIODS)(`${name} %i`, (period) => expectClose(kernel(period), definition(period)))
  }

  it.each(PERIODS)('extremes and sums of negative and of mixed values, %i', (period) => {
    for (const values of [close.map((value) => -value), close.map((value) => value - 50)]) {
      expectClose(ta.highest(values, period), textbook.highest(values, period))
      expectClose(ta.lowest(values, period), textbook.lowest(values, period))
      expectClose(ta.sma(values, period), textbook.sma(values, period))
      expectClose(ta.stdev(values, period), textbook.stdev(values, period))
    }
  })

  it('percentRank counts ties', () => {
    expect([...ta.percentRank([1, 2, 2, 3, 2, 0], 4)].slice(4)).toEqual([75, 0])
  })

  it('supertrend turns both ways in the series it is tested on', () => {
    const { direction } = ta.supertrend(columns, 5, 1.2)
    expect(direction.filter((value, index) => index > 0 && value * direction[index - 1]! < 0).length).toBeGreaterThan(4)
  })
})

describe('series that only add up', () => {
  it('obv starts at 0 and adds or takes the volume', () => {
    expect([...ta.obv({ close: [10, 11, 11, 10, 12], volume: [5, 7, 9, 11, 13] })]).toEqual([0, 7, 7, -4, 9])
  })
  it('anchoredVwap is undefined before its anchor and counts from it', () => {
    const flat = (price: number[]) => ({ high: price, low: price, close: price })
    expect([...ta.anchoredVwap({ ...flat([9, 10, 20, 40]), volume: [7, 1, 1, 2] }, 1)]).toEqual([Number.NaN, 10, 15, 27.5])
    expect([...ta.vwap({ ...flat([10, 20]), volume: [0, 1] })]).toEqual([Number.NaN, 20])
  })
  it('gaps are decimals of the previous close', () => {
    const result = ta.gaps({ open: [10, 10.3, 9], close: [10, 10, 9] })
    expect(result[0]).toBeNaN()
    expect(result[1]).toBeCloseTo(0.03, 12)
    expect(result[2]).toBeCloseTo(-0.1, 12)
  })
  it('crossOver and crossUnder mark the bar of the crossing, touching included', () => {
    const first = [1, 3, 2, 2, 3, 1, 1]
    const second = [2, 2, 2, 2, 2, 2, 2]
    expect([...ta.crossOver(first, second)]).toEqual([Number.NaN, 1, 0, 0, 1, 0, 0])
    expect([...ta.crossUnder(first, second)]).toEqual([Number.NaN, 0, 0, 0, 0, 1, 0])
    expect(ta.crossOver(first, 2)).toEqual(ta.crossOver(first, second))
    expect(ta.crossUnder(2, first)).toEqual(ta.crossOver(first, second))
    expect([...ta.crossOver([1, Number.NaN, 3, 1, 3], 2)]).toEqual([Number.NaN, Number.NaN, Number.NaN, 0, 1])
  })
  it('relativeStrength is the ratio to the benchmark', () => {
    expect([...ta.relativeStrength([10, 30, 5], [5, 10, 0])]).toEqual([2, 3, Number.NaN])
  })
})

function expectClose(actual: Output, expected: Output): void {
  if (!isColumn(expected)) {
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
    for (const [key, values] of Object.entries(expected as Record<string, number[]>)) expectClose((actual as Record<string, ArrayLike<number>>)[key]!, values)
    return
  }
  const values = actual as Float64Array
  expect(values).toBeInstanceOf(Float64Array)
  expect(values.length).toBe(expected.length)
  // Differences such as MACD are small beside the prices they come from: their digits are those of the prices.
  for (let index = 0; index < values.length; index++) {
    const reference = expected[index]!
    if (Number.isNaN(reference)) expect(values[index], `index ${index}`).toBeNaN()
    else expect(Math.abs(values[index]! - reference), `index ${index}: ${values[index]} against ${reference}`).toBeLessThanOrEqual(1e-9 * Math.max(0.01, Math.abs(reference)))
  }
}

function isColumn(output: Output): output is ArrayLike<number> {
  return 'length' in output
}
