import { checkPeriod, toColumn, type NumericColumn, type Stream } from './input.ts'

/**
 * Exponential moving average with the factor 2 / (period + 1), seeded by the simple average of the first `period`
 * values at index `period - 1` (the convention of StockCharts, MetaStock and TA-Lib).
 * A missing value (NaN or infinite) gives NaN there and starts the average anew with the values after it.
 * @param values series, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function ema(values: NumericColumn, period: number): Float64Array {
  checkPeriod(period, 'ema')
  const input = toColumn(values, 'ema')
  const output = new Float64Array(input.length)
  emaInto(input, period, output)
  return output
}

/** Writes the average of `input` to `output`, every entry of it. */
export function emaInto(input: Float64Array, period: number, output: Float64Array): void {
  const length = input.length
  const factor = 2 / (period + 1)
  let index = 0
  while (index < length) {
    // Relative to the first value, so that a flat series is seeded with exactly its value.
    let anchor = 0
    let sum = 0
    let count = 0
    for (; index < length && count < period; index++) {
      const value = input[index]!
      output[index] = Number.NaN
      if (value - value !== 0) {
        count = 0
        continue
      }
      if (count++ === 0) {
        anchor = value
        sum = 0
      }
      sum += value - anchor
    }
    if (count < period) return
    let average = anchor + sum / period
    output[index - 1] = average
    for (; index < length; index++) {
      const value = input[index]!
      if (value - value !== 0) break
      average += (value - average) * factor
      output[index] = average
    }
  }
}

/** `ema` one value at a time. */
export function emaStream(period: number): Stream<number> {
  checkPeriod(period, 'emaStream')
  const factor = 2 / (period + 1)
  let anchor = 0
  let sum = 0
  let count = 0
  let average = Number.NaN
  return {
    next(value) {
      if (value - value !== 0) {
        count = 0
        return Number.NaN
      }
      if (count === period) {
        average += (value - average) * factor
        return average
      }
      if (count++ === 0) {
        anchor = value
        sum = 0
      }
      sum += value - anchor
      if (count < period) return Number.NaN
      average = anchor + sum / period
      return average
    },
  }
}
