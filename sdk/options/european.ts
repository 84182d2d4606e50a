import type { OptionRight } from './chain.ts'
import { cdfGivenPdf } from './normal.ts'

/** What an option's value depends on besides its right. Prices in dollars per share; rates continuous, per year, as decimals. */
export interface OptionInputs {
  /** Price of the underlying, above 0. */
  readonly spot: number
  /** Above 0. */
  readonly strike: number
  /** Time to expiration in years of 365 days, 0 or more: `yearsToExpiration`. */
  readonly years: number
  /** Volatility per year as a decimal, 0 or more. */
  readonly vol: number
  readonly rate: number
  /** Dividend yield; 0 where it is left out. */
  readonly dividendYield?: number
}

/** Price and Greeks of one share's worth of an option. */
export interface PriceAndGreeks {
  price: number
  /** Dollars per dollar of the underlying. */
  delta: number
  /** Delta per dollar of the underlying. */
  gamma: number
  /** Dollars per calendar day that passes. */
  theta: number
  /** Dollars per percentage point of volatility. */
  vega: number
  /** Dollars per percentage point of the rate. */
  rho: number
}

/** Places in the arrays that the `…Into` functions write. */
export const PRICE = 0
/** Index of delta. */
export const DELTA = 1
/** Index of gamma. */
export const GAMMA = 2
/** Index of theta. */
export const THETA = 3
/** Index of vega. */
export const VEGA = 4
/** Index of rho. */
export const RHO = 5
/** Numbers that the `…Into` functions write. */
export const GREEKS_LENGTH = 6

const INVERSE_SQRT_2PI = 0.3989422804014327
const DAYS_A_YEAR = 365
const PERCENT = 100
/** Largest rate times years: exp of more is no number that a price could be. */
const MAX_GROWTH = 600
/** Part of the strike within which a spot counts as near it. */
const NEAR = 0.01

/**
 * Price and the five Greeks of a European option by the formula of Black, Scholes and Merton with a continuous dividend yield.
 * Right to about 1e-15 of the spot; the price is never negative nor below the discounted intrinsic value.
 *
 * Where the formula has no value of its own:
 * - `years` 0: the intrinsic value; delta 1 (call) or -1 (put) in the money, half of that exactly at the money, 0 out of it; the rest 0.
 * - `vol` 0: the discounted intrinsic value against the forward, and its derivatives. Exactly at the forward, where it has a
 *   kink, delta and rho are the means of both sides, vega is what it rises to, and gamma, infinite there, is 0.
 * - Anything the formula does not take (a spot or strike that is not above 0, a negative time or vol, NaN, infinity): NaN, all six.
 */
export function europeanPriceAndGreeks(right: OptionRight, inputs: OptionInputs): PriceAndGreeks {
  europeanPriceAndGreeksInto(
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

/** The price alone of `europeanPriceAndGreeks`. */
export function europeanPrice(right: OptionRight, { spot, strike, years, vol, rate, dividendYield = 0 }: OptionInputs): number {
  return europeanPriceOf(right === 'call', spot, strike, years, vol, rate, dividendYield)
}

/** `europeanPriceAndGreeks` for loops: writes price, delta, gamma, theta, vega and rho to `out` from `at` on, and makes nothing. */
export function europeanPriceAndGreeksInto(
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
  if (!areInputs(spot, strike, years, vol, rate, dividendYield)) return void out.fill(Number.NaN, at, at + GREEKS_LENGTH)
  const root = Math.sqrt(years)
  const deviation = vol * root
  if (deviation === 0) return degenerateInto(right === 'call', spot, strike, years, rate, dividendYield, out, at)
  const assetPresent = spot * Math.exp(-dividendYield * years)
  const cashPresent = strike * Math.exp(-rate * years)
  const d1 = (logRatio(spot, strike) + (rate - dividendYield) * years) / deviation + 0.5 * deviation
  const d2 = d1 - deviation
  const density = INVERSE_SQRT_2PI * Math.exp(-0.5 * d1 * d1)
  const density2 = INVERSE_SQRT_2PI * Math.exp(-0.5 * d2 * d2)
  // The side out of the money is computed and the other follows by parity: small numbers stay exact, and parity holds.
  const isCallOut = assetPresent <= cashPresent
  const side = isCallOut ? 1 : -1
  const probability1 = cdfGivenPdf(side * d1, density)
  const probability2 = cdfGivenPdf(side * d2, density2)
  const outPrice = side * (assetPresent * probability1 - cashPresent * probability2)
  const isAskedOut = (right === 'call') === isCallOut
  const intrinsic = isAskedOut ? 0 : side * (cashPresent - assetPresent)
  const sign = isAskedOut ? side : -side
  const asset = assetPresent * (isAskedOut ? probability1 : 1 - probability1)
  const cash = cashPresent * (isAskedOut ? probability2 : 1 - probability2)
  const assetDensity = assetPresent * density
  out[at] = (outPrice > 0 ? outPrice : 0) + intrinsic
  out[at + 1] = (sign * asset) / spot
  out[at + 2] = assetDensity / deviation / spot / spot
  out[at + 3] = (sign * (dividendYield * asset - rate * cash) - (0.5 * assetDensity * vol) / root) / DAYS_A_YEAR
  out[at + 4] = (assetDensity * root) / PERCENT
  out[at + 5] = (sign * years * cash) / PERCENT
}

/** The European price of inputs that may be anything; NaN of those that `areInputs` refuses. */
export function europeanPriceOf(
  isCall: boolean,
  spot: number,
  strike: number,
  years: number,
  vol: number,
  rate: number,
  dividendYield: number,
): number {
  if (!areInputs(spot, strike, years, vol, rate, dividendYield)) return Number.NaN
  const deviation = vol * Math.sqrt(years)
  const assetPresent = spot * Math.exp(-dividendYield * years)
  const cashPresent = strike * Math.exp(-rate * years)
  const intrinsic = isCall ? assetPresent - cashPresent : cashPresent - assetPresent
  if (deviation === 0) return intrinsic > 0 ? intrinsic : 0
  const side = assetPresent <= cashPresent ? 1 : -1
  const d1 = (logRatio(spot, strike) + (rate - dividendYield) * years) / deviation + 0.5 * deviation
  const d2 = d1 - deviation
  const asset = assetPresent * cdfGivenPdf(side * d1, INVERSE_SQRT_2PI * Math.exp(-0.5 * d1 * d1))
  const outPrice = side * (asset - cashPresent * cdfGivenPdf(side * d2, INVERSE_SQRT_2PI * Math.exp(-0.5 * d2 * d2)))
  return (outPrice > 0 ? outPrice : 0) + (intrinsic > 0 ? intrinsic : 0)
}

/** Whether an option with these inputs has a value. */
export function areInputs(spot: number, strike: number, years: number, vol: number, rate: number, dividendYield: number): boolean {
  return (
    spot > 0 &&
    strike > 0 &&
    years >= 0 &&
    vol >= 0 &&
    Number.isFinite(spot + strike + vol + years) &&
    Math.abs(rate * years) < MAX_GROWTH &&
    Math.abs(dividendYield * years) < MAX_GROWTH
  )
}

/** ln(spot / strike) to full relative precision near 1 too, where little time or vol would magnify the rounding of the quotient. */
export function logRatio(spot: number, strike: number): number {
  const excess = (spot - strike) / strike
  return excess > -NEAR && excess < NEAR ? Math.log1p(excess) : Math.log(spot / strike)
}

/** What the `…Into` functions wrote to the beginning of an array, by name; units as in `PriceAndGreeks`. */
export function greeksObject(from: Float64Array): PriceAndGreeks {
  return { price: from[PRICE]!, delta: from[DELTA]!, gamma: from[GAMMA]!, theta: from[THETA]!, vega: from[VEGA]!, rho: from[RHO]! }
}

/** Value and derivatives without any randomness left: at expiration, or at a volatility of 0. */
function degenerateInto(
  isCall: boolean,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  out: Float64Array,
  at: number,
): void {
  const assetPresent = spot * Math.exp(-dividendYield * years)
  const cashPresent = strike * Math.exp(-rate * years)
  const sign = isCall ? 1 : -1
  const intrinsic = sign * (assetPresent - cashPresent)
  const isAtForward = intrinsic === 0
  const weight = sign * (isAtForward ? 0.5 : intrinsic > 0 ? 1 : 0)
  out[at] = intrinsic > 0 ? intrinsic : 0
  // Adding 0 turns -0 into 0.
  out[at + 1] = (weight * assetPresent) / spot + 0
  out[at + 2] = 0
  out[at + 3] = years === 0 ? 0 : (weight * (dividendYield * assetPresent - rate * cashPresent)) / DAYS_A_YEAR + 0
  out[at + 4] = isAtForward ? (assetPresent * INVERSE_SQRT_2PI * Math.sqrt(years)) / PERCENT : 0
  out[at + 5] = (weight * years * cashPresent) / PERCENT + 0
}

const scratch = new Float64Array(GREEKS_LENGTH)
