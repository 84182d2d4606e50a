import { checkPeriod, toColumn, type NumericColumn, type Stream } from './input.ts'
import { weightedWindows, type WeightedForm } from './weighted.ts'
import { WindowSums } from './window-sums.ts'

/**
 * Slope of the least-squares line through the last `period` values, in units of the series per bar, first at index
 * `period - 1`: `12 × Σ (j - mean of j) × value / (period × (period² - 1))`.
 * NaN exactly where the window is short or holds a NaN; a flat series gives exactly 0.
 * @param values series, oldest first
 * @param period whole number from 2 to 1,000,000, else RangeError
 */
export function linearRegressionSlope(values: NumericColumn, period: number): Float64Array {
  checkPeriod(period, 'linearRegressionSlope', 'period', 2)
  return weightedWindows(toColumn(values, 'linearRegressionSlope'), period, slopeForm(period))
}

/** `linearRegressionSlope` one value at a time. */
export function linearRegressionSlopeStream(period: number): Stream<number> {
  checkPeriod(period, 'linearRegressionSlopeStream', 'period', 2)
  const window = new WindowSums(period)
  const { weightedScale, sumScale } = slopeForm(period)
  return {
    next(value) {
      window.push(value)
      return window.full ? 0 * window.anchor + (window.weighted * weightedScale + window.sum * sumScale) : Number.NaN
    },
  }
}

function slopeForm(period: number): WeightedForm {
  const weightedScale = 12 / (period * (period * period - 1))
  return { base: 0, weightedScale, sumScale: (-weightedScale * (period + 1)) / 2 }
}
