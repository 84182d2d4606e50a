import { describe, expect, it } from 'vitest'
import { barsToColumns, columnsToBars, ta, type Bar } from '../../../../sdk/index.ts'
import { seededRandom, walk } from './generated.ts'
import * as textbook from './textbook.ts'

const bars = walk(80)
const columns = barsToColumns(bars)
const close = bars.map((bar) => bar.close)

/** Every indicator with a period, as a function of its period alone. */
const withPeriod: Record<string, (period: number) => Float64Array> = {
  adx: (n) => ta.adx(bars, n).adx,
  atr: (n) => ta.atr(bars, n),
  bollinger: (n) => ta.bollinger(close, n).upper,
  cci: (n) => ta.cci(bars, n),
  donchian: (n) => ta.donchian(bars, n).middle,
  ema: (n) => ta.ema(close, n),
  highest: (n) => ta.highest(close, n),
  keltner: (n) => ta.keltner(bars, n).upper,
  'keltner, atrPeriod': (n) => ta.keltner(bars, 20, n).upper,
  linearRegressionSlope: (n) => ta.linearRegressionSlope(close, n),
  lowest: (n) => ta.lowest(close, n),
  'macd, fast': (n) => ta.macd(close, n).macd,
  'macd, slow': (n) => ta.macd(close, 12, n).macd,
  'macd, signal': (n) => ta.macd(close, 12, 26, n).signal,
  mfi: (n) => ta.mfi(bars, n),
  percentRank: (n) => ta.percentRank(close, n),
  roc: (n) => ta.roc(close, n),
  rsi: (n) => ta.rsi(close, n),
  sma: (n) => ta.sma(close, n),
  stdev: (n) => ta.stdev(close, n),
  stochastic: (n) => ta.stochastic(bars, n).k,
  'stochastic, signal': (n) => ta.stochastic(bars, 14, n).d,
  'stochastic, smoothing': (n) => ta.stochastic(bars, 14, 3, n).k,
  sum: (n) => ta.sum(close, n),
  supertrend: (n) => ta.supertrend(bars, n).value,
  vwap: (n) => ta.vwap(bars, n),
  williamsR: (n) => ta.williamsR(bars, n),
  wma: (n) => ta.wma(close, n),
}

describe('periods', () => {
  for (const [name, compute] of Object.entries(withPeriod)) {
    it(`${name}: beyond the history is NaN throughout, however far`, () => {
      for (const period of [81, 1000, 1_000_000]) expect(compute(period)).toEqual(new Float64Array(80).fill(Number.NaN))
    })
    it(`${name}: what is no period is a RangeError that names the argument`, () => {
      const argument = /, (\w+)$/.exec(name)?.[1] ?? (name.startsWith('macd') ? 'fast' : 'period')
      for (const period of [0, -1, 2.5, Number.NaN, Infinity, 1_000_001, '14' as unknown as number, null as unknown as number]) {
        expect(() => compute(period)).toThrow(RangeError)
        expect(() => compute(period)).toThrow(new RegExp(`${argument} must be a whole number`))
      }
    })
  }

  it('refuses band widths that are no width', () => {
    for (const width of [Number.NaN, -1, Infinity, '2' as unknown as number]) {
      expect(() => ta.bollinger(close, 20, width)).toThrow(/bollinger: deviations must be a finite number, 0 or more/)
      expect(() => ta.keltner(bars, 20, 10, width)).toThrow(/keltner: multiplier must be/)
      expect(() => ta.supertrend(bars, 10, width)).toThrow(/supertrend: multiplier must be/)
    }
    expect(() => ta.anchoredVwap(bars, -1)).toThrow(/anchor must be the index of a bar/)
  })
})

describe('inputs', () => {
  it('an array of numbers, an array of bars and columns give the same', () => {
    expect(ta.rsi(close, 14)).toEqual(ta.rsi(columns.close, 14))
    for (const compute of [ta.atr, ta.cci, ta.mfi, ta.vwap, ta.obv, ta.gaps, ta.trueRange, ta.typicalPrice, ta.williamsR] as ((
      input: typeof columns | Bar[],
    ) => Float64Array)[]) {
      expect(compute(bars)).toEqual(compute(columns))
    }
    expect(ta.adx(bars)).toEqual(ta.adx(columns))
    expect(ta.atr({ high: [...columns.high], low: [...columns.low], close }, 5)).toEqual(ta.atr(bars, 5))
  })
  it('other typed arrays count as numbers', () => {
    expect(ta.sma(Int32Array.of(1, 2, 3) as unknown as number[], 2)).toEqual(Float64Array.of(Number.NaN, 1.5, 2.5))
  })
  it('null, undefined and holes are missing values', () => {
    const values = [1, 2, null, 4, 5, undefined, , 8, 9] as number[]
    expect([...ta.sma(values, 2)]).toEqual([Number.NaN, 1.5, Number.NaN, Number.NaN, 4.5, Number.NaN, Number.NaN, Number.NaN, 8.5])
  })
  it('does not change what it is given', () => {
    const before = columns.close.slice()
    for (const compute of Object.values(withPeriod)) compute(14)
    ta.bollinger(columns.close)
    ta.macd(columns.close)
    expect(columns.close).toEqual(before)
  })
  it('empty series give empty columns', () => {
    expect(ta.sma([], 5)).toEqual(new Float64Array(0))
    expect(ta.macd(new Float64Array(0)).histogram).toEqual(new Float64Array(0))
    expect(ta.adx([]).adx).toEqual(new Float64Array(0))
    expect(ta.cci([], 3)).toEqual(new Float64Array(0))
  })
  it('says what is wrong with what is no series', () => {
    expect(() => ta.sma(undefined as unknown as number[], 5)).toThrow('sma: values must be a Float64Array or an array of numbers, got undefined')
    expect(() => ta.rsi(['1', '2'] as unknown as number[], 5)).toThrow('rsi: values[0] must be a number, got the text "1"')
    expect(() => ta.rsi('12' as unknown as number[], 5)).toThrow(TypeError)
    expect(() => ta.sma([1n] as unknown as number[], 5)).toThrow(/values\[0\] must be a number, got a bigint/)
    expect(() => ta.atr(close as unknown as Bar[], 14)).toThrow(/atr: bars must be columns .* or an array of bars .*: bars\[0\] is \d/)
    expect(() => ta.atr({ high: close, low: close } as unknown as Bar[], 14)).toThrow(/there is no close/)
    expect(() => ta.atr(null as unknown as Bar[], 14)).toThrow(/got null/)
    expect(() => ta.mfi([{ high: 1, low: 1, close: 1 }] as unknown as Bar[], 14)).toThrow(/bars\[0\] has no volume/)
    expect(() => ta.atr({ high: [1, 2], low: [1, 2], close: [1] }, 1)).toThrow('atr: close has 1 values and high has 2; they must be of one length')
    expect(() => ta.crossOver([1, 2], [1])).toThrow(RangeError)
    expect(() => ta.crossOver(1, 2)).toThrow(TypeError)
  })
  it('bars become columns and back', () => {
    expect(columnsToBars(columns)).toEqual(bars)
    expect(() => barsToColumns([{ ...bars[0]!, date: 5 as unknown as string }])).toThrow(/bars\[0\].date/)
    expect(() => columnsToBars({ ...columns, high: columns.high.slice(1) })).toThrow(RangeError)
  })
})

describe('missing values', () => {
  const holed = close.with(40, Number.NaN)

  it('windows are NaN exactly while they hold one', () => {
    for (const compute of [ta.sma, ta.wma, ta.stdev, ta.sum, ta.highest, ta.lowest, ta.linearRegressionSlope]) {
      for (const period of [2, 7, 20, 39, 41]) {
        const intact = compute(close, period)
        const output = compute(holed, period)
        for (let index = 0; index < output.length; index++) {
          const inside = index >= 40 && index < 40 + period
          if (inside || index < period - 1) expect(output[index], `${compute.name} ${period}, ${index}`).toBeNaN()
          else expect(output[index]).toBeCloseTo(intact[index]!, 9)
        }
      }
    }
  })
  it('averages start anew after one, as on the series that begins there', () => {
    const rest = close.slice(41)
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      const series = close.with(40, value)
      expect(ta.ema(series, 10).subarray(41)).toEqual(ta.ema(rest, 10))
      expect(ta.rsi(series, 10).subarray(41)).toEqual(ta.rsi(rest, 10))
      expect(ta.macd(series, 3, 6, 4).histogram.subarray(41)).toEqual(ta.macd(rest, 3, 6, 4).histogram)
      const holedBars = bars.map((bar, index) => (index === 40 ? { ...bar, high: value, low: value, close: value } : bar))
      expect(ta.atr(holedBars, 10).subarray(41)).toEqual(ta.atr(bars.slice(41), 10))
      expect(ta.adx(holedBars, 10).adx.subarray(41)).toEqual(ta.adx(bars.slice(41), 10).adx)
      expect(ta.supertrend(holedBars, 10).value.subarray(41)).toEqual(ta.supertrend(bars.slice(41), 10).value)
      for (const output of [ta.ema(series, 10), ta.rsi(series, 10), ta.atr(holedBars, 10)]) expect(output[40]).toBeNaN()
    }
  })
  it('totals leave it out and go on', () => {
    const output = ta.obv({ close: [1, 2, Number.NaN, 3, 2], volume: [1, 1, 1, 1, 1] })
    expect([...output]).toEqual([0, 1, Number.NaN, 2, 1])
  })
})

describe('flat series', () => {
  const flat = Array.from({ length: 60 }, () => ({ open: 0.1, high: 0.1, low: 0.1, close: 0.1, volume: 300 }))
  const level = flat.map((bar) => bar.close)

  it('averages are exactly the value, deviations and slopes exactly 0', () => {
    for (const period of [1, 3, 7, 20]) {
      for (const compute of [ta.sma, ta.ema, ta.wma]) expect([...new Set(compute(level, period).slice(period))]).toEqual([0.1])
      expect([...new Set(ta.vwap(flat, period).slice(period))]).toEqual([ta.typicalPrice(flat)[0]])
      expect([...new Set(ta.stdev(level, period).slice(period))]).toEqual([0])
      expect([...new Set(ta.linearRegressionSlope(level, period + 1).slice(period))].map(Math.abs)).toEqual([0])
      const { middle, upper, lower } = ta.bollinger(level, period)
      expect(upper).toEqual(middle)
      expect(lower).toEqual(middle)
    }
  })
  it('what divides by a range, a movement or a flow is undefined, not 0', () => {
    for (const output of [
      ta.rsi(level), ta.stochastic(flat).k, ta.williamsR(flat), ta.mfi(flat), ta.cci(flat), ta.adx(flat).adx, ta.adx(flat).plusDi,
    ]) {
      expect(output.every((value) => Number.isNaN(value))).toBe(true)
    }
    expect(ta.vwap(flat.map((bar) => ({ ...bar, volume: 0 })), 5).every((value) => Number.isNaN(value))).toBe(true)
  })
  it('bounded indicators stay within their bounds', () => {
    const rising = Array.from({ length: 200 }, (_, index) => 10 + index * 0.1)
    for (const series of [rising, rising.toReversed()]) {
      const candles = series.map((price) => ({ high: price, low: price, close: price, volume: 7 }))
      for (const period of [2, 3, 14]) {
        const outputs = [ta.rsi(series, period), ta.mfi(candles, period), ta.stochastic(candles, period).k, ta.percentRank(series, period)]
        for (const output of outputs) expect(output.every((value) => Number.isNaN(value) || (value >= 0 && value <= 100))).toBe(true)
        expect(ta.williamsR(candles, period).every((value) => Number.isNaN(value) || (value >= -100 && value <= 0))).toBe(true)
      }
    }
  })
})

describe('numeric stability', () => {
  const random = seededRandom(3)
  const levels = [1e9, 1e-3, 50, 1e-3]
  const jumping = Array.from({ length: 6000 }, (_, index) => levels[Math.floor(index / 700) % levels.length]! * (1 + 0.01 * random()))

  it.each([20, 50, 200])('sums over %i values carry no error from one level into the next', (period) => {
    expectRelative(ta.sma(jumping, period), textbook.sma(jumping, period), 1e-9)
    expectRelative(ta.sum(jumping, period), textbook.sum(jumping, period), 1e-9)
    expectRelative(ta.wma(jumping, period), textbook.wma(jumping, period), 1e-9)
    expectRelative(ta.stdev(jumping, period), textbook.stdev(jumping, period), 1e-9)
    const candles = { high: jumping, low: jumping, close: jumping, volume: jumping.toReversed() }
    expectRelative(ta.vwap(candles, period), textbook.vwap(candles, period), 1e-9)
  })
  it('a small deviation at a great price level keeps its digits', () => {
    const series = Array.from({ length: 1000 }, (_, index) => 1e6 + 2 ** -10 * (index % 4))
    const expected = 2 ** -10 * Math.sqrt(1.25)
    for (const value of ta.stdev(series, 20).slice(19)) expect(value / expected).toBeCloseTo(1, 11)
  })
  it('a million values later the mean is still the mean of the window', () => {
    const long = Float64Array.from({ length: 1_000_000 }, () => 100 * random())
    const output = ta.sma(long, 50)
    for (const index of [49, 500_000, 999_999]) {
      const window = long.subarray(index - 49, index + 1)
      expect(output[index]! / (window.reduce((total, value) => total + value, 0) / 50)).toBeCloseTo(1, 13)
    }
  })
})

function expectRelative(actual: Float64Array, expected: readonly number[], tolerance: number): void {
  let worst = 0
  actual.forEach((value, index) => {
    const reference = expected[index]!
    if (Number.isNaN(reference) !== Number.isNaN(value)) worst = Infinity
    else if (!Number.isNaN(reference)) worst = Math.max(worst, Math.abs(value - reference) / Math.abs(reference))
  })
  expect(worst).toBeLessThan(tolerance)
}
