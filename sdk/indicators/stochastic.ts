import { highestStream, lowestStream, windowMaxima, windowMinima } from './extremes.ts'
import { checkPeriod, type BarsWith, type Stream } from './input.ts'
import { scratchColumn } from './scratch.ts'
import { sma, smaStream } from './sma.ts'
import { highLowClose, type HighLowClose } from './true-range.ts'

/** Stochastic oscillator: %K and its average %D. */
export interface Stochastic<Value = Float64Array> {
  k: Value
  d: Value
}

/**
 * Stochastic oscillator, 0 to 100 (G. Lane): %K is `100 × (close - lowest low) / (highest high - lowest low)` over `period`
 * bars, averaged over `smoothing` bars; %D is the simple average of %K over `signal` bars. With `smoothing` 1 (the
 * default) the fast, with 3 the slow stochastic. %K is first at index `period + smoothing - 2`, %D `signal - 1` later.
 * Undefined (NaN) where the range is zero; NaN in every window that holds a NaN.
 * @param bars columns or bars with high, low and close, oldest first
 * @param period, signal, smoothing whole numbers from 1 to 1,000,000, else RangeError
 */
export function stochastic(bars: BarsWith<'high' | 'low' | 'close'>, period = 14, signal = 3, smoothing = 1): Stochastic {
  checkPeriods('stochastic', period, signal, smoothing)
  const { high, low, close } = highLowClose(bars, 'stochastic')
  const raw = windowMaxima(high, period, smoothing === 1 ? undefined : scratchColumn(0, high.length))
  const lows = windowMinima(low, period, scratchColumn(1, low.length))
  for (let index = 0; index < raw.length; index++) raw[index] = positionInRange(close[index]!, raw[index]!, lows[index]!)
  const k = smoothing === 1 ? raw : sma(raw, smoothing)
  return { k, d: sma(k, signal) }
}

/** `stochastic` one bar at a time. */
export function stochasticStream(period = 14, signal = 3, smoothing = 1): Stream<HighLowClose, Stochastic<number>> {
  checkPeriods('stochasticStream', period, signal, smoothing)
  const highs = highestStream(period)
  const lows = lowestStream(period)
  const kAverage = smoothing === 1 ? null : smaStream(smoothing)
  const dAverage = smaStream(signal)
  return {
    next({ high, low, close }) {
      const raw = positionInRange(close, highs.next(high), lows.next(low))
      const k = kAverage === null ? raw : kAverage.next(raw)
      return { k, d: dAverage.next(k) }
    },
  }
}

function positionInRange(close: number, highestHigh: number, lowestLow: number): number {
  const range = highestHigh - lowestLow
  return range === 0 ? Number.NaN : 100 * ((close - lowestLow) / range)
}

function checkPeriods(owner: string, period: number, signal: number, smoothing: number): void {
  checkPeriod(period, owner)
  checkPeriod(signal, owner, 'signal')
  checkPeriod(smoothing, owner, 'smoothing')
}
