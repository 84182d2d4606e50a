import { checkPeriod, toColumn, type NumericColumn, type Stream } from './input.ts'

/**
 * Relative strength index, 0 to 100: `100 × average gain / (average gain + average loss)`, Wilder's smoothing seeded by the
 * mean of the first `period` changes, first at index `period` (J. W. Wilder, New Concepts in Technical Trading Systems, 1978).
 * Undefined (NaN) while nothing has moved at all. A missing value (NaN or infinite) gives NaN there and starts the averages
 * anew with the values after it.
 * @param values series, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function rsi(values: NumericColumn, period = 14): Float64Array {
  checkPeriod(period, 'rsi')
  const input = toColumn(values, 'rsi')
  const length = input.length
  const output = new Float64Array(length)
  const keep = (period - 1) / period
  const take = 1 / period
  let index = 0
  while (index < length) {
    let previous = Number.NaN
    let gain = 0
    let loss = 0
    let count = 0
    for (; index < length && count < period; index++) {
      const change = input[index]! - previous
      previous = input[index]!
      output[index] = Number.NaN
      if (change - change !== 0) {
        gain = loss = count = 0
        continue
      }
      const size = Math.abs(change)
      gain += (size + change) * 0.5
      loss += (size - change) * 0.5
      count++
    }
    if (count < period) return output
    gain *= take
    loss *= take
    output[index - 1] = 100 * (gain / (gain + loss))
    for (; index < length; index++) {
      const change = (input[index]! - previous) * take
      if (change - change !== 0) break
      previous = input[index]!
      // Gain and loss without a branch: on prices a branch on the sign is a coin toss and costs more than all the rest.
      const size = Math.abs(change)
      gain = gain * keep + (size + change) * 0.5
      loss = loss * keep + (size - change) * 0.5
      output[index] = 100 * (gain / (gain + loss))
    }
  }
  return output
}

/** `rsi` one value at a time. */
export function rsiStream(period = 14): Stream<number> {
  checkPeriod(period, 'rsiStream')
  const keep = (period - 1) / period
  const take = 1 / period
  let previous = Number.NaN
  let gain = 0
  let loss = 0
  let count = 0
  return {
    next(value) {
      const difference = value - previous
      previous = value
      if (difference - difference !== 0) {
        gain = loss = count = 0
        return Number.NaN
      }
      if (count === period) {
        const change = difference * take
        const size = Math.abs(change)
        gain = gain * keep + (size + change) * 0.5
        loss = loss * keep + (size - change) * 0.5
        return 100 * (gain / (gain + loss))
      }
      const size = Math.abs(difference)
      gain += (size + difference) * 0.5
      loss += (size - difference) * 0.5
      if (++count < period) return Number.NaN
      gain *= take
      loss *= take
      return 100 * (gain / (gain + loss))
    },
  }
}
