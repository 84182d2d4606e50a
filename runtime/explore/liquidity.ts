import { LIQUIDITY_CLASSES, type Horizon, type LiquidityClass } from './row.ts'

/** Bounds of the classes Excellent, Good, Acceptable and Thin; what is beyond the last is Illiquid. */
type Bounds = readonly [number, number, number, number]

/** Thresholds by horizon. No authority gives any, so they are settings. */
export interface LiquidityThresholds {
  /** Widest spread as a fraction of the middle. */
  readonly spread: Readonly<Record<Horizon, Bounds>>
  /** Least open interest in contracts; a fifth of it in contracts traded today counts as much. */
  readonly openInterest: Readonly<Record<Horizon, Bounds>>
}

/** What is graded: one contract, or a position by its package quote and its smallest leg. */
export interface LiquidityFacts {
  /** `(ask - bid) / mid`, null without a two-sided quote. */
  readonly spreadPct: number | null
  /** `ask - bid` in dollars per share. */
  readonly spread: number | null
  readonly openInterest: number | null
  readonly volume: number | null
}

export interface LiquidityGrade {
  readonly class: LiquidityClass
  /** Why, with the numbers and the bounds that were applied. */
  readonly context: string
}

const ILLIQUID = LIQUIDITY_CLASSES.indexOf('Illiquid')
const THIN = LIQUIDITY_CLASSES.indexOf('Thin')
const ACCEPTABLE = LIQUIDITY_CLASSES.indexOf('Acceptable')

/** Made once: a formatter takes longer to make than a grade. */
const GROUPED = new Intl.NumberFormat('en-US')

/** A quote no wider than this is as narrow as most series are allowed to be quoted, however cheap the contract. */
const ONE_TICK = 0.05 + 1e-9

/**
 * Grades how well a contract or position can be traded, in the context of horizon and price.
 *
 * The class is the worse of two: that of the spread, and that of the interest (the better of open interest and volume;
 * one class lower where nothing traded today, except for LEAPs, where that is usual). A spread of Acceptable or better
 * is at worst Thin, whatever the interest. Above $500 (and again above $1,000) wider spreads and less interest are
 * normal, and the bounds give way. Unknown interest counts as Acceptable at best.
 */
export function gradeLiquidity(facts: LiquidityFacts, horizon: Horizon, spot: number, thresholds: LiquidityThresholds): LiquidityGrade {
  const { width, interest } = priceContext(spot)
  const spreadBounds = thresholds.spread[horizon].map((bound) => bound * width)
  const interestBounds = thresholds.openInterest[horizon].map((bound) => Math.ceil(bound * interest))
  const bySpread = classOfSpread(facts, spreadBounds)
  const byInterest = classOfInterest(facts, interestBounds, horizon)
  const worse = Math.max(bySpread, byInterest)
  const index = bySpread <= ACCEPTABLE ? Math.min(worse, THIN) : worse
  const grade = LIQUIDITY_CLASSES[index]!
  return { class: grade, context: `${grade} for ${horizon}: ${describeSpread(facts, spreadBounds, bySpread)}; ${describeInterest(facts, interestBounds, byInterest)}` }
}

/** True where `one` is the better class. */
export function isBetter(one: LiquidityClass, other: LiquidityClass): boolean {
  return LIQUIDITY_CLASSES.indexOf(one) < LIQUIDITY_CLASSES.indexOf(other)
}

function priceContext(spot: number): { width: number; interest: number } {
  if (spot > 1_000) return { width: 1.5, interest: 1 / 3 }
  if (spot > 500) return { width: 1.25, interest: 1 / 2 }
  return { width: 1, interest: 1 }
}

function classOfSpread({ spreadPct, spread }: LiquidityFacts, bounds: readonly number[]): number {
  if (spreadPct === null || spreadPct < 0) return ILLIQUID
  const index = bounds.findIndex((bound) => spreadPct <= bound)
  const byFraction = index === -1 ? ILLIQUID : index
  return spread !== null && spread <= ONE_TICK ? Math.min(byFraction, ACCEPTABLE) : byFraction
}

function classOfInterest({ openInterest, volume }: LiquidityFacts, bounds: readonly number[], horizon: Horizon): number {
  if (openInterest === null && volume === null) return ACCEPTABLE
  const classOf = (contracts: number, scale: number) => {
    const index = bounds.findIndex((bound) => contracts >= bound * scale)
    return index === -1 ? ILLIQUID : index
  }
  const best = Math.min(openInterest === null ? ILLIQUID : classOf(openInterest, 1), volume === null ? ILLIQUID : classOf(volume, 1 / 5))
  return volume === 0 && horizon !== 'LEAP' ? Math.min(best + 1, ILLIQUID) : best
}

function describeSpread({ spreadPct, spread }: LiquidityFacts, bounds: readonly number[], index: number): string {
  if (spreadPct === null) return spread === null ? 'no two-sided quote' : 'a quote whose middle is not above zero'
  const percent = (value: number) => `${(value * 100).toFixed(1)}%`
  const bound = index === ILLIQUID ? `Illiquid above ${percent(bounds[THIN]!)}` : `${LIQUIDITY_CLASSES[index]} to ${percent(bounds[index]!)}`
  const tick = index === ACCEPTABLE && spread !== null && spread <= ONE_TICK && spreadPct > bounds[ACCEPTABLE]!
  return `spread ${percent(spreadPct)} (${tick ? 'one tick wide, so Acceptable' : bound})`
}

/** Most numbers of contracts have no thousands to part: a formatter takes longer than the rest of a grade. */
const isUngrouped = (value: number): boolean => Number.isInteger(value) && value > 0 && value < 1_000

function describeInterest({ openInterest, volume }: LiquidityFacts, bounds: readonly number[], index: number): string {
  const shown = (value: number | null) => (value === null ? 'unknown' : isUngrouped(value) ? String(value) : GROUPED.format(value))
  const bound = index === ILLIQUID ? `Illiquid below ${shown(bounds[THIN]!)}` : `${LIQUIDITY_CLASSES[index]}`
  return `open interest ${shown(openInterest)}, volume ${shown(volume)} (${openInterest === null && volume === null ? 'taken as Acceptable' : bound})`
}
