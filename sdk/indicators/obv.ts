import { barColumn, checkSameLength, type BarsWith, type Stream } from './input.ts'

/**
 * On-balance volume: starts at 0, adds the volume of a bar that closes higher and takes that of one that closes lower
 * (J. Granville). A bar with a missing close or volume is NaN and left out: the total goes on after it, and the next
 * close is compared with the last one known.
 * @param bars columns or bars with close and volume, oldest first
 */
export function obv(bars: BarsWith<'close' | 'volume'>): Float64Array {
  const close = barColumn(bars, 'close', 'obv')
  const volume = barColumn(bars, 'volume', 'obv')
  checkSameLength('obv', { close, volume })
  const output = new Float64Array(close.length)
  let total = 0
  let previous = Number.NaN
  for (let index = 0; index < output.length; index++) {
    const value = close[index]!
    const traded = volume[index]!
    if (value - value !== 0 || traded - traded !== 0) {
      output[index] = Number.NaN
      continue
    }
    if (value > previous) total += traded
    else if (value < previous) total -= traded
    previous = value
    output[index] = total
  }
  return output
}

/** `obv` one bar at a time. */
export function obvStream(): Stream<{ readonly close: number; readonly volume: number }> {
  let total = 0
  let previous = Number.NaN
  return {
    next({ close, volume }) {
      if (close - close !== 0 || volume - volume !== 0) return Number.NaN
      if (close > previous) total += volume
      else if (close < previous) total -= volume
      previous = close
      return total
    },
  }
}
