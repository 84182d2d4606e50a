import { barColumn, checkSameLength, type BarsWith, type Stream } from './input.ts'

/** The prices that a range indicator reads of one bar. */
export interface HighLowClose {
  readonly high: number
  readonly low: number
  readonly close: number
}

/** High, low and close of the bars as columns of one length. */
export function highLowClose(
  bars: BarsWith<'high' | 'low' | 'close'>,
  owner: string,
): { high: Float64Array; low: Float64Array; close: Float64Array } {
  const columns = { high: barColumn(bars, 'high', owner), low: barColumn(bars, 'low', owner), close: barColumn(bars, 'close', owner) }
  checkSameLength(owner, columns)
  return columns
}

/**
 * True range: the greatest of high - low, |high - previous close| and |low - previous close|, from index 1
 * (J. W. Wilder, New Concepts in Technical Trading Systems, 1978). NaN where the bar or the close before it is missing.
 * @param bars columns or bars with high, low and close, oldest first
 */
export function trueRange(bars: BarsWith<'high' | 'low' | 'close'>): Float64Array {
  const { high, low, close } = highLowClose(bars, 'trueRange')
  const output = new Float64Array(high.length)
  let previousClose = Number.NaN
  for (let index = 0; index < output.length; index++) {
    output[index] = rangeOf(high[index]!, low[index]!, previousClose)
    previousClose = close[index]!
  }
  return output
}

/** `trueRange` one bar at a time. */
export function trueRangeStream(): Stream<HighLowClose> {
  let previousClose = Number.NaN
  return {
    next({ high, low, close }) {
      const range = rangeOf(high, low, previousClose)
      previousClose = close
      return range
    },
  }
}

/** True range of one bar; NaN where any of the three is. */
export function rangeOf(high: number, low: number, previousClose: number): number {
  return Math.max(high - low, Math.abs(high - previousClose), Math.abs(low - previousClose))
}
