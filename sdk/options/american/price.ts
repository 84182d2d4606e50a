import type { OptionRight } from '../chain.ts'
import { areInputs, europeanPriceAndGreeksInto, greeksObject, GREEKS_LENGTH, type OptionInputs, type PriceAndGreeks } from '../european.ts'
import type { PutProblem } from './boundary.ts'
import { withoutVol } from './certain.ts'
import { methodFor, putValue, type PutMethod, type PutValue } from './put.ts'

const DAYS_A_YEAR = 365
const PERCENT = 100
/** Steps of the differences that give vega (relative) and rho: small, but wide for a tree, whose values are not smooth. */
const STEPS: Record<PutMethod, { vol: number; rate: number }> = {
  never: { vol: 1e-3, rate: 1e-4 },
  boundary: { vol: 1e-3, rate: 1e-4 },
  tree: { vol: 2e-2, rate: 1e-3 },
}

/**
 * Price and the five Greeks of an American option with a continuous dividend yield: the price within 1e-5 of the larger of spot
 * and strike (5e-5 beyond ten years at vols over 200%), never below the European or the intrinsic value; delta within 1e-5 and
 * gamma within 0.5%, next to the exercise boundary, where they are least exact. Where exercising early cannot pay (a
 * call without dividends, a put without interest) it is the European option. Where the option should be exercised at
 * once, the price is the intrinsic value, delta 1 or -1, and the rest 0. Theta follows from the Black-Scholes equation,
 * vega and rho from central differences.
 *
 * `years` 0 and inputs that are refused: as `europeanPriceAndGreeks`. `vol` 0: the value of exercising at the best moment
 * of a course that is certain.
 */
export function americanPriceAndGreeks(right: OptionRight, inputs: OptionInputs): PriceAndGreeks {
  americanPriceAndGreeksInto(
    right,
    inputs.spot,
    inputs.strike,
    inputs.years,
    inputs.vol,
    inputs.rate,
    inputs.dividendYield ?? 0,
    scratch,
    0,
  )
  return greeksObject(scratch)
}

/** Theta and rho of `americanPriceAndGreeks`, for whoever has the others: without vega, which takes two of its five exercise boundaries. */
export function americanThetaAndRho(right: OptionRight, { spot, strike, years, vol, rate, dividendYield = 0 }: OptionInputs): Pick<PriceAndGreeks, 'theta' | 'rho'> {
  greeksInto(right, spot, strike, years, vol, rate, dividendYield, false, scratch, 0)
  const { theta, rho } = greeksObject(scratch)
  return { theta, rho }
}

/** The price alone of `americanPriceAndGreeks`, five times as fast. */
export function americanPrice(right: OptionRight, { spot, strike, years, vol, rate, dividendYield = 0 }: OptionInputs): number {
  return americanPriceOf(right === 'call', spot, strike, years, vol, rate, dividendYield)
}

/** The American price of inputs that may be anything; NaN of those that have none. */
export function americanPriceOf(
  isCall: boolean,
  spot: number,
  strike: number,
  years: number,
  vol: number,
  rate: number,
  dividendYield: number,
): number {
  if (!areInputs(spot, strike, years, vol, rate, dividendYield)) return Number.NaN
  if (vol * Math.sqrt(years) === 0) {
    withoutVol(isCall, spot, strike, years, rate, dividendYield, scratch, 0)
    return scratch[0]!
  }
  // A call is a put with the parts of stock and cash exchanged (R. McDonald and M. Schroder, 1998).
  set(problem, years, vol, isCall ? dividendYield : rate, isCall ? rate : dividendYield)
  return scaledPrice(isCall, spot, strike, methodFor(problem))
}

/** `americanPriceAndGreeks` for loops: writes price, delta, gamma, theta, vega and rho to `out` from `at` on. */
export function americanPriceAndGreeksInto(
  right: OptionRight,
  spot: number,
  strike: number,
  years: number,
  vol: number,
  rate: number,
  dividendYield: number,
  out: Float64Array,
  at: number,
): void {
  greeksInto(right, spot, strike, years, vol, rate, dividendYield, true, out, at)
}

/** Vega is left as it is in `out` where it is not asked for and takes work of its own. */
function greeksInto(
  right: OptionRight,
  spot: number,
  strike: number,
  years: number,
  vol: number,
  rate: number,
  dividendYield: number,
  wantsVega: boolean,
  out: Float64Array,
  at: number,
): void {
  if (!areInputs(spot, strike, years, vol, rate, dividendYield)) return void out.fill(Number.NaN, at, at + GREEKS_LENGTH)
  const isCall = right === 'call'
  if (vol * Math.sqrt(years) === 0) return withoutVol(isCall, spot, strike, years, rate, dividendYield, out, at)
  set(problem, years, vol, isCall ? dividendYield : rate, isCall ? rate : dividendYield)
  const method = methodFor(problem)
  if (method === 'never') return europeanPriceAndGreeksInto(right, spot, strike, years, vol, rate, dividendYield, out, at)
  const price = scaledPrice(isCall, spot, strike, method)
  const intrinsic = isCall ? spot - strike : strike - spot
  if (price <= intrinsic) return exercisedInto(isCall, intrinsic, out, at)
  // In units of the put's strike, values are homogeneous of degree 1 in spot and strike: Euler's theorem gives the call's.
  const delta = isCall ? value.price - (strike / spot) * value.delta : value.delta
  const gamma = isCall ? (value.gamma * strike * strike) / (spot * spot * spot) : value.gamma / strike
  const carry = (rate - dividendYield) * spot
  out[at] = price
  out[at + 1] = delta
  out[at + 2] = gamma
  out[at + 3] = (rate * price - carry * delta - 0.5 * vol * vol * spot * spot * gamma) / DAYS_A_YEAR
  if (wantsVega) out[at + 4] = slopeByVol(isCall, spot, strike, method) / PERCENT
  out[at + 5] = slopeByRate(isCall, spot, strike, method) / PERCENT
}

const scratch = new Float64Array(GREEKS_LENGTH)
const problem: PutProblem = { years: 0, vol: 0, rate: 0, dividendYield: 0 }
const value: PutValue = { price: 0, delta: 0, gamma: 0 }

function set(target: PutProblem, years: number, vol: number, rate: number, dividendYield: number): void {
  target.years = years
  target.vol = vol
  target.rate = rate
  target.dividendYield = dividendYield
}

/** Price of the option that `problem` describes; `value` is left with that of the put of strike 1. */
function scaledPrice(isCall: boolean, spot: number, strike: number, method: PutMethod): number {
  putValue(problem, isCall ? strike / spot : spot / strike, method, value)
  const price = value.price * (isCall ? spot : strike)
  const intrinsic = isCall ? spot - strike : strike - spot
  // Exactly the intrinsic value where the put of strike 1 has it, whatever the division rounded.
  return value.delta === -1 && value.gamma === 0 ? intrinsic : Math.max(price, intrinsic)
}

function exercisedInto(isCall: boolean, intrinsic: number, out: Float64Array, at: number): void {
  out.fill(0, at, at + GREEKS_LENGTH)
  out[at] = intrinsic
  out[at + 1] = isCall ? 1 : -1
}

function slopeByVol(isCall: boolean, spot: number, strike: number, method: PutMethod): number {
  const vol = problem.vol
  const step = vol * STEPS[method].vol
  problem.vol = vol + step
  const above = scaledPrice(isCall, spot, strike, method)
  problem.vol = vol - step
  const below = scaledPrice(isCall, spot, strike, method)
  problem.vol = vol
  return (above - below) / (2 * step)
}

/** By the option's rate, which is the yield of the put that stands for a call. The put's rate stays above 0, where its method holds. */
function slopeByRate(isCall: boolean, spot: number, strike: number, method: PutMethod): number {
  const key = isCall ? 'dividendYield' : 'rate'
  const rate = problem[key]
  const up = STEPS[method].rate
  const down = method === 'boundary' && !isCall ? Math.min(up, rate / 2) : up
  problem[key] = rate + up
  const above = scaledPrice(isCall, spot, strike, method)
  problem[key] = rate - down
  const below = scaledPrice(isCall, spot, strike, method)
  problem[key] = rate
  return (above - below) / (up + down)
}
