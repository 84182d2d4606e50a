import { checkPeriod, toColumn, type NumericColumn, type Stream } from './input.ts'

/**
 * Sum of the last `period` values, first at index `period - 1`. NaN exactly where the window is short or holds a NaN.
 * Nothing is subtracted from a running total, so large values leave no error behind (blocks as in window-sums.ts).
 * @param values series, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function sum(values: NumericColumn, period: number): Float64Array {
  checkPeriod(period, 'sum')
  return windowTotals(toColumn(values, 'sum'), period)
}

/** `sum` without its checks. @param output where it goes: zero throughout, as long as the input */
export function windowTotals(input: Float64Array, period: number, output = new Float64Array(input.length)): Float64Array {
  const length = input.length
  for (let start = 0; start < length; start += period) {
    const end = Math.min(start + period, length)
    if (start > 0) {
      let suffix = 0
      for (let oldest = start - 1, windowEnd = start + period - 2; windowEnd >= start; oldest--, windowEnd--) {
        suffix += input[oldest]!
        if (windowEnd < end) output[windowEnd] = suffix
      }
    }
    let prefix = 0
    for (let index = start; index < end; index++) {
      prefix += input[index]!
      output[index] = index < period - 1 ? Number.NaN : output[index]! + prefix
    }
  }
  return output
}

/** `sum` one value at a time. */
export function sumStream(period: number): Stream<number> {
  checkPeriod(period, 'sumStream')
  const block = new Float64Array(period)
  const suffixes = new Float64Array(period)
  let offset = 0
  let prefix = 0
  let full = false
  return {
    next(value) {
      if (offset === period) {
        offset = 0
        prefix = 0
        let suffix = 0
        for (let oldest = period - 1; oldest > 0; oldest--) {
          suffix += block[oldest]!
          suffixes[oldest - 1] = suffix
        }
      }
      block[offset] = value
      prefix += value
      offset++
      if (offset === period) full = true
      return full ? suffixes[offset - 1]! + prefix : Number.NaN
    },
  }
}
