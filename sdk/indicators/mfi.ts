import { barColumn, checkPeriod, checkSameLength, type BarsWith, type Stream } from './input.ts'
import { scratchColumn } from './scratch.ts'
import { sumStream, windowTotals } from './sum.ts'
import { typicalColumn, typicalOf } from './typical-price.ts'
import type { VwapBar } from './vwap.ts'

/**
 * Money flow index, 0 to 100: `100 × positive / (positive + negative)`, the flows being typical price × volume summed over
 * the last `period` bars whose typical price rose, or fell; first at index `period` (G. Quong and A. Soudack).
 * Undefined (NaN) where nothing flowed either way; NaN in every window that holds a NaN.
 * @param bars columns or bars with high, low, close and volume, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function mfi(bars: BarsWith<'high' | 'low' | 'close' | 'volume'>, period = 14): Float64Array {
  checkPeriod(period, 'mfi')
  const volume = barColumn(bars, 'volume', 'mfi')
  const price = typicalColumn(bars, 'mfi', (length) => scratchColumn(0, length))
  checkSameLength('mfi', { price, volume })
  const inflow = scratchColumn(1, price.length)
  const outflow = scratchColumn(2, price.length)
  let previous = Number.NaN
  for (let index = 0; index < price.length; index++) {
    const current = price[index]!
    inflow[index] = flow(current - previous, current, volume[index]!)
    outflow[index] = flow(previous - current, current, volume[index]!)
    previous = current
  }
  const positive = windowTotals(inflow, period)
  const negative = windowTotals(outflow, period, scratchColumn(0, price.length))
  for (let index = 0; index < positive.length; index++) positive[index] = flowIndex(positive[index]!, negative[index]!)
  return positive
}

/** `mfi` one bar at a time. */
export function mfiStream(period = 14): Stream<VwapBar> {
  checkPeriod(period, 'mfiStream')
  const positive = sumStream(period)
  const negative = sumStream(period)
  let previous = Number.NaN
  return {
    next({ high, low, close, volume }) {
      const current = typicalOf(high, low, close)
      const inflow = positive.next(flow(current - previous, current, volume))
      const outflow = negative.next(flow(previous - current, current, volume))
      previous = current
      return flowIndex(inflow, outflow)
    },
  }
}

/** The bar's money where the price moved in the direction asked for, 0 where it did not, NaN where that is unknown. */
function flow(move: number, price: number, volume: number): number {
  const money = price * volume
  return move > 0 ? money : move - move + (money - money)
}

function flowIndex(positive: number, negative: number): number {
  return 100 * (positive / (positive + negative))
}
