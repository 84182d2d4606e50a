import type { SymbolBars } from '../../../../sdk/market.ts'
import { marketInstant } from '../../../../sdk/options/time.ts'
import type { SymbolFacts } from '../market.ts'
import { streamOf } from '../random.ts'

/** What articles are about, and what the two numbers of a story are. Gaps and moves are fractions. */
export const STORY = {
  /** Gap; calendar quarter that is reported on, 1 to 4. */
  report: 0,
  /** Gap; place among the causes. */
  gap: 1,
  /** Volume over the usual; move of the session. */
  volume: 2,
  /** Place among the banks; price target in dollars. */
  upgrade: 3,
  downgrade: 4,
} as const

/** A story, and when it is out. */
export interface NewsEvent {
  /** Epoch milliseconds. */
  readonly published: number
  /** Tells stories of one instant apart. Whole number below 2^48. */
  readonly tie: number
  readonly kind: number
  readonly first: number
  readonly second: number
}

const WIDTH = 5
const GAP = 0.03
/** Gaps of restless symbols are no news before they reach so many of their own deviations. */
const GAP_DEVIATIONS = 1.5
const VOLUME_RATIO = 3
const VOLUME_SESSIONS = 20
const NOTE_CHANCE = 0.015
/** Minutes of New York's day: reports and notes before the open, what volume a session had only after its close. */
const BEFORE_OPEN = { from: 7 * 60, to: 9 * 60 + 15 }
const AFTER_CLOSE = { from: 16 * 60 + 5, to: 16 * 60 + 40 }
export const CAUSES = ['a contract with a large customer', 'a trading update', 'talk of a takeover', 'a change of management', 'a regulator’s decision', 'a product announcement'] as const
export const BANKS = ['Northgate Securities', 'Harbor & Pike', 'Alder Research', 'Quayside Capital', 'Meridian Bank'] as const

/** The stories of one symbol, oldest first, as one row of numbers: those of a whole market stay in memory. */
export class SymbolEvents {
  readonly #rows: Float64Array

  constructor(events: readonly NewsEvent[]) {
    this.#rows = Float64Array.from(events.flatMap(({ published, tie, kind, first, second }) => [published, tie, kind, first, second]))
  }

  get length(): number {
    return this.#rows.length / WIDTH
  }

  at(place: number): NewsEvent {
    const [published, tie, kind, first, second] = this.#rows.subarray(place * WIDTH, (place + 1) * WIDTH)
    return { published: published!, tie: tie!, kind: kind!, first: first!, second: second! }
  }

  /** Place of the first story that is out at an instant or later. */
  from(instant: number): number {
    let [low, high] = [0, this.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#rows[middle * WIDTH]! < instant) low = middle + 1
      else high = middle
    }
    return low
  }
}

/**
 * The stories of one symbol. Each follows from the bars that are there anyway: reports on the sessions that open on one,
 * gaps on sessions that open well off the close before, volume after sessions with much of it, and notes of analysts now
 * and then, in the direction of the open to come.
 */
export function eventsOf(seed: number, { day, open, close, volume }: SymbolBars, facts: SymbolFacts): SymbolEvents {
  const random = streamOf(seed, `/news/${facts.symbol}`)
  const reports = new Set(facts.earnings)
  const splits = new Set(facts.splits.map((split) => split.day))
  const least = Math.max(GAP, GAP_DEVIATIONS * facts.deviation)
  const events: NewsEvent[] = []
  let sum = 0
  for (let i = 0; i < day.length; i++) {
    // As many draws for each session, so that one story does not change the next.
    const [early, late, second, chance, choice, reach, tie] = [random.uniform(), random.uniform(), random.below(60), random.uniform(), random.next(), random.uniform(), random.next()]
    const at = ({ from, to }: typeof BEFORE_OPEN, share: number): number => marketInstant(day[i]!, Math.floor(from + share * (to - from))) + second * 1000
    const usual = sum / VOLUME_SESSIONS
    sum += volume[i]! - (i >= VOLUME_SESSIONS ? volume[i - VOLUME_SESSIONS]! : 0)
    // The prices on both sides of a split are not to be compared.
    if (i === 0 || splits.has(day[i]!)) continue
    const gap = open[i]! / close[i - 1]! - 1
    if (reports.has(day[i]!)) events.push({ published: at(BEFORE_OPEN, early), tie, kind: STORY.report, first: gap, second: quarterBefore(day[i]!) })
    else if (Math.abs(gap) >= least) events.push({ published: at(BEFORE_OPEN, early), tie, kind: STORY.gap, first: gap, second: choice % CAUSES.length })
    if (chance < NOTE_CHANCE && facts.kind === 'stock') {
      const isUpgrade = gap >= 0
      const target = Math.max(1, Math.round(close[i - 1]! * (isUpgrade ? 1.08 + 0.2 * reach : 0.92 - 0.2 * reach)))
      events.push({ published: at(BEFORE_OPEN, late), tie: tie + 1, kind: isUpgrade ? STORY.upgrade : STORY.downgrade, first: choice % BANKS.length, second: target })
    }
    if (i >= VOLUME_SESSIONS && usual > 0 && volume[i]! >= VOLUME_RATIO * usual) {
      events.push({ published: at(AFTER_CLOSE, late), tie: tie + 2, kind: STORY.volume, first: volume[i]! / usual, second: close[i]! / close[i - 1]! - 1 })
    }
  }
  return new SymbolEvents(events.sort((a, b) => a.published - b.published || a.tie - b.tie))
}

/** The calendar quarter that ended before a day. */
function quarterBefore(day: number): number {
  return Math.floor(new Date(day * 86_400_000).getUTCMonth() / 3) || 4
}
