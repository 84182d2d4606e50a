import { checkPeriod, type BarsWith, type Stream } from './input.ts'
import { highLowClose, rangeOf, type HighLowClose } from './true-range.ts'

/**
 * Average true range: Wilder's smoothing of the true range, seeded by the mean of the first `period` true ranges
 * (which start at bar 1), first at index `period` (J. W. Wilder, New Concepts in Technical Trading Systems, 1978).
 * A missing price gives NaN there and starts the average anew with the bars after it.
 * @param bars columns or bars with high, low and close, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function atr(bars: BarsWith<'high' | 'low' | 'close'>, period = 14): Float64Array {
  checkPeriod(period, 'atr')
  const { high, low, close } = highLowClose(bars, 'atr')
  const length = high.length
  const output = new Float64Array(length)
  const take = 1 / period
  let index = 0
  let previousClose = Number.NaN
  while (index < length) {
    let total = 0
    let count = 0
    for (; index < length && count < period; index++) {
      const range = rangeOf(high[index]!, low[index]!, previousClose)
      previousClose = close[index]!
      output[index] = Number.NaN
      if (range - range !== 0) {
        total = count = 0
        continue
      }
      total += range
      count++
    }
    if (count < period) return output
    let average = total / period
    output[index - 1] = average
    for (; index < length; index++) {
      const range = rangeOf(high[index]!, low[index]!, previousClose)
      if (range - range !== 0) break
      previousClose = close[index]!
      average += (range - average) * take
      output[index] = average
    }
  }
  return output
}

/** `atr` one bar at a time. */
export function atrStream(period = 14): Stream<HighLowClose> {
  checkPeriod(period, 'atrStream')
  const take = 1 / period
  let previousClose = Number.NaN
  let total = 0
  let count = 0
  let average = Number.NaN
  return {
    next({ high, low, close }) {
      const range = rangeOf(high, low, previousClose)
      previousClose = close
      if (range - range !== 0) {
        total = count = 0
        return Number.NaN
      }
      if (count === period) {
        average += (range - average) * take
        return average
      }
      total += range
      if (++count < period) return Number.NaN
      average = total / period
      return average
    },
  }
}
