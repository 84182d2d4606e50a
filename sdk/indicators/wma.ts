import { checkPeriod, toColumn, type NumericColumn, type Stream } from './input.ts'
import { weightedWindows, type WeightedForm } from './weighted.ts'
import { WindowSums } from './window-sums.ts'

/**
 * Linearly weighted moving average: weights 1 (oldest) to `period` (newest) over their sum, first at index `period - 1`.
 * NaN exactly where the window is short or holds a NaN; a flat series gives exactly its value.
 * @param values series, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function wma(values: NumericColumn, period: number): Float64Array {
  checkPeriod(period, 'wma')
  return weightedWindows(toColumn(values, 'wma'), period, wmaForm(period))
}

/** `wma` one value at a time. */
export function wmaStream(period: number): Stream<number> {
  checkPeriod(period, 'wmaStream')
  const window = new WindowSums(period)
  const { weightedScale, sumScale } = wmaForm(period)
  return {
    next(value) {
      window.push(value)
      return window.full ? window.anchor + (window.weighted * weightedScale + window.sum * sumScale) : Number.NaN
    },
  }
}

function wmaForm(period: number): WeightedForm {
  return { base: 1, weightedScale: 2 / (period * (period + 1)), sumScale: 0 }
}
