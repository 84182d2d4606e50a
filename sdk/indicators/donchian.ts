import { highestStream, lowestStream, windowMaxima, windowMinima } from './extremes.ts'
import { barColumn, checkPeriod, checkSameLength, type BarsWith, type Stream } from './input.ts'

/** Donchian channel. */
export interface Donchian<Value = Float64Array> {
  upper: Value
  lower: Value
  middle: Value
}

/**
 * Donchian channel: highest high and lowest low of the last `period` bars, this one included, and their mean; first at
 * index `period - 1` (R. Donchian). For a breakout compare with the channel of the bar before: `upper[last - 1]`.
 * NaN exactly where the window is short or holds a NaN.
 * @param bars columns or bars with high and low, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function donchian(bars: BarsWith<'high' | 'low'>, period = 20): Donchian {
  checkPeriod(period, 'donchian')
  const high = barColumn(bars, 'high', 'donchian')
  const low = barColumn(bars, 'low', 'donchian')
  checkSameLength('donchian', { high, low })
  const upper = windowMaxima(high, period)
  const lower = windowMinima(low, period)
  const middle = new Float64Array(upper.length)
  for (let index = 0; index < middle.length; index++) middle[index] = (upper[index]! + lower[index]!) / 2
  return { upper, lower, middle }
}

/** `donchian` one bar at a time. */
export function donchianStream(period = 20): Stream<{ readonly high: number; readonly low: number }, Donchian<number>> {
  checkPeriod(period, 'donchianStream')
  const highs = highestStream(period)
  const lows = lowestStream(period)
  return {
    next({ high, low }) {
      const upper = highs.next(high)
      const lower = lows.next(low)
      return { upper, lower, middle: (upper + lower) / 2 }
    },
  }
}
