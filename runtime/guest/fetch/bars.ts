import { listPush, MathFloor, newList } from '../language/intrinsics.ts'
import { dateOf, dayOf, weekday } from './days.ts'
import type { GuestBars } from './types.ts'

/** Half-open range of positions in a symbol's bars. */
export interface BarRange {
  readonly start: number
  readonly end: number
}

/** Positions of the bars from one day to another, both included. */
export function barRange(bars: GuestBars, fromDay: number, toDay: number): BarRange {
  const start = lowerBound(bars, fromDay)
  const end = lowerBound(bars, toDay + 1)
  return { start, end: end < start ? start : end }
}

/** Position of the first bar on or after a day. */
export function lowerBound({ day, length }: GuestBars, wanted: number): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((day[middle] as number) < wanted) low = middle + 1
    else high = middle
  }
  return low
}

/** Position of the bar of a day, -1 without one. */
export function barAt(bars: GuestBars, day: number): number {
  const position = lowerBound(bars, day)
  return position < bars.length && bars.day[position] === day ? position : -1
}

export type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year'

/** One bar over one or more sessions; `day` is the first calendar day of its window, `last` its last session. */
export interface Aggregate {
  readonly day: number
  last: number
  readonly open: number
  high: number
  low: number
  close: number
  volume: number
  /** Sessions in it. */
  count: number
}

/** A number that is the same for all days of a window of the unit, counting windows up. */
function windowOf(unit: Unit, day: number, weekStart: number): number {
  if (unit === 'day') return day
  if (unit === 'week') return MathFloor((day + 4 - weekStart) / 7)
  const { year, month } = dateOf(day)
  if (unit === 'month') return year * 12 + month - 1
  return unit === 'quarter' ? year * 4 + MathFloor((month - 1) / 3) : year
}

function windowStart(unit: Unit, window: number, weekStart: number): number {
  if (unit === 'day') return window
  if (unit === 'week') return window * 7 - 4 + weekStart
  const months = unit === 'month' ? window : unit === 'quarter' ? window * 3 : window * 12
  return dayOf(MathFloor(months / 12), (months % 12) + 1, 1)
}

/** First day of the window that holds a day. `weekStart` is 0 for weeks from Sunday, 1 from Monday. */
export function startOfWindow(unit: Unit, day: number, weekStart: number): number {
  return windowStart(unit, windowOf(unit, day, weekStart), weekStart)
}

/** Last day of the window that holds a day. */
export function endOfWindow(unit: Unit, day: number, weekStart: number): number {
  return windowStart(unit, windowOf(unit, day, weekStart) + 1, weekStart) - 1
}

/** Bars over windows of `multiplier` units, counted from the window of the first bar, oldest first. */
export function aggregate(bars: GuestBars, range: BarRange, unit: Unit, multiplier: number, weekStart: number): Aggregate[] {
  const list = newList<Aggregate>()
  if (range.start >= range.end) return list
  const origin = windowOf(unit, bars.day[range.start] as number, weekStart)
  let current: Aggregate | null = null
  let currentGroup = -1
  for (let i = range.start; i < range.end; i++) {
    const day = bars.day[i] as number
    const group = MathFloor((windowOf(unit, day, weekStart) - origin) / multiplier)
    const high = bars.high[i] as number
    const low = bars.low[i] as number
    if (current === null || group !== currentGroup) {
      currentGroup = group
      current = {
        day: windowStart(unit, origin + group * multiplier, weekStart), last: day, open: bars.open[i] as number,
        high, low, close: bars.close[i] as number, volume: bars.volume[i] as number, count: 1,
      }
      listPush(list, current)
      continue
    }
    if (high > current.high) current.high = high
    if (low < current.low) current.low = low
    current.close = bars.close[i] as number
    current.volume += bars.volume[i] as number
    current.last = day
    current.count++
  }
  return list
}

/** Mean volume of the last `sessions` bars, 0 without any. */
export function averageVolume(bars: GuestBars, sessions: number): number {
  const start = bars.length > sessions ? bars.length - sessions : 0
  let sum = 0
  for (let i = start; i < bars.length; i++) sum += bars.volume[i] as number
  return bars.length === start ? 0 : sum / (bars.length - start)
}

/** Highest high and lowest low of the year up to the last bar. */
export function yearExtremes(bars: GuestBars): { high: number; low: number } {
  const { start, end } = barRange(bars, (bars.day[bars.length - 1] as number) - 364, Infinity)
  let high = -Infinity
  let low = Infinity
  for (let i = start; i < end; i++) {
    if ((bars.high[i] as number) > high) high = bars.high[i] as number
    if ((bars.low[i] as number) < low) low = bars.low[i] as number
  }
  return { high, low }
}

/** True on Saturdays and Sundays. */
export const isWeekend = (day: number) => weekday(day) === 0 || weekday(day) === 6
