import { exponential } from '../arithmetic.ts'
import { clamp } from '../factors.ts'
import type { RandomStream } from '../random.ts'
import type { OptionTrading } from './liquidity.ts'

/** What a contract's quote is made from. Dollars; vega per one percentage point. */
export interface QuoteInputs {
  readonly value: number
  readonly delta: number
  readonly vega: number
  readonly years: number
  /** Over 1 where few quote it, such as an adjusted contract. */
  readonly wideness: number
}

export interface Quote {
  readonly bid: number
  readonly ask: number
  readonly bidSize: number
  readonly askSize: number
}

const STEP_UP_CENTS = 300
const LONG_DATED_YEARS = 0.75
const SHORT_DATED_YEARS = 0.015

/**
 * A market maker's quote around a value: as wide as the doubt about volatility and the width of the underlying make it,
 * on the exchange's price steps, the value between bid and ask. The bid is 0 where the value less half the width is
 * below the smallest step.
 */
export function drawQuote(random: RandomStream, trading: OptionTrading, inputs: QuoteInputs): Quote {
  const { value, delta, vega, years, wideness } = inputs
  const tickLow = Math.round(trading.tickBelow3 * 100)
  const tickHigh = Math.round(trading.tickFrom3 * 100)
  const cents = value * 100
  const tick = cents < STEP_UP_CENTS ? tickLow : tickHigh
  const tenor = (years > LONG_DATED_YEARS ? 1.6 : 1) * (years < SHORT_DATED_YEARS ? 1.4 : 1)
  const fromVol = 2 * trading.volWidth * 100 * vega * tenor
  const fromStock = Math.abs(delta) ** 2 * trading.underlyingSpread * 1.2
  const wavering = exponential(0.18 * random.normal())
  const width = Math.max((fromVol + fromStock) * 100 * wavering * wideness, trading.leastTicks * tick * (value < 0.5 ? 0.8 : 1))
  // Rounding outwards adds a step on average.
  const inner = Math.max(width - tick, 0) / 2
  const centre = cents + 0.1 * width * clamp(random.normal(), -1.5, 1.5)
  // The value stays between the two sides: rounding is outwards, and the centre strays less than half the width.
  const bid = onTick(Math.floor, Math.min(centre - inner, cents), tickLow, tickHigh)
  const ask = Math.max(onTick(Math.ceil, Math.max(centre + inner, cents), tickLow, tickHigh), bid + tick, tickLow)
  const depth = sizeScale(trading)
  const bidSize = Math.max(1, Math.round(depth * exponential(0.8 * random.normal())))
  const askSize = Math.max(1, Math.round(depth * exponential(0.8 * random.normal())))
  return { bid: bid / 100, ask: ask / 100, bidSize: bid === 0 ? 0 : bidSize, askSize }
}

/** To the price step in force at the price itself. */
function onTick(round: (value: number) => number, cents: number, low: number, high: number): number {
  if (cents <= 0) return 0
  // A hair off a whole step by binary arithmetic is on it.
  const at = (tick: number) => round(cents / tick + (round === Math.floor ? 1e-9 : -1e-9)) * tick
  return cents < STEP_UP_CENTS ? Math.min(at(low), STEP_UP_CENTS) : Math.max(at(high), STEP_UP_CENTS)
}

function sizeScale({ usualVolume }: OptionTrading): number {
  return clamp(2.5 * Math.pow(usualVolume, 0.26), 4, 160)
}
