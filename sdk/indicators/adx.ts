import { checkPeriod, type BarsWith, type Stream } from './input.ts'
import { highLowClose, rangeOf, type HighLowClose } from './true-range.ts'

/** Average directional index and its two directional lines. */
export interface Adx<Value = Float64Array> {
  adx: Value
  plusDi: Value
  minusDi: Value
}

/**
 * Average directional index with both directional indicators, 0 to 100, as in Wilder's book: true range and directional
 * movement summed over bars 1 to `period`, then `sum - sum / period + new`; the indicators are first at index `period`, and
 * their ADX, seeded by the mean of the first `period` DX, at index `2 × period - 1` (J. W. Wilder, New Concepts in Technical
 * Trading Systems, 1978). Undefined (NaN): the indicators while there is no range at all, the ADX while there is no
 * directional movement at all. A missing price gives NaN there and starts all of it anew with the bars after it.
 * @param bars columns or bars with high, low and close, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function adx(bars: BarsWith<'high' | 'low' | 'close'>, period = 14): Adx {
  checkPeriod(period, 'adx')
  const { high, low, close } = highLowClose(bars, 'adx')
  const length = high.length
  const output = { adx: new Float64Array(length), plusDi: new Float64Array(length), minusDi: new Float64Array(length) }
  const state = new DirectionalMovement(period)
  for (let index = 0; index < length; index++) {
    state.push(high[index]!, low[index]!, close[index]!)
    output.adx[index] = state.adx
    output.plusDi[index] = state.plusDi
    output.minusDi[index] = state.minusDi
  }
  return output
}

/** `adx` one bar at a time. */
export function adxStream(period = 14): Stream<HighLowClose, Adx<number>> {
  checkPeriod(period, 'adxStream')
  const state = new DirectionalMovement(period)
  return {
    next({ high, low, close }) {
      state.push(high, low, close)
      return { adx: state.adx, plusDi: state.plusDi, minusDi: state.minusDi }
    },
  }
}

class DirectionalMovement {
  adx = Number.NaN
  plusDi = Number.NaN
  minusDi = Number.NaN

  readonly #period: number
  readonly #keep: number
  #previousHigh = Number.NaN
  #previousLow = Number.NaN
  #previousClose = Number.NaN
  #count = 0
  #range = 0
  #plus = 0
  #minus = 0
  #dxCount = 0
  #average = 0

  constructor(period: number) {
    this.#period = period
    this.#keep = (period - 1) / period
  }

  push(high: number, low: number, close: number): void {
    const range = rangeOf(high, low, this.#previousClose)
    const up = high - this.#previousHigh
    const down = this.#previousLow - low
    this.#previousHigh = high
    this.#previousLow = low
    this.#previousClose = close
    const changes = range + up + down
    if (changes - changes !== 0) {
      this.#range = this.#plus = this.#minus = this.#count = this.#dxCount = 0
      this.adx = this.plusDi = this.minusDi = Number.NaN
      return
    }
    const keep = this.#count < this.#period ? 1 : this.#keep
    this.#range = this.#range * keep + range
    this.#plus = this.#plus * keep + (up > down && up > 0 ? up : 0)
    this.#minus = this.#minus * keep + (down > up && down > 0 ? down : 0)
    if (this.#count < this.#period) this.#count++
    if (this.#count < this.#period) return
    this.plusDi = 100 * (this.#plus / this.#range)
    this.minusDi = 100 * (this.#minus / this.#range)
    this.#smooth(100 * (Math.abs(this.#plus - this.#minus) / (this.#plus + this.#minus)))
  }

  #smooth(dx: number): void {
    if (dx !== dx) {
      this.#dxCount = 0
      this.adx = Number.NaN
    } else if (this.#dxCount < this.#period) {
      this.#average = this.#dxCount === 0 ? dx : this.#average + dx
      if (++this.#dxCount === this.#period) this.adx = this.#average /= this.#period
    } else {
      this.adx = this.#average += (dx - this.#average) / this.#period
    }
  }
}
