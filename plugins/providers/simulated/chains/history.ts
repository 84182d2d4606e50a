import type { SymbolBars } from '../../../../sdk/market.ts'

/** `to` new shares for `from` old ones, in force from the open of `day`. */
export interface Split {
  readonly day: number
  readonly to: number
  readonly from: number
}

/** A split whose jump the bars do not show was none of theirs. */
const JUMP_TOLERANCE = 2.6

/** The bars up to and with `day`, as views of the same columns. */
export function barsUpTo(bars: SymbolBars, day: number): SymbolBars {
  const length = countUpTo(bars.day, day)
  if (length === bars.day.length) return bars
  return {
    symbol: bars.symbol,
    day: bars.day.subarray(0, length),
    open: bars.open.subarray(0, length),
    high: bars.high.subarray(0, length),
    low: bars.low.subarray(0, length),
    close: bars.close.subarray(0, length),
    volume: bars.volume.subarray(0, length),
  }
}

/** The splits that the bars show, oldest first. */
export function splitsOf(bars: SymbolBars, candidates: readonly Split[]): Split[] {
  return candidates.filter(({ day, to, from }) => {
    const at = countUpTo(bars.day, day - 1)
    if (at === 0 || at === bars.day.length) return false
    const jump = (bars.open[at]! / bars.close[at - 1]!) * (to / from)
    return jump > 1 / JUMP_TOLERANCE && jump < JUMP_TOLERANCE && Math.abs(Math.log(jump)) < Math.abs(Math.log(jump * (from / to)))
  })
}

/** The last closes, at most `count`, in the share count of the last one; oldest first. */
export function adjustedCloses(bars: SymbolBars, splits: readonly Split[], count: number): Float64Array {
  const closes = bars.close.slice(-count)
  const first = bars.day.length - closes.length
  for (const { day, to, from } of splits) {
    const at = countUpTo(bars.day, day - 1)
    for (let index = first; index < at; index++) closes[index - first]! *= from / to
  }
  return closes
}

/** How many of the ascending days are at or before `day`. */
export function countUpTo(days: Int32Array, day: number): number {
  let low = 0
  let high = days.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (days[middle]! <= day) low = middle + 1
    else high = middle
  }
  return low
}
