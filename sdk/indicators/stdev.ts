import { checkPeriod, toColumn, type NumericColumn, type Stream } from './input.ts'
import { scratchColumn } from './scratch.ts'
import { WindowSums } from './window-sums.ts'

/**
 * Population standard deviation (divisor `period`) of the last `period` values, first at index `period - 1`.
 * NaN exactly where the window is short or holds a NaN; a flat series gives exactly 0.
 * @param values series, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function stdev(values: NumericColumn, period: number): Float64Array {
  checkPeriod(period, 'stdev')
  const input = toColumn(values, 'stdev')
  const length = input.length
  const output = new Float64Array(length)
  const suffixSums = scratchColumn(0, Math.min(period, length))
  const inverse = 1 / period
  // Blocks, suffixes and anchors as explained in window-sums.ts; the suffix sums of squares wait in the output.
  for (let start = 0; start < length; start += period) {
    const anchor = input[start]!
    const end = Math.min(start + period, length)
    let sum = 0
    let squares = 0
    if (start > 0) {
      for (let oldest = start - 1, windowEnd = start + period - 2; windowEnd >= start; oldest--, windowEnd--) {
        const delta = input[oldest]! - anchor
        sum += delta
        squares += delta * delta
        if (windowEnd < end) {
          suffixSums[windowEnd - start] = sum
          output[windowEnd] = squares
        }
      }
    }
    sum = squares = 0
    for (let index = start; index < end; index++) {
      const delta = input[index]! - anchor
      sum += delta
      squares += delta * delta
      const shift = (suffixSums[index - start]! + sum) * inverse
      const variance = (output[index]! + squares) * inverse - shift * shift
      output[index] = index < period - 1 ? Number.NaN : Math.sqrt(variance < 0 ? 0 : variance)
    }
  }
  return output
}

/** `stdev` one value at a time. */
export function stdevStream(period: number): Stream<number> {
  checkPeriod(period, 'stdevStream')
  const window = new WindowSums(period)
  const inverse = 1 / period
  return {
    next(value) {
      window.push(value)
      if (!window.full) return Number.NaN
      const shift = window.sum * inverse
      const variance = window.squares * inverse - shift * shift
      return Math.sqrt(variance < 0 ? 0 : variance)
    },
  }
}
