import { barColumn, checkPeriod, checkSameLength, type BarsWith, type Stream } from './input.ts'
import { scratchColumn } from './scratch.ts'
import { typicalColumn, typicalOf } from './typical-price.ts'

type VwapBars = BarsWith<'high' | 'low' | 'close' | 'volume'>

export interface VwapBar {
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/**
 * Volume-weighted average of the typical price over the last `period` bars, first at index `period - 1`; without a period,
 * anchored at the first bar. Undefined (NaN) where nothing was traded; NaN in every window that holds a NaN.
 * @param bars columns or bars with high, low, close and volume, oldest first
 * @param period whole number from 1 to 1,000,000, else RangeError
 */
export function vwap(bars: VwapBars, period?: number): Float64Array {
  if (period === undefined) return anchoredVwap(bars, 0)
  checkPeriod(period, 'vwap')
  const { price, volume } = priceAndVolume(bars, 'vwap')
  const length = price.length
  const output = new Float64Array(length)
  const suffixVolumes = scratchColumn(1, Math.min(period, length))
  // Blocks, suffixes and anchors as explained in window-sums.ts: prices relative to the first price of the block.
  for (let start = 0; start < length; start += period) {
    const anchor = price[start]!
    const end = Math.min(start + period, length)
    let money = 0
    let traded = 0
    if (start > 0) {
      for (let oldest = start - 1, windowEnd = start + period - 2; windowEnd >= start; oldest--, windowEnd--) {
        money += (price[oldest]! - anchor) * volume[oldest]!
        traded += volume[oldest]!
        if (windowEnd < end) {
          output[windowEnd] = money
          suffixVolumes[windowEnd - start] = traded
        }
      }
    }
    money = traded = 0
    for (let index = start; index < end; index++) {
      money += (price[index]! - anchor) * volume[index]!
      traded += volume[index]!
      output[index] = index < period - 1 ? Number.NaN : anchor + (output[index]! + money) / (suffixVolumes[index - start]! + traded)
    }
  }
  return output
}

/**
 * Volume-weighted average of the typical price since the bar at index `anchor`, NaN before it and until something was traded.
 * A bar with a missing price or volume is NaN and left out of the bars after it.
 * @param bars columns or bars with high, low, close and volume, oldest first
 * @param anchor index of the first bar that counts, a whole number, 0 or more, else RangeError
 */
export function anchoredVwap(bars: VwapBars, anchor = 0): Float64Array {
  if (!Number.isInteger(anchor) || anchor < 0) {
    throw new RangeError(`anchoredVwap: anchor must be the index of a bar, a whole number, 0 or more, got ${String(anchor)}`)
  }
  const { price, volume } = priceAndVolume(bars, 'anchoredVwap')
  const output = new Float64Array(price.length)
  output.fill(Number.NaN, 0, anchor)
  const state = new CumulativeVwap()
  for (let index = anchor; index < output.length; index++) output[index] = state.push(price[index]!, volume[index]!)
  return output
}

/** `vwap` one bar at a time; without a period, anchored at the first bar it is given. */
export function vwapStream(period?: number): Stream<VwapBar> {
  if (period === undefined) {
    const state = new CumulativeVwap()
    return { next: ({ high, low, close, volume }) => state.push(typicalOf(high, low, close), volume) }
  }
  checkPeriod(period, 'vwapStream')
  const state = new RollingVwap(period)
  return { next: ({ high, low, close, volume }) => state.push(typicalOf(high, low, close), volume) }
}

class CumulativeVwap {
  #base = Number.NaN
  #money = 0
  #traded = 0

  push(price: number, volume: number): number {
    if (price - price !== 0 || volume - volume !== 0) return Number.NaN
    if (this.#base !== this.#base) this.#base = price
    this.#money += (price - this.#base) * volume
    this.#traded += volume
    return this.#base + this.#money / this.#traded
  }
}

class RollingVwap {
  readonly #period: number
  readonly #prices: Float64Array
  readonly #volumes: Float64Array
  readonly #suffixMoney: Float64Array
  readonly #suffixVolumes: Float64Array
  #offset = 0
  #full = false
  #anchor = Number.NaN
  #money = 0
  #traded = 0

  constructor(period: number) {
    this.#period = period
    this.#prices = new Float64Array(period)
    this.#volumes = new Float64Array(period)
    this.#suffixMoney = new Float64Array(period)
    this.#suffixVolumes = new Float64Array(period)
  }

  push(price: number, volume: number): number {
    if (this.#offset === this.#period) this.#offset = 0
    if (this.#offset === 0) this.#startBlock(price)
    const offset = this.#offset++
    this.#prices[offset] = price
    this.#volumes[offset] = volume
    this.#money += (price - this.#anchor) * volume
    this.#traded += volume
    if (this.#offset === this.#period) this.#full = true
    if (!this.#full) return Number.NaN
    return this.#anchor + (this.#suffixMoney[offset]! + this.#money) / (this.#suffixVolumes[offset]! + this.#traded)
  }

  #startBlock(anchor: number): void {
    this.#anchor = anchor
    this.#money = this.#traded = 0
    if (!this.#full) return
    let money = 0
    let traded = 0
    for (let offset = this.#period - 1; offset > 0; offset--) {
      money += (this.#prices[offset]! - anchor) * this.#volumes[offset]!
      traded += this.#volumes[offset]!
      this.#suffixMoney[offset - 1] = money
      this.#suffixVolumes[offset - 1] = traded
    }
  }
}

function priceAndVolume(bars: VwapBars, owner: string): { price: Float64Array; volume: Float64Array } {
  const volume = barColumn(bars, 'volume', owner)
  const price = typicalColumn(bars, owner, (length) => scratchColumn(0, length))
  checkSameLength(owner, { price, volume })
  return { price, volume }
}
