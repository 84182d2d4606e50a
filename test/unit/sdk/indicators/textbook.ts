/*
 * The indicators written out from their textbook definitions, one window at a time and with no regard for speed,
 * to hold the kernels against: `at(index)` looks back over the window that ends there.
 */
type Series = readonly number[]
interface Prices {
  readonly high: Series
  readonly low: Series
  readonly close: Series
  readonly volume: Series
}

const column = (length: number, at: (index: number) => number): number[] => Array.from({ length }, (_, index) => at(index))
const window = (values: Series, index: number, period: number): Series =>
  index < period - 1 ? [Number.NaN] : values.slice(index - period + 1, index + 1)
const total = (values: Series): number => values.reduce((sum, value) => sum + value, 0)
const mean = (values: Series): number => total(values) / values.length
const deviation = (values: Series): number => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)))

export const sum = (values: Series, period: number) => column(values.length, (index) => total(window(values, index, period)))
export const sma = (values: Series, period: number) => column(values.length, (index) => mean(window(values, index, period)))
export const stdev = (values: Series, period: number) => column(values.length, (index) => deviation(window(values, index, period)))
export const highest = (values: Series, period: number) => column(values.length, (index) => Math.max(...window(values, index, period)))
export const lowest = (values: Series, period: number) => column(values.length, (index) => Math.min(...window(values, index, period)))

export const wma = (values: Series, period: number) =>
  column(values.length, (index) => {
    const members = window(values, index, period)
    return total(members.map((value, position) => value * (position + 1))) / ((members.length * (members.length + 1)) / 2)
  })

export const slope = (values: Series, period: number) =>
  column(values.length, (index) => {
    const members = window(values, index, period)
    const middle = (period - 1) / 2
    const covariance = total(members.map((value, position) => (position - middle) * (value - mean(members))))
    return covariance / total(members.map((_, position) => (position - middle) ** 2))
  })

/** `previous + factor × (value - previous)` from the mean of the first `period` defined values on. */
function smoothed(values: Series, period: number, factor: number): number[] {
  const start = values.findIndex((value) => !Number.isNaN(value)) + period - 1
  let average = Number.NaN
  return column(values.length, (index) => {
    if (index < start) return Number.NaN
    average = index === start ? mean(values.slice(start - period + 1, start + 1)) : average * (1 - factor) + values[index]! * factor
    return average
  })
}

export const ema = (values: Series, period: number) => smoothed(values, period, 2 / (period + 1))
const wilder = (values: Series, period: number) => smoothed(values, period, 1 / period)

export function rsi(values: Series, period: number): number[] {
  const changes = column(values.length, (index) => values[index]! - (values[index - 1] ?? Number.NaN))
  const gains = wilder(changes.map((change) => (Number.isNaN(change) ? change : Math.max(change, 0))), period)
  const losses = wilder(changes.map((change) => (Number.isNaN(change) ? change : Math.max(-change, 0))), period)
  return gains.map((gain, index) => 100 - 100 / (1 + gain / losses[index]!))
}

export function macd(values: Series, fast: number, slow: number, signal: number) {
  const slowAverage = ema(values, slow)
  const line = ema(values, fast).map((value, index) => value - slowAverage[index]!)
  const signalLine = ema(line, signal)
  return { macd: line, signal: signalLine, histogram: line.map((value, index) => value - signalLine[index]!) }
}

export const trueRange = ({ high, low, close }: Prices) =>
  column(high.length, (index) => Math.max(high[index]!, close[index - 1] ?? Number.NaN) - Math.min(low[index]!, close[index - 1] ?? Number.NaN))
export const atr = (prices: Prices, period: number) => wilder(trueRange(prices), period)

export function adx(prices: Prices, period: number) {
  const { high, low } = prices
  const up = column(high.length, (index) => high[index]! - (high[index - 1] ?? Number.NaN))
  const down = column(low.length, (index) => (low[index - 1] ?? Number.NaN) - low[index]!)
  const range = wilder(trueRange(prices), period)
  const directional = (move: Series, other: Series) =>
    wilder(move.map((value, index) => (Number.isNaN(value) ? value : value > other[index]! && value > 0 ? value : 0)), period)
  const plusDi = directional(up, down).map((value, index) => (100 * value) / range[index]!)
  const minusDi = directional(down, up).map((value, index) => (100 * value) / range[index]!)
  const dx = plusDi.map((plus, index) => (100 * Math.abs(plus - minusDi[index]!)) / (plus + minusDi[index]!))
  return { adx: wilder(dx, period), plusDi, minusDi }
}

export function stochastic({ high, low, close }: Prices, period: number, signal: number, smoothing: number) {
  const highs = highest(high, period)
  const lows = lowest(low, period)
  const k = sma(close.map((value, index) => (100 * (value - lows[index]!)) / (highs[index]! - lows[index]!)), smoothing)
  return { k, d: sma(k, signal) }
}

export const typical = ({ high, low, close }: Prices) => column(high.length, (index) => (high[index]! + low[index]! + close[index]!) / 3)

export function cci(prices: Prices, period: number): number[] {
  const price = typical(prices)
  return column(price.length, (index) => {
    const members = window(price, index, period)
    const center = mean(members)
    return (price[index]! - center) / (0.015 * mean(members.map((value) => Math.abs(value - center))))
  })
}

export function mfi(prices: Prices, period: number): number[] {
  const price = typical(prices)
  return column(price.length, (index) => {
    if (index < period) return Number.NaN
    let inflow = 0
    let outflow = 0
    for (let bar = index - period + 1; bar <= index; bar++) {
      if (price[bar]! > price[bar - 1]!) inflow += price[bar]! * prices.volume[bar]!
      if (price[bar]! < price[bar - 1]!) outflow += price[bar]! * prices.volume[bar]!
    }
    return 100 - 100 / (1 + inflow / outflow)
  })
}

export function vwap(prices: Prices, period: number): number[] {
  const price = typical(prices)
  return column(price.length, (index) => {
    const money = price.map((value, bar) => value * prices.volume[bar]!)
    return total(window(money, index, period)) / total(window(prices.volume, index, period))
  })
}

export const percentRank = (values: Series, period: number) =>
  column(values.length, (index) =>
    index < period ? Number.NaN : (100 * values.slice(index - period, index).filter((value) => value <= values[index]!).length) / period,
  )

/** TradingView's published script, statement by statement; 1 is an uptrend. */
export function supertrend(prices: Prices, period: number, factor: number) {
  const range = atr(prices, period)
  const value: number[] = []
  const direction: number[] = []
  let previousLower = 0
  let previousUpper = 0
  for (let index = 0; index < range.length; index++) {
    const middle = (prices.high[index]! + prices.low[index]!) / 2
    let upper = middle + factor * range[index]!
    let lower = middle - factor * range[index]!
    const closeBefore = prices.close[index - 1]!
    lower = lower > previousLower || closeBefore < previousLower ? lower : previousLower
    upper = upper < previousUpper || closeBefore > previousUpper ? upper : previousUpper
    if (Number.isNaN(range[index]!)) {
      value.push(Number.NaN)
      direction.push(Number.NaN)
      continue
    }
    let trend = -1
    if (Number.isNaN(range[index - 1]!)) {
      upper = middle + factor * range[index]!
      lower = middle - factor * range[index]!
    } else if (value[index - 1] === previousUpper) trend = prices.close[index]! > upper ? 1 : -1
    else trend = prices.close[index]! < lower ? -1 : 1
    value.push(trend === 1 ? lower : upper)
    direction.push(trend)
    previousLower = lower
    previousUpper = upper
  }
  return { value, direction }
}
