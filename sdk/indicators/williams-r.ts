import { highestStream, lowestStream, windowMaxima, windowMinima } from './extremes.ts'
import { checkPeriod, type BarsWith, type Stream } from './input.ts'
import { scratchColumn } from './scratch.ts'
import { highLowClose, type HighLowClose } from './true-range.ts'

/**
 * Williams %R, -100 to 0: `-100 × (highest high - close) / (highest high - lowest low)` over `period` bars, first at index
 * `period - 1` (L. Williams). Undefined (NaN) where the range is zero; NaN in every window that holds a NaN.
 * @param bars columns or bars with high, low and close, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function williamsR(bars: BarsWith<'high' | 'low' | 'close'>, period = 14): Float64Array {
  checkPeriod(period, 'williamsR')
  const { high, low, close } = highLowClose(bars, 'williamsR')
  const output = windowMaxima(high, period)
  const lows = windowMinima(low, period, scratchColumn(0, low.length))
  for (let index = 0; index < output.length; index++) output[index] = distanceFromHigh(close[index]!, output[index]!, lows[index]!)
  return output
}

/** `williamsR` one bar at a time. */
export function williamsRStream(period = 14): Stream<HighLowClose> {
  checkPeriod(period, 'williamsRStream')
  const highs = highestStream(period)
  const lows = lowestStream(period)
  return {
    next: ({ high, low, close }) => distanceFromHigh(close, highs.next(high), lows.next(low)),
  }
}

function distanceFromHigh(close: number, highestHigh: number, lowestLow: number): number {
  const range = highestHigh - lowestLow
  // `0 -` and not a minus sign: a close at the high is 0, not -0.
  return range === 0 ? Number.NaN : 0 - 100 * ((highestHigh - close) / range)
}
