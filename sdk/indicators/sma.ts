import { checkPeriod, toColumn, type NumericColumn, type Stream } from './input.ts'
import { WindowSums } from './window-sums.ts'

/**
 * Simple moving average: the mean of the last `period` values, first at index `period - 1`.
 * NaN exactly where the window is short or holds a NaN; a flat series gives exactly its value.
 * @param values series, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function sma(values: NumericColumn, period: number): Float64Array {
  checkPeriod(period, 'sma')
  const input = toColumn(values, 'sma')
  const length = input.length
  const output = new Float64Array(length)
  const inverse = 1 / period
  // Blocks, suffixes and anchors as explained in window-sums.ts; the suffix sums wait in the output.
  for (let start = 0; start < length; start += period) {
    const anchor = input[start]!
    const end = Math.min(start + period, length)
    let prefix = 0
    let index = start
    if (start === 0) {
      for (const warmUp = Math.min(period - 1, length); index < warmUp; index++) {
        prefix += input[index]! - anchor
        output[index] = Number.NaN
      }
    } else {
      let suffix = 0
      let oldest = start - 1
      let windowEnd = start + period - 2
      for (; windowEnd >= length; windowEnd--, oldest--) suffix += input[oldest]! - anchor
      for (; windowEnd >= start; windowEnd--, oldest--) {
        suffix += input[oldest]! - anchor
        output[windowEnd] = suffix
      }
    }
    for (; index < end; index++) {
      prefix += input[index]! - anchor
      output[index] = anchor + (output[index]! + prefix) * inverse
    }
  }
  return output
}

/** `sma` one value at a time. */
export function smaStream(period: number): Stream<number> {
  checkPeriod(period, 'smaStream')
  const window = new WindowSums(period)
  const inverse = 1 / period
  return {
    next(value) {
      window.push(value)
      return window.full ? window.anchor + window.sum * inverse : Number.NaN
    },
  }
}
