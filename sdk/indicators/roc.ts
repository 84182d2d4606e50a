import { checkPeriod, toColumn, type NumericColumn, type Stream } from './input.ts'

/**
 * Rate of change in percent: `100 × (value / value[period bars ago] - 1)`, first at index `period`.
 * Undefined (NaN) where the earlier value is 0 or either is missing.
 * @param values series, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function roc(values: NumericColumn, period = 12): Float64Array {
  checkPeriod(period, 'roc')
  const input = toColumn(values, 'roc')
  const output = new Float64Array(input.length)
  output.fill(Number.NaN, 0, period)
  for (let index = period; index < output.length; index++) output[index] = change(input[index]!, input[index - period]!)
  return output
}

/** `roc` one value at a time. */
export function rocStream(period = 12): Stream<number> {
  checkPeriod(period, 'rocStream')
  const ring = new Float64Array(period).fill(Number.NaN)
  let slot = 0
  return {
    next(value) {
      const output = change(value, ring[slot]!)
      ring[slot] = value
      slot = slot + 1 === period ? 0 : slot + 1
      return output
    },
  }
}

function change(value: number, earlier: number): number {
  return earlier === 0 ? Number.NaN : 100 * ((value - earlier) / earlier)
}
