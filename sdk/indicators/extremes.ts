import { checkPeriod, toColumn, type NumericColumn, type Stream } from './input.ts'

/**
 * Greatest of the last `period` values, first at index `period - 1`. NaN exactly where the window is short or holds a NaN.
 * Two comparisons a value whatever the period (van Herk, 1992: suffix maxima of one block, prefix maxima of the next).
 * @param values series, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function highest(values: NumericColumn, period: number): Float64Array {
  checkPeriod(period, 'highest')
  return windowMaxima(toColumn(values, 'highest'), period)
}

/** Least of the last `period` values; otherwise as `highest`. */
export function lowest(values: NumericColumn, period: number): Float64Array {
  checkPeriod(period, 'lowest')
  return windowMinima(toColumn(values, 'lowest'), period)
}

/** `highest` without its checks. @param output where it goes, as long as the input */
export function windowMaxima(input: Float64Array, period: number, output = new Float64Array(input.length)): Float64Array {
  const length = input.length
  for (let start = 0; start < length; start += period) {
    const end = Math.min(start + period, length)
    if (start > 0) {
      let suffix = -Infinity
      for (let oldest = start - 1, windowEnd = start + period - 2; windowEnd >= start; oldest--, windowEnd--) {
        suffix = Math.max(suffix, input[oldest]!)
        if (windowEnd < end) output[windowEnd] = suffix
      }
    }
    let prefix = -Infinity
    for (let index = start; index < end; index++) {
      prefix = Math.max(prefix, input[index]!)
      if (index < period - 1) output[index] = Number.NaN
      // The window that ends a block is the block itself: there is no suffix.
      else output[index] = index === start + period - 1 ? prefix : Math.max(output[index]!, prefix)
    }
  }
  return output
}

/** `lowest` without its checks. @param output where it goes, as long as the input */
export function windowMinima(input: Float64Array, period: number, output = new Float64Array(input.length)): Float64Array {
  const length = input.length
  for (let start = 0; start < length; start += period) {
    const end = Math.min(start + period, length)
    if (start > 0) {
      let suffix = Infinity
      for (let oldest = start - 1, windowEnd = start + period - 2; windowEnd >= start; oldest--, windowEnd--) {
        suffix = Math.min(suffix, input[oldest]!)
        if (windowEnd < end) output[windowEnd] = suffix
      }
    }
    let prefix = Infinity
    for (let index = start; index < end; index++) {
      prefix = Math.min(prefix, input[index]!)
      if (index < period - 1) output[index] = Number.NaN
      else output[index] = index === start + period - 1 ? prefix : Math.min(output[index]!, prefix)
    }
  }
  return output
}

/** `highest` one value at a time. */
export function highestStream(period: number): Stream<number> {
  checkPeriod(period, 'highestStream')
  return extremeStream(period, Math.max, -Infinity)
}

/** `lowest` one value at a time. */
export function lowestStream(period: number): Stream<number> {
  checkPeriod(period, 'lowestStream')
  return extremeStream(period, Math.min, Infinity)
}

function extremeStream(period: number, pick: (a: number, b: number) => number, none: number): Stream<number> {
  const block = new Float64Array(period)
  const suffixes = new Float64Array(period).fill(none)
  let offset = 0
  let prefix = none
  let full = false
  return {
    next(value) {
      if (offset === period) {
        offset = 0
        prefix = none
        let suffix = none
        for (let oldest = period - 1; oldest > 0; oldest--) {
          suffix = pick(suffix, block[oldest]!)
          suffixes[oldest - 1] = suffix
        }
      }
      block[offset] = value
      prefix = pick(prefix, value)
      offset++
      if (offset === period) full = true
      return full ? pick(suffixes[offset - 1]!, prefix) : Number.NaN
    },
  }
}
