import { barColumn, checkSameLength, type BarsWith, type Stream } from './input.ts'

/**
 * Opening gap as a decimal: `open / previous close - 1` (0.03 is 3% up), from index 1.
 * Undefined (NaN) where the previous close is 0 or either price is missing.
 * @param bars columns or bars with open and close, oldest first
 */
export function gaps(bars: BarsWith<'open' | 'close'>): Float64Array {
  const open = barColumn(bars, 'open', 'gaps')
  const close = barColumn(bars, 'close', 'gaps')
  checkSameLength('gaps', { open, close })
  const output = new Float64Array(open.length)
  let previous = Number.NaN
  for (let index = 0; index < output.length; index++) {
    output[index] = gapOf(open[index]!, previous)
    previous = close[index]!
  }
  return output
}

/** `gaps` one bar at a time. */
export function gapsStream(): Stream<{ readonly open: number; readonly close: number }> {
  let previous = Number.NaN
  return {
    next({ open, close }) {
      const gap = gapOf(open, previous)
      previous = close
      return gap
    },
  }
}

function gapOf(open: number, previousClose: number): number {
  return previousClose === 0 ? Number.NaN : open / previousClose - 1
}
