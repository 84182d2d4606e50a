import { splits } from './indicators/splits.ts'
import type { BarColumns } from './market.ts'

/**
 * The bars with what was before each split put in today's shares: prices divided, volumes multiplied by its ratio. The last
 * bar stays as it was traded, so levels computed from the result can be ordered at. The bars themselves where there is
 * no split to see; which jumps count as splits: see `ta.splits`.
 * @param bars columns, oldest first; not changed
 */
export function splitAdjusted(bars: BarColumns): BarColumns {
  const ratios = splits(bars)
  const first = ratios.findLastIndex((ratio) => ratio !== 1)
  if (first < 0) return bars
  const { length, date } = bars
  const adjusted = {
    open: bars.open.slice(),
    high: bars.high.slice(),
    low: bars.low.slice(),
    close: bars.close.slice(),
    volume: bars.volume.slice(),
  }
  let factor = 1
  for (let index = first; index > 0; index--) {
    factor *= ratios[index]!
    adjusted.open[index - 1]! /= factor
    adjusted.high[index - 1]! /= factor
    adjusted.low[index - 1]! /= factor
    adjusted.close[index - 1]! /= factor
    adjusted.volume[index - 1]! *= factor
  }
  return { length, date, ...adjusted }
}
