import { atr, atrStream } from './atr.ts'
import { ema, emaStream } from './ema.ts'
import { checkMultiplier, checkPeriod, type BarsWith, type Stream } from './input.ts'
import { highLowClose, type HighLowClose } from './true-range.ts'

/** Keltner channel. */
export interface Keltner<Value = Float64Array> {
  middle: Value
  upper: Value
  lower: Value
}

/**
 * Keltner channels: EMA(period) of the close and, above and below it, `multiplier` times ATR(atrPeriod)
 * (L. Bradford Raschke's version, as in StockCharts). Undefined while either average is; seeds as in `ema` and `atr`.
 * @param bars columns or bars with high, low and close, oldest first
 * @param period, atrPeriod whole numbers from 1 to 1,000,000, else RangeError
 * @param multiplier finite, 0 or more, else RangeError
 */
export function keltner(bars: BarsWith<'high' | 'low' | 'close'>, period = 20, atrPeriod = 10, multiplier = 2): Keltner {
  checkSettings('keltner', period, atrPeriod, multiplier)
  const columns = highLowClose(bars, 'keltner')
  const middle = ema(columns.close, period)
  const upper = atr(columns, atrPeriod)
  const lower = new Float64Array(middle.length)
  for (let index = 0; index < middle.length; index++) {
    const width = multiplier * upper[index]!
    const center = middle[index]!
    // All three or none: a band without its center would look like a price level.
    middle[index] = width === width ? center : Number.NaN
    upper[index] = center + width
    lower[index] = center - width
  }
  return { middle, upper, lower }
}

/** `keltner` one bar at a time. */
export function keltnerStream(period = 20, atrPeriod = 10, multiplier = 2): Stream<HighLowClose, Keltner<number>> {
  checkSettings('keltnerStream', period, atrPeriod, multiplier)
  const average = emaStream(period)
  const ranges = atrStream(atrPeriod)
  return {
    next(bar) {
      const center = average.next(bar.close)
      const width = multiplier * ranges.next(bar)
      return { middle: width === width ? center : Number.NaN, upper: center + width, lower: center - width }
    },
  }
}

function checkSettings(owner: string, period: number, atrPeriod: number, multiplier: number): void {
  checkPeriod(period, owner)
  checkPeriod(atrPeriod, owner, 'atrPeriod')
  checkMultiplier(multiplier, owner, 'multiplier')
}
