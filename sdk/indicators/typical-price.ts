import type { BarsWith } from './input.ts'
import { highLowClose } from './true-range.ts'

/** Typical price, (high + low + close) / 3, of every bar; NaN where one of the three is. */
export function typicalPrice(bars: BarsWith<'high' | 'low' | 'close'>): Float64Array {
  return typicalColumn(bars, 'typicalPrice')
}

/** `typicalPrice` on behalf of the indicator that messages should name. @param newColumn makes the column that it goes to */
export function typicalColumn(
  bars: BarsWith<'high' | 'low' | 'close'>,
  owner: string,
  newColumn = (length: number) => new Float64Array(length),
): Float64Array {
  const { high, low, close } = highLowClose(bars, owner)
  const output = newColumn(high.length)
  for (let index = 0; index < output.length; index++) output[index] = typicalOf(high[index]!, low[index]!, close[index]!)
  return output
}

/** Typical price of one bar. */
export function typicalOf(high: number, low: number, close: number): number {
  return (high + low + close) / 3
}
