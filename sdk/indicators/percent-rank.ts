import { checkPeriod, toColumn, type NumericColumn, type Stream } from './input.ts'

/**
 * Percent rank, 0 to 100: how many percent of the `period` values before this one are at or below it, first at index
 * `period` (TradingView's `ta.percentrank`). NaN where this value or one of those is. Costs `period` steps a value.
 * @param values series, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function percentRank(values: NumericColumn, period: number): Float64Array {
  checkPeriod(period, 'percentRank')
  const input = toColumn(values, 'percentRank')
  const output = new Float64Array(input.length)
  output.fill(Number.NaN, 0, period)
  for (let index = period; index < output.length; index++) output[index] = rank(input, index - period, index, input[index]!)
  return output
}

/** `percentRank` one value at a time. */
export function percentRankStream(period: number): Stream<number> {
  checkPeriod(period, 'percentRankStream')
  const ring = new Float64Array(period).fill(Number.NaN)
  let slot = 0
  return {
    next(value) {
      const output = rank(ring, 0, period, value)
      ring[slot] = value
      slot = slot + 1 === period ? 0 : slot + 1
      return output
    },
  }
}

function rank(members: Float64Array, from: number, to: number, value: number): number {
  let atOrBelow = 0
  for (let index = from; index < to; index++) {
    const member = members[index]!
    if (member <= value) atOrBelow++
    else if (!(member > value)) return Number.NaN
  }
  return value === value ? (100 * atOrBelow) / (to - from) : Number.NaN
}
