import { barColumn, checkSameLength } from './indicators/input.ts'
import type { Bar, BarColumns } from './market.ts'

/**
 * Bar objects as columns, oldest first as they came. Missing numbers (null, undefined) become NaN.
 * Throws TypeError where a bar lacks a field or holds something else than a number, or than text for the date.
 */
export function barsToColumns(bars: readonly Bar[]): BarColumns {
  if (!Array.isArray(bars)) throw new TypeError('barsToColumns: bars must be an array of bars')
  const columns = {
    length: bars.length,
    date: bars.map((bar, index) => dateOf(bar, index)),
    open: barColumn(bars, 'open', 'barsToColumns'),
    high: barColumn(bars, 'high', 'barsToColumns'),
    low: barColumn(bars, 'low', 'barsToColumns'),
    close: barColumn(bars, 'close', 'barsToColumns'),
    volume: barColumn(bars, 'volume', 'barsToColumns'),
  }
  return columns
}

/** Columns as bar objects. Throws RangeError where the columns differ in length. */
export function columnsToBars(columns: BarColumns): Bar[] {
  const { date, open, high, low, close, volume } = columns
  checkSameLength('columnsToBars', { open, high, low, close, volume })
  if (date.length !== open.length) {
    throw new RangeError(`columnsToBars: date has ${date.length} values and open has ${open.length}; they must be of one length`)
  }
  return date.map((day, index) => ({
    date: day,
    open: open[index]!,
    high: high[index]!,
    low: low[index]!,
    close: close[index]!,
    volume: volume[index]!,
  }))
}

function dateOf(bar: unknown, index: number): string {
  const date = (bar as Partial<Bar> | null | undefined)?.date
  if (typeof date !== 'string') throw new TypeError(`barsToColumns: bars[${index}].date must be text such as 2026-11-20`)
  return date
}
