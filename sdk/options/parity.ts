import { americanImpliedVolOf } from './american/implied-vol.ts'
import { europeanPriceOf } from './european.ts'

/** Quotes of a call and a put of one strike and expiration, in dollars per share. */
export interface QuotedPair {
  readonly strike: number
  readonly callBid: number
  readonly callAsk: number
  readonly putBid: number
  readonly putAsk: number
}

/** What put-call parity is read from. */
export interface ParityInputs {
  /** Years to expiration, above 0: `yearsToExpiration`. */
  readonly years: number
  /** Continuous, per year. */
  readonly rate: number
  /** Continuous, per year; 0 where it is left out. */
  readonly dividendYield?: number
  /**
   * Price of the underlying where it is known: what early exercise is worth is then taken at the dividend yield that the
   * forward makes of it, `rate - ln(forward / spot) / years`, in place of `dividendYield`.
   */
  readonly spot?: number
  /**
   * `american` takes the value of early exercise out of the quotes first, which matters from some months on; where the strikes
   * contradict each other at `dividendYield`, it is done at the yield at which they do so least. With `european`,
   * the default, that value is taken as part of parity: of a stock's LEAP it can make half a percent.
   */
  readonly style?: 'american' | 'european'
}

/** Why no forward can be inferred. */
export type NoForwardReason =
  /** The time or the rates are no numbers, or no time is left. */
  | 'invalid'
  /** No strike has both types quoted on both sides, uncrossed, with a bid above 0. */
  | 'no_two_sided_pairs'
  /** The strikes contradict each other by more than their spreads: stale or mixed quotes. */
  | 'inconsistent'

/** A forward price and the rate that goes with it, as quotes imply them. */
export interface InferredForward {
  /** Dollars per share at expiration; null with a reason. */
  readonly forward: number | null
  /** The forward without its carry: the price of the underlying, or the one that was known; null with a reason. */
  readonly spot: number | null
  /** The yield that lies between the two: as it was given, or what the price that was known or the strikes themselves make of it. */
  readonly dividendYield: number | null
  /** Strikes whose quotes it comes from. */
  readonly pairs: number
  readonly reason: NoForwardReason | null
}

/** Strikes nearest the money that are asked. */
const MAX_PAIRS = 9
/** Pairs are left out whose spread is more than so many times that of the tightest. */
const MAX_SPREAD_RATIO = 4
/** A middle that leaves the bounds of so great a part of the other strikes is a contradiction. */
const MIN_AGREEING = 0.5
const AMERICAN_ROUNDS = 6
const MAX_GROWTH = 600
/** Yields that are tried where the one that was given makes the strikes contradict each other. */
const YIELD_STEP = 0.005
const YIELD_STEPS = 20
/** Rounds that suffice to tell one yield from another. */
const FITTING_ROUNDS = 2

interface Estimate {
  readonly pair: QuotedPair
  readonly forward: number
  /** Distance of the forward from its bounds by the quotes. */
  readonly slack: number
}

/**
 * The forward, and with the dividend yield the price of the underlying, on which put-call parity of a chain's quotes agrees:
 * forward = strike + (call - put) exp(rate years), the weighted median over up to nine strikes nearest the money, weights being
 * the reciprocal spreads. One-sided, crossed and zero quotes are ignored, and so are pairs four times as wide as the tightest.
 */
export function inferForward(
  pairs: readonly QuotedPair[],
  { years, rate, dividendYield = 0, spot: known, style = 'european' }: ParityInputs,
): InferredForward {
  const isUsable =
    years > 0 &&
    (known === undefined || (known > 0 && Number.isFinite(known))) &&
    Math.abs(rate * years) < MAX_GROWTH &&
    Math.abs(dividendYield * years) < MAX_GROWTH
  if (!isUsable) return none('invalid')
  const quoted = pairs.filter(isTwoSided)
  if (quoted.length === 0) return none('no_two_sided_pairs')
  const growth = Math.exp(rate * years)
  const nearest = nearestTheMoney(
    quoted.map((pair) => estimate(pair, middle(pair.callBid, pair.callAsk) - middle(pair.putBid, pair.putAsk), growth)),
  )
  const found = (chosen: readonly Estimate[], assumed: number): InferredForward => {
    const forward = weightedMedian(chosen)
    if (!isAgreed(chosen, forward)) return none('inconsistent')
    if (known !== undefined) {
      return { forward, spot: known, dividendYield: rate - Math.log(forward / known) / years, pairs: chosen.length, reason: null }
    }
    return { forward, spot: forward / Math.exp((rate - assumed) * years), dividendYield: assumed, pairs: chosen.length, reason: null }
  }
  if (style === 'european') return found(nearest, dividendYield)
  const estimatesAt = (assumed: number, rounds = AMERICAN_ROUNDS): readonly Estimate[] =>
    withoutExercise(nearest, { years, rate, dividendYield: assumed, spot: known, rounds })
  const asked = found(estimatesAt(dividendYield), dividendYield)
  if (asked.reason === null || known !== undefined) return asked
  const fitted = fittedYield((assumed) => estimatesAt(assumed, FITTING_ROUNDS))
  return found(estimatesAt(fitted), fitted)
}

/** What a price of the underlying is held against. */
export interface SpotBoundsInputs extends Pick<ParityInputs, 'years' | 'rate' | 'style'> {
  /** Most that the underlying may pay out until the expiration, as a fraction of its price. */
  readonly mostDividends: number
  /** How far the true rate may be from `rate`: a decimal per year, as that is. */
  readonly rateError: number
}

/**
 * Whether the quotes let the underlying have the price `spot`, in dollars per share: call less put lies between the
 * price less dividends and strike, and the price less the discounted strike, for at least half of the strikes nearest
 * the money. Null where no strike has both types quoted on both sides.
 */
export function admitsSpot(
  pairs: readonly QuotedPair[],
  spot: number,
  { years, rate, style = 'european', mostDividends, rateError }: SpotBoundsInputs,
): boolean | null {
  const quoted = pairs.filter(isTwoSided)
  if (quoted.length === 0) return null
  const growth = Math.exp(rate * years)
  const near = nearestTheMoney(
    quoted.map((pair) => estimate(pair, middle(pair.callBid, pair.callAsk) - middle(pair.putBid, pair.putAsk), growth)),
  )
  const leastDiscount = Math.exp(-(rate + rateError) * years)
  const mostDiscount = style === 'american' ? Math.max(1, Math.exp(-rate * years)) : Math.exp(-(rate - rateError) * years)
  const agreeing = near.filter(({ pair: { strike, callBid, callAsk, putBid, putAsk } }) => {
    const dust = 1e-9 * strike
    return (
      spot >= callBid - putAsk + strike * leastDiscount - dust &&
      spot * (1 - mostDividends) <= callAsk - putBid + strike * mostDiscount + dust
    )
  })
  return agreeing.length >= MIN_AGREEING * near.length
}

/**
 * Estimates with the value of early exercise taken out of their quotes, at a dividend yield or, where the price is
 * known, at the one that the forward makes of it.
 */
function withoutExercise(
  nearest: readonly Estimate[],
  {
    years,
    rate,
    dividendYield,
    spot: known,
    rounds,
  }: { years: number; rate: number; dividendYield: number; spot: number | undefined; rounds: number },
): readonly Estimate[] {
  const growth = Math.exp(rate * years)
  let chosen = nearest
  for (let round = 0; round < rounds; round++) {
    const forward = weightedMedian(chosen)
    const spot = known ?? forward / Math.exp((rate - dividendYield) * years)
    const yielding = known === undefined ? dividendYield : rate - Math.log(forward / known) / years
    const next = nearest.map(({ pair }) => estimate(pair, europeanDifference(pair, spot, years, rate, yielding), growth))
    if (next.every((one) => Number.isFinite(one.forward))) chosen = next
  }
  return chosen
}

/** Whether the estimates lie about the forward as closely as their spreads let them. */
function isAgreed(estimates: readonly Estimate[], forward: number): boolean {
  const agreeing = estimates.filter((one) => Math.abs(one.forward - forward) <= one.slack * 1.5 + 1e-9 * forward).length
  return forward > 0 && agreeing >= MIN_AGREEING * estimates.length
}

/**
 * The dividend yield at which the strikes contradict each other least: what early exercise is worth differs from strike
 * to strike, and hangs on it.
 */
function fittedYield(estimatesAt: (dividendYield: number) => readonly Estimate[]): number {
  const disagreement = (dividendYield: number): number => {
    const estimates = estimatesAt(dividendYield)
    const forward = weightedMedian(estimates)
    return estimates.reduce((sum, one) => sum + Math.abs(one.forward - forward) / Math.max(one.slack, 1e-4 * forward), 0)
  }
  let best = { dividendYield: 0, value: Infinity }
  const look = (dividendYield: number): void => {
    const value = disagreement(dividendYield)
    if (value < best.value) best = { dividendYield, value }
  }
  for (let step = 0; step <= YIELD_STEPS; step++) look(step * YIELD_STEP)
  for (let step = YIELD_STEP / 2; step >= YIELD_STEP / 16; step /= 2) {
    const { dividendYield } = best
    look(Math.max(0, dividendYield - step))
    look(dividendYield + step)
  }
  return best.dividendYield
}

function none(reason: NoForwardReason): InferredForward {
  return { forward: null, spot: null, dividendYield: null, pairs: 0, reason }
}

function isTwoSided({ strike, callBid, callAsk, putBid, putAsk }: QuotedPair): boolean {
  return strike > 0 && callBid > 0 && putBid > 0 && callAsk >= callBid && putAsk >= putBid && Number.isFinite(strike + callAsk + putAsk)
}

function middle(bid: number, ask: number): number {
  return 0.5 * (bid + ask)
}

function estimate(pair: QuotedPair, callLessPut: number, growth: number): Estimate {
  const slack = 0.5 * (pair.callAsk - pair.callBid + pair.putAsk - pair.putBid) * growth
  return { pair, forward: pair.strike + callLessPut * growth, slack }
}

/** The tight pairs among the strikes at which call and put are worth most nearly the same. */
function nearestTheMoney(estimates: readonly Estimate[]): Estimate[] {
  // A first idea of the money from every strike, so that one bad quote cannot pose as the nearest.
  const money = median(estimates.map(({ forward }) => forward))
  const near = estimates
    .toSorted((one, other) => Math.abs(one.pair.strike - money) - Math.abs(other.pair.strike - money))
    .slice(0, MAX_PAIRS)
  const tightest = Math.min(...near.map(({ slack }) => slack))
  const usual = median(near.map(({ slack }) => slack))
  // A locked market has no spread at all: then the usual one decides.
  return near.filter(({ slack }) => slack <= MAX_SPREAD_RATIO * (tightest > 0 ? tightest : usual))
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  return middle(sorted[(sorted.length - 1) >> 1]!, sorted[sorted.length >> 1]!)
}

/** The value at which half of the weight is reached; between two where it is reached exactly. */
function weightedMedian(estimates: readonly Estimate[]): number {
  const sorted = estimates.toSorted((one, other) => one.forward - other.forward)
  const floor = 1e-4 * Math.max(...sorted.map(({ pair }) => pair.strike))
  const weights = sorted.map(({ slack }) => 1 / Math.max(slack, floor))
  const half = 0.5 * weights.reduce((sum, weight) => sum + weight, 0)
  let reached = 0
  for (const [place, { forward }] of sorted.entries()) {
    reached += weights[place]!
    if (reached > half * (1 + 1e-12)) return forward
    if (reached >= half * (1 - 1e-12)) return middle(forward, sorted[Math.min(place + 1, sorted.length - 1)]!.forward)
  }
  return sorted.at(-1)!.forward
}

/** What call less put would be at the volatilities of the quotes if neither could be exercised early, given the underlying's price. */
function europeanDifference(
  { strike, callBid, callAsk, putBid, putAsk }: QuotedPair,
  spot: number,
  years: number,
  rate: number,
  dividendYield: number,
): number {
  const withoutExercise = (right: 'call' | 'put', price: number): number => {
    const vol = americanImpliedVolOf(right, price, spot, strike, years, rate, dividendYield)
    return vol > 0 ? europeanPriceOf(right === 'call', spot, strike, years, vol, rate, dividendYield) : price
  }
  return withoutExercise('call', middle(callBid, callAsk)) - withoutExercise('put', middle(putBid, putAsk))
}
