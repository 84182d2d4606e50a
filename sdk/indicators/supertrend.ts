import { atr, atrStream } from './atr.ts'
import { checkMultiplier, checkPeriod, type BarsWith, type Stream } from './input.ts'
import { highLowClose, type HighLowClose } from './true-range.ts'

/** SuperTrend line and its direction. */
export interface SuperTrend<Value = Float64Array> {
  /** The trailing line: below the price in an uptrend, above it in a downtrend. */
  value: Value
  /** 1 in an uptrend, -1 in a downtrend. */
  direction: Value
}

/**
 * SuperTrend: bands `multiplier × ATR(period)` around (high + low) / 2 that only tighten until a close goes through them,
 * first at index `period`, starting as a downtrend (TradingView's published `ta.supertrend`; O. Seban).
 * A missing price gives NaN there and starts it anew with the bars after it.
 * @param bars columns or bars with high, low and close, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 * @param multiplier finite, 0 or more, else RangeError
 */
export function supertrend(bars: BarsWith<'high' | 'low' | 'close'>, period = 10, multiplier = 3): SuperTrend {
  checkPeriod(period, 'supertrend')
  checkMultiplier(multiplier, 'supertrend', 'multiplier')
  const columns = highLowClose(bars, 'supertrend')
  const { high, low, close } = columns
  const value = atr(columns, period)
  const direction = new Float64Array(value.length)
  const state = new TrailingBands(multiplier)
  for (let index = 0; index < value.length; index++) {
    state.push(high[index]!, low[index]!, close[index]!, value[index]!)
    value[index] = state.value
    direction[index] = state.direction
  }
  return { value, direction }
}

/** `supertrend` one bar at a time. */
export function supertrendStream(period = 10, multiplier = 3): Stream<HighLowClose, SuperTrend<number>> {
  checkPeriod(period, 'supertrendStream')
  checkMultiplier(multiplier, 'supertrendStream', 'multiplier')
  const ranges = atrStream(period)
  const state = new TrailingBands(multiplier)
  return {
    next(bar) {
      state.push(bar.high, bar.low, bar.close, ranges.next(bar))
      return { value: state.value, direction: state.direction }
    },
  }
}

class TrailingBands {
  value = Number.NaN
  direction = Number.NaN

  readonly #multiplier: number
  #upper = Number.NaN
  #lower = Number.NaN
  #previousClose = Number.NaN

  constructor(multiplier: number) {
    this.#multiplier = multiplier
  }

  push(high: number, low: number, close: number, range: number): void {
    const middle = (high + low) / 2
    const width = this.#multiplier * range
    let upper = middle + width
    let lower = middle - width
    if (upper !== upper || lower !== lower || close !== close) {
      this.value = this.direction = this.#upper = this.#lower = this.#previousClose = Number.NaN
      return
    }
    if (this.direction !== this.direction) {
      this.direction = -1
    } else {
      if (lower <= this.#lower && this.#previousClose >= this.#lower) lower = this.#lower
      if (upper >= this.#upper && this.#previousClose <= this.#upper) upper = this.#upper
      if (this.direction < 0 ? close > upper : close < lower) this.direction = -this.direction
    }
    this.#upper = upper
    this.#lower = lower
    this.#previousClose = close
    this.value = this.direction > 0 ? lower : upper
  }
}
