import { ema, emaInto, emaStream } from './ema.ts'
import { checkPeriod, toColumn, type NumericColumn, type Stream } from './input.ts'

/** MACD, its signal line and their difference. */
export interface Macd<Value = Float64Array> {
  macd: Value
  signal: Value
  histogram: Value
}

/**
 * Moving average convergence/divergence: EMA(fast) - EMA(slow), its EMA(signal), and the difference of the two (G. Appel).
 * Every average is seeded by the simple average at its own start, as in StockCharts: with 12, 26, 9 the line is first at
 * index 25, the signal and the histogram at index 33. (TA-Lib starts the fast average where the slow one starts.)
 * A missing value (NaN or infinite) gives NaN there and starts the averages anew with the values after it.
 * @param values series, oldest first
 * @param fast, slow, signal periods, whole numbers from 1 to 1,000,000, else RangeError
 */
export function macd(values: NumericColumn, fast = 12, slow = 26, signal = 9): Macd {
  checkPeriods('macd', fast, slow, signal)
  const input = toColumn(values, 'macd')
  const line = ema(input, fast)
  const slowAverage = ema(input, slow)
  for (let index = 0; index < line.length; index++) line[index]! -= slowAverage[index]!
  const signalLine = new Float64Array(line.length)
  emaInto(line, signal, signalLine)
  // The slow average is done with: its memory becomes the histogram.
  const histogram = slowAverage
  for (let index = 0; index < line.length; index++) histogram[index] = line[index]! - signalLine[index]!
  return { macd: line, signal: signalLine, histogram }
}

/** `macd` one value at a time. */
export function macdStream(fast = 12, slow = 26, signal = 9): Stream<number, Macd<number>> {
  checkPeriods('macdStream', fast, slow, signal)
  const fastAverage = emaStream(fast)
  const slowAverage = emaStream(slow)
  const signalAverage = emaStream(signal)
  return {
    next(value) {
      const line = fastAverage.next(value) - slowAverage.next(value)
      const signalValue = signalAverage.next(line)
      return { macd: line, signal: signalValue, histogram: line - signalValue }
    },
  }
}

function checkPeriods(owner: string, fast: number, slow: number, signal: number): void {
  checkPeriod(fast, owner, 'fast')
  checkPeriod(slow, owner, 'slow')
  checkPeriod(signal, owner, 'signal')
}
