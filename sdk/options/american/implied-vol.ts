import type { OptionRight } from '../chain.ts'
import { europeanPriceAndGreeksInto, GREEKS_LENGTH, VEGA } from '../european.ts'
import {
  ABOVE_UPPER_BOUND,
  AT_INTRINSIC,
  BELOW_INTRINSIC,
  europeanImpliedVolOf,
  noImpliedVol,
  refusal,
  type ImpliedVol,
  type QuotedInputs,
} from '../implied-vol.ts'
import { certainValue } from './certain.ts'
import { americanPriceOf } from './price.ts'
import { canPayToExercise } from './put.ts'

const NOISE = 4 * Number.EPSILON
const PERCENT = 100
const MAX_STEPS = 80
/** Volatilities beyond this are not looked for: no price that differs from its upper bound needs one. */
const MAX_DEVIATION = 80

/**
 * Volatility at which an American option is worth `price` by `americanPrice`, to the last digits that the price holds. The least
 * value, `at_intrinsic`, is that of exercising at the best moment of a course that is certain: the intrinsic value, or more
 * where waiting pays. An option that should be exercised at once has it at every vol up to some level, and so tells none.
 * The upper bounds are the spot of a call and the strike of a put, or their present values where these are more.
 */
export function americanImpliedVol(right: OptionRight, { price, spot, strike, years, rate, dividendYield = 0 }: QuotedInputs): ImpliedVol {
  const vol = americanImpliedVolOf(right, price, spot, strike, years, rate, dividendYield)
  return vol > 0 ? { vol, reason: null } : noImpliedVol(vol)
}

/** `americanImpliedVol` for loops: the volatility, above 0, or a negative code as of `europeanImpliedVolOf`. */
export function americanImpliedVolOf(
  right: OptionRight,
  price: number,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
): number {
  const isCall = right === 'call'
  if (!canPayToExercise(isCall ? dividendYield : rate, isCall ? rate : dividendYield)) {
    return europeanImpliedVolOf(right, price, spot, strike, years, rate, dividendYield)
  }
  const problem = refusal(price, spot, strike, years, rate, dividendYield)
  if (problem !== 0) return problem
  const least = certainValue(isCall, spot, strike, years, rate, dividendYield)
  const noise = least > 0 ? NOISE * Math.max(spot, strike) : 0
  if (price - least <= noise) return price - least < -noise ? BELOW_INTRINSIC : AT_INTRINSIC
  const upper = isCall ? spot * Math.max(1, Math.exp(-dividendYield * years)) : strike * Math.max(1, Math.exp(-rate * years))
  if (price >= upper) return ABOVE_UPPER_BOUND
  const excess = (vol: number): number => americanPriceOf(isCall, spot, strike, years, vol, rate, dividendYield) - price
  // An American option is worth the European one or more, so its vol is that of the European one or less.
  const european = europeanImpliedVolOf(right, price, spot, strike, years, rate, dividendYield)
  const root = Math.sqrt(years)
  const high = european > 0 ? european : bracketFrom(excess, 0.5, MAX_DEVIATION / root)
  if (high === Infinity) return ABOVE_UPPER_BOUND
  europeanPriceAndGreeksInto(right, spot, strike, years, high, rate, dividendYield, greeks, 0)
  return solve(excess, high, least - price, greeks[VEGA]! * PERCENT)
}

const greeks = new Float64Array(GREEKS_LENGTH)

/** The first of the doubled volatilities from `start` on whose price is high enough; Infinity where none under `limit` is. */
function bracketFrom(excess: (vol: number) => number, start: number, limit: number): number {
  for (let vol = Math.min(start, limit); vol <= limit; vol *= 2) if (excess(vol) >= 0) return vol
  return Infinity
}

/**
 * The root between 0, where the excess is `lowExcess`, and `high`: secant steps, and bisection where they would leave
 * the bracket or dawdle.
 */
function solve(excess: (vol: number) => number, high: number, lowExcess: number, slope: number): number {
  let [low, top] = [0, high]
  let [before, beforeExcess] = [0, lowExcess]
  let current = high
  let value = excess(current)
  // Rounding alone can leave the bound a hair too low.
  if (value <= 0) return current
  let next = current - value / slope
  let [width, patience] = [top - low, 0]
  for (let step = 0; step < MAX_STEPS; step++) {
    if (!(next > low && next < top) || patience > 3) {
      next = 0.5 * (low + top)
      patience = 0
    }
    ;[before, beforeExcess] = [current, value]
    current = next
    value = excess(current)
    if (value === 0) return current
    if (value > 0) top = current
    else low = current
    next = current - (value * (current - before)) / (value - beforeExcess)
    if (Math.abs(next - current) <= 2e-13 + 1e-14 * current || top - low <= 1e-15 * top) return next >= low && next <= top ? next : current
    patience = top - low > 0.5 * width ? patience + 1 : 0
    width = patience === 0 ? top - low : width
  }
  return current
}
