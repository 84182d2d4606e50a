import { barColumn, checkSameLength, type BarsWith, type Stream } from './input.ts'

/** Shares after for shares before, of splits as companies make them; reverse splits are the inverse of a whole one. */
const USUAL_RATIOS = [1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100]
/** How far the open may lie off the ratio: a split stock trades on as it was, but for a day's news. */
const OPEN_TOLERANCE = 0.04
/** The close must still agree, or the open was a bad print. */
const CLOSE_TOLERANCE = 0.25
/** Sessions that the usual turnover is the mean of. */
const TURNOVER_WINDOW = 20
/**
 * A split leaves the money that changes hands as it was; a crash or a takeover multiplies it. Seen over a year of the US
 * market: splits of traded stocks 0.4 to 1.8 times the mean of the sessions before, crashes of a third or more 3 to 80 times.
 */
const TURNOVER_RANGE = { from: 0.2, to: 2.5 }

/**
 * Where the bars look as if the stock was split: the ratio (2 for two-for-one, 0.1 for one-for-ten) at the first bar at the
 * new price, 1 everywhere else. Judged from the prices as traded: the open jumps by a usual ratio (within 4%), the close
 * agrees, and the turnover in dollars is as before. Spin-offs and special dividends are none; a bar whose volume or price
 * is missing is none.
 * @param bars columns or bars with open, close and volume, oldest first
 */
export function splits(bars: BarsWith<'open' | 'close' | 'volume'>): Float64Array {
  const open = barColumn(bars, 'open', 'splits')
  const close = barColumn(bars, 'close', 'splits')
  const volume = barColumn(bars, 'volume', 'splits')
  checkSameLength('splits', { open, close, volume })
  const output = new Float64Array(open.length).fill(1)
  for (let index = 1; index < output.length; index++) output[index] = splitRatioAt({ open, close, volume }, index)
  return output
}

/** The ratio of the split that one bar shows, 1 for none; calls nothing that a script could have replaced. */
export function splitRatioAt({ open, close, volume }: { readonly open: Float64Array; readonly close: Float64Array; readonly volume: Float64Array }, index: number): number {
  const ratio = ratioAt(close[index - 1]!, open[index]!, close[index]!)
  if (ratio === 1) return 1
  let money = 0
  let sessions = 0
  for (let before = index > TURNOVER_WINDOW ? index - TURNOVER_WINDOW : 0; before < index; before++) {
    const traded = close[before]! * volume[before]!
    if (traded - traded !== 0) continue
    money += traded
    sessions++
  }
  return isUsualTurnover(close[index]! * volume[index]!, money / sessions) ? ratio : 1
}

/** `splits` one bar at a time. */
export function splitsStream(): Stream<{ readonly open: number; readonly close: number; readonly volume: number }> {
  const turnover = new Turnover()
  let previous = Number.NaN
  return {
    next({ open, close, volume }) {
      const ratio = ratioAt(previous, open, close)
      const output = ratio !== 1 && turnover.isUsual(close * volume) ? ratio : 1
      turnover.push(close * volume)
      previous = close
      return output
    },
  }
}

/** The ratio that the prices speak for, 1 where they speak for none. */
function ratioAt(before: number, open: number, close: number): number {
  const jump = before / open
  // Nearly every bar ends here.
  if (!(jump > 1.4 || jump < 0.7)) return 1
  const ratio = usualRatio(jump)
  return ratio !== null && within(before / close, ratio, CLOSE_TOLERANCE) ? ratio : 1
}

/** Dollars a session over the last sessions, those with missing numbers left out. */
class Turnover {
  readonly #values: number[] = []

  push(value: number): void {
    if (this.#values.length === TURNOVER_WINDOW) this.#values.shift()
    this.#values.push(value)
  }

  /** Whether a session's dollars are about the mean of those before; false where there is none. */
  isUsual(value: number): boolean {
    let money = 0
    let sessions = 0
    for (const traded of this.#values) {
      if (traded - traded !== 0) continue
      money += traded
      sessions++
    }
    return isUsualTurnover(value, money / sessions)
  }
}

/** Whether a session's dollars are about the mean of those before; false where there is no mean. */
function isUsualTurnover(value: number, mean: number): boolean {
  const part = value / mean
  return part >= TURNOVER_RANGE.from && part <= TURNOVER_RANGE.to
}

function usualRatio(jump: number): number | null {
  for (let i = 0; i < USUAL_RATIOS.length; i++) {
    const factor = USUAL_RATIOS[i]!
    if (!within(jump > 1 ? jump : 1 / jump, factor, OPEN_TOLERANCE)) continue
    if (jump > 1) return factor
    return factor % 1 === 0 ? 1 / factor : null
  }
  return null
}

function within(value: number, aim: number, tolerance: number): boolean {
  const off = value / aim - 1
  return off <= tolerance && off >= -tolerance
}
