import { checkMultiplier, checkPeriod, toColumn, type NumericColumn, type Stream } from './input.ts'
import { WindowSums } from './window-sums.ts'

/** Bollinger bands. */
export interface Bollinger<Value = Float64Array> {
  middle: Value
  upper: Value
  lower: Value
}

/**
 * Bollinger bands: the simple average and, above and below it, `deviations` times the population standard deviation
 * (divisor `period`) of the last `period` values; first at index `period - 1` (J. Bollinger, Bollinger on Bollinger Bands).
 * NaN exactly where the window is short or holds a NaN; `middle` equals `sma` and on a flat series all three are its value.
 * @param values series, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 * @param deviations finite, 0 or more, else RangeError
 */
export function bollinger(values: NumericColumn, period = 20, deviations = 2): Bollinger {
  checkPeriod(period, 'bollinger')
  checkMultiplier(deviations, 'bollinger', 'deviations')
  const input = toColumn(values, 'bollinger')
  const length = input.length
  const middle = new Float64Array(length)
  const upper = new Float64Array(length)
  const lower = new Float64Array(length)
  const inverse = 1 / period
  // Blocks, suffixes and anchors as explained in window-sums.ts; suffix sums wait in `middle`, sums of squares in `upper`.
  for (let start = 0; start < length; start += period) {
    const anchor = input[start]!
    const end = Math.min(start + period, length)
    let prefix = 0
    let prefixSquares = 0
    let index = start
    if (start === 0) {
      for (const warmUp = Math.min(period - 1, length); index < warmUp; index++) {
        const delta = input[index]! - anchor
        prefix += delta
        prefixSquares += delta * delta
        middle[index] = upper[index] = lower[index] = Number.NaN
      }
    } else {
      let suffix = 0
      let suffixSquares = 0
      let oldest = start - 1
      let windowEnd = start + period - 2
      for (; windowEnd >= length; windowEnd--, oldest--) {
        const delta = input[oldest]! - anchor
        suffix += delta
        suffixSquares += delta * delta
      }
      for (; windowEnd >= start; windowEnd--, oldest--) {
        const delta = input[oldest]! - anchor
        suffix += delta
        suffixSquares += delta * delta
        middle[windowEnd] = suffix
        upper[windowEnd] = suffixSquares
      }
    }
    for (; index < end; index++) {
      const delta = input[index]! - anchor
      prefix += delta
      prefixSquares += delta * delta
      const shift = (middle[index]! + prefix) * inverse
      const variance = (upper[index]! + prefixSquares) * inverse - shift * shift
      const width = deviations * Math.sqrt(variance < 0 ? 0 : variance)
      const mean = anchor + shift
      middle[index] = mean
      upper[index] = mean + width
      lower[index] = mean - width
    }
  }
  return { middle, upper, lower }
}

/** `bollinger` one value at a time. */
export function bollingerStream(period = 20, deviations = 2): Stream<number, Bollinger<number>> {
  checkPeriod(period, 'bollingerStream')
  checkMultiplier(deviations, 'bollingerStream', 'deviations')
  const window = new WindowSums(period)
  const inverse = 1 / period
  return {
    next(value) {
      window.push(value)
      if (!window.full) return { middle: Number.NaN, upper: Number.NaN, lower: Number.NaN }
      const shift = window.sum * inverse
      const variance = window.squares * inverse - shift * shift
      const width = deviations * Math.sqrt(variance < 0 ? 0 : variance)
      const middle = window.anchor + shift
      return { middle, upper: middle + width, lower: middle - width }
    },
  }
}
