import type { SymbolBars } from '../../../sdk/market.ts'
import type { RelativePath } from './path.ts'
import type { Profile } from './profile.ts'
import { streamOf, type RandomStream } from './random.ts'

/** `to` shares for each `from`; the session `index` is the first at the new share count. */
export interface SplitAt {
  readonly index: number
  readonly to: number
  readonly from: number
}

const FORWARD: readonly (readonly [number, number])[] = [[2, 1], [2, 1], [2, 1], [3, 1], [3, 2], [4, 1], [5, 1], [10, 1], [20, 1]]
const REVERSE: readonly (readonly [number, number])[] = [[1, 4], [1, 5], [1, 8], [1, 10], [1, 10], [1, 15], [1, 20], [1, 25], [1, 40]]
/** Chances in five years that a symbol whose price allows it splits, as number of tries. */
const SPLIT_TRIES = 3
const SPAN_OF_TRIES = 1260
/** Companies split after a year's rise, and fold shares together after a year's fall. */
const RUN_SESSIONS = 252
const LARGEST_VOLUME = 2e9
/** Shares a day at which a session without a trade becomes likely. */
const THIN_VOLUME = 1500

/**
 * Splits of a symbol, latest first. The path is walked backwards from its known last price, and a drawn split counts
 * where the prices on both sides of it are such as companies split at.
 */
export function findSplits(seed: number, profile: Profile, path: RelativePath): SplitAt[] {
  if (profile.kind === 'fund') return []
  const random = streamOf(seed, `/splits/${profile.symbol}`)
  const span = profile.last - profile.first - 2
  const tries = drawTries(random, profile, span)
  const level = profile.lastPrice / path.close[profile.last]!
  const splits: SplitAt[] = []
  let factor = 1
  for (const { index, forward, reverse } of tries) {
    if (isHalted(profile, index) || splits.some((split) => split.index - index < 60)) continue
    const after = level * path.open[index]! * factor
    const yearBefore = path.close[Math.max(index - RUN_SESSIONS, profile.first)]!
    const run = path.open[index]! / yearBefore
    const split = run >= 1.4 && isForward(after, forward) ? forward : run <= 0.7 && isReverse(after, reverse) ? reverse : null
    if (!split) continue
    splits.push({ index, to: split[0], from: split[1] })
    factor *= split[0] / split[1]
  }
  return splits
}

function drawTries(random: RandomStream, profile: Profile, span: number) {
  const tries: { index: number; forward: readonly [number, number]; reverse: readonly [number, number] }[] = []
  for (let count = 0; count < SPLIT_TRIES; count++) {
    const counts = random.uniform() * SPAN_OF_TRIES < span
    const index = profile.first + 1 + random.below(Math.max(span, 1))
    const forward = FORWARD[random.below(FORWARD.length)]!
    const reverse = REVERSE[random.below(REVERSE.length)]!
    if (counts) tries.push({ index, forward, reverse })
  }
  return tries.sort((one, other) => other.index - one.index)
}

function isForward(after: number, [to, from]: readonly [number, number]): boolean {
  const before = (after * to) / from
  return after >= 45 && before >= 180 && before <= 4000
}

function isReverse(after: number, [to, from]: readonly [number, number]): boolean {
  const before = (after * to) / from
  return after >= 1.5 && after <= 30 && before >= 0.05 && before <= 1.1
}

/** Bars as traded: prices in dollars rounded to cents (to hundredths of a cent below $1), whole shares, no bar in a halt. */
export function tradedBars(profile: Profile, path: RelativePath, splits: readonly SplitAt[], sessions: Int32Array): SymbolBars {
  const { first, last, halts } = profile
  const length = last - first + 1 - halts.reduce((sum, [from, to]) => sum + to - from + 1, 0)
  const bars = {
    symbol: profile.symbol,
    day: new Int32Array(length),
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    volume: new Float64Array(length),
  }
  const oldestFirst = [...splits].reverse()
  let factor = oldestFirst.reduce((product, { to, from }) => product * (to / from), 1)
  let level = (profile.lastPrice / path.close[last]!) * factor
  let nextSplit = 0
  let nextHalt = 0
  let at = 0
  for (let index = first; index <= last; index++) {
    const splitsToday = oldestFirst[nextSplit]?.index === index
    if (splitsToday) {
      nextSplit++
      factor = oldestFirst.slice(nextSplit).reduce((product, { to, from }) => product * (to / from), 1)
      level = (profile.lastPrice / path.close[last]!) * factor
    }
    const halt = halts[nextHalt]
    if (halt && index >= halt[0]) {
      if (index === halt[1]) nextHalt++
      continue
    }
    bars.day[at] = sessions[index]!
    const usual = profile.volume / factor
    const busy = usual / (usual + THIN_VOLUME)
    const isIdle = path.idleness[index]! < (1 - busy) * (1 - busy) && at > 0 && !splitsToday
    if (isIdle) {
      const previous = bars.close[at - 1]!
      bars.open[at] = bars.high[at] = bars.low[at] = bars.close[at] = previous
    } else {
      bars.open[at] = roundPrice(path.open[index]! * level)
      bars.high[at] = roundPrice(path.high[index]! * level)
      bars.low[at] = roundPrice(path.low[index]! * level)
      bars.close[at] = roundPrice(path.close[index]! * level)
      bars.volume[at] = Math.max(Math.floor(Math.min(usual * path.activity[index]!, LARGEST_VOLUME)), 1)
    }
    at++
  }
  return bars
}

/** To the tick of the exchange: a cent from $1 on, a hundredth of a cent below (SEC Rule 612). Keeps the order of prices. */
function roundPrice(price: number): number {
  if (price >= 1) return Math.floor(price * 100 + 0.5) / 100
  return Math.max(Math.floor(price * 10_000 + 0.5), 1) / 10_000
}

function isHalted(profile: Profile, index: number): boolean {
  return profile.halts.some(([from, to]) => index >= from && index <= to + 1)
}
