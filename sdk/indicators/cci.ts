import { checkPeriod, type BarsWith, type Stream } from './input.ts'
import { scratchColumn } from './scratch.ts'
import { sma, smaStream } from './sma.ts'
import type { HighLowClose } from './true-range.ts'
import { typicalColumn, typicalOf } from './typical-price.ts'

/**
 * Commodity channel index: `(typical price - its simple average) / (0.015 × mean absolute deviation from that average)`
 * over the last `period` bars, first at index `period - 1` (D. Lambert, 1980).
 * Undefined (NaN) where the deviation is zero; NaN in every window that holds a NaN. Costs `period` steps a bar.
 * @param bars columns or bars with high, low and close, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function cci(bars: BarsWith<'high' | 'low' | 'close'>, period = 20): Float64Array {
  checkPeriod(period, 'cci')
  const price = typicalColumn(bars, 'cci', (length) => scratchColumn(0, length))
  const output = sma(price, period)
  for (let index = period - 1; index < output.length; index++) {
    const mean = output[index]!
    let deviation = 0
    for (let member = index - period + 1; member <= index; member++) deviation += Math.abs(price[member]! - mean)
    output[index] = scaled(price[index]! - mean, deviation, period)
  }
  return output
}

/** `cci` one bar at a time. */
export function cciStream(period = 20): Stream<HighLowClose> {
  checkPeriod(period, 'cciStream')
  const average = smaStream(period)
  const ring = new Float64Array(period)
  let slot = 0
  return {
    next({ high, low, close }) {
      const price = typicalOf(high, low, close)
      const mean = average.next(price)
      ring[slot] = price
      slot = slot + 1 === period ? 0 : slot + 1
      if (mean !== mean) return Number.NaN
      let deviation = 0
      for (let member = slot; member < period; member++) deviation += Math.abs(ring[member]! - mean)
      for (let member = 0; member < slot; member++) deviation += Math.abs(ring[member]! - mean)
      return scaled(price - mean, deviation, period)
    },
  }
}

function scaled(distance: number, deviation: number, period: number): number {
  return deviation === 0 ? Number.NaN : distance / ((0.015 * deviation) / period)
}
