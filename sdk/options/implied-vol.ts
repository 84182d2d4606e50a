import type { OptionRight } from './chain.ts'
import { logRatio } from './european.ts'
import { cdfOverPdf, inverseNormalCdf, normalCdf } from './normal.ts'

/** Why a price has no implied volatility. */
export type NoImpliedVolReason =
  /** The price is the least the option can be worth, as far as a double can tell: every small enough vol gives it. */
  | 'at_intrinsic'
  /** The price is under that: it allows arbitrage, or it is stale, or the inputs do not belong together. */
  | 'below_intrinsic'
  /** The price is that of an infinite vol or more: a call's is the stock, a put's the strike, present values of a European. */
  | 'above_upper_bound'
  /** No time is left. */
  | 'expired'
  /** Some input is no number, or the spot or strike is not above 0. */
  | 'invalid'

/** An implied volatility per year as a decimal, or the reason for which there is none. */
export type ImpliedVol = { readonly vol: number; readonly reason: null } | { readonly vol: null; readonly reason: NoImpliedVolReason }

/** What an implied volatility is taken from. As `OptionInputs`, with a price instead of a volatility. */
export interface QuotedInputs {
  readonly price: number
  readonly spot: number
  readonly strike: number
  readonly years: number
  readonly rate: number
  /** 0 where it is left out. */
  readonly dividendYield?: number
}

/**
 * Volatility at which a European option is worth `price`, to the last digits that the price holds: within
 * max(1e-10, 64 ε forward / vega). By rational approximation and fourth-order steps on a transformed price, after P. Jäckel,
 * Let's Be Rational (Wilmott 2015), with no bracket and a handful of evaluations whatever the input.
 */
export function europeanImpliedVol(right: OptionRight, { price, spot, strike, years, rate, dividendYield = 0 }: QuotedInputs): ImpliedVol {
  const vol = europeanImpliedVolOf(right, price, spot, strike, years, rate, dividendYield)
  return vol > 0 ? { vol, reason: null } : noImpliedVol(vol)
}

/** What `europeanImpliedVolOf` gives where there is no volatility. */
export const AT_INTRINSIC = -1
export const BELOW_INTRINSIC = -2
export const ABOVE_UPPER_BOUND = -3
export const EXPIRED = -4
export const INVALID = -5

const REASONS: readonly NoImpliedVolReason[] = ['invalid', 'at_intrinsic', 'below_intrinsic', 'above_upper_bound', 'expired', 'invalid']

/** The reason that a number below 0 stands for. */
export function noImpliedVol(code: number): { readonly vol: null; readonly reason: NoImpliedVolReason } {
  return { vol: null, reason: REASONS[-code] ?? 'invalid' }
}

/** Relative rounding in a price's bounds below which it tells nothing. */
const NOISE = 4 * Number.EPSILON
const MAX_GROWTH = 600

/** `europeanImpliedVol` for loops: the volatility, above 0, or one of the negative codes. */
export function europeanImpliedVolOf(
  right: OptionRight,
  price: number,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
): number {
  const problem = refusal(price, spot, strike, years, rate, dividendYield)
  if (problem !== 0) return problem
  const asset = spot * Math.exp(-dividendYield * years)
  const cash = strike * Math.exp(-rate * years)
  const isCall = right === 'call'
  const intrinsic = isCall ? asset - cash : cash - asset
  const upper = isCall ? asset : cash
  const isIn = intrinsic > 0
  const timeValue = isIn ? price - intrinsic : price
  const noise = isIn ? NOISE * Math.max(asset, cash) : 0
  if (timeValue <= noise) return timeValue < -noise ? BELOW_INTRINSIC : AT_INTRINSIC
  if (price >= upper) return ABOVE_UPPER_BOUND
  const moneyness = -Math.abs(logRatio(spot, strike) + (rate - dividendYield) * years)
  const deviation = impliedDeviation(moneyness, timeValue / Math.sqrt(asset) / Math.sqrt(cash))
  if (!(deviation > 0)) return AT_INTRINSIC
  return deviation === Infinity ? ABOVE_UPPER_BOUND : deviation / Math.sqrt(years)
}

/** 0, or the code for inputs from which nothing can be implied. */
export function refusal(price: number, spot: number, strike: number, years: number, rate: number, dividendYield: number): number {
  if (!(spot > 0 && strike > 0 && Number.isFinite(price + spot + strike + years + rate + dividendYield))) return INVALID
  if (years <= 0) return EXPIRED
  return Math.abs(rate * years) < MAX_GROWTH && Math.abs(dividendYield * years) < MAX_GROWTH ? 0 : INVALID
}

const SQRT_2PI = 2.5066282746310002
const SQRT_3 = 1.7320508075688772
const MAX_STEPS = 6

/*
 * In Jäckel's terms: x = ln(forward / strike), at most 0; s = vol √years; the normalised price of the option out of the money
 * b(s) = exp(x/2) Φ(x/s + s/2) - exp(-x/2) Φ(x/s - s/2), whose slope is exp(-((x/s)² + (s/2)²)/2)/√(2π) and which rises from
 * 0 to exp(x/2), with its inflection at s = √(2|x|).
 */

/** The total deviation s at which the normalised price is `target`; 0 or Infinity where it is beyond what doubles can hold. */
function impliedDeviation(x: number, target: number): number {
  const limit = Math.exp(0.5 * x)
  if (target >= limit) return Infinity
  if (x === 0) return polish(x, target, limit, -2 * inverseNormalCdf(0.5 - 0.5 * target) || target * SQRT_2PI, 1)
  const inflection = Math.sqrt(-2 * x)
  const atInflection = Math.exp(logPrice(x, inflection))
  const slope = slopeAt(x, inflection)
  if (target < atInflection) {
    // The tangent at the inflection meets 0 at the boundary of the lowest branch.
    const low = inflection - atInflection / slope
    const priceAtLow = low > 0 ? Math.exp(logPrice(x, low)) : 0
    if (target < priceAtLow) return polish(x, target, limit, guessLow(x, target, low, priceAtLow), 0)
    const between = cubicByRightCurvature(
      target,
      priceAtLow,
      atInflection,
      low,
      inflection,
      low > 0 ? 1 / slopeAt(x, low) : 1 / slope,
      1 / slope,
      0,
    )
    return polish(x, target, limit, between, 1)
  }
  const high = inflection + (limit - atInflection) / slope
  const priceAtHigh = Math.exp(logPrice(x, high))
  if (target <= priceAtHigh) {
    const between = cubicByLeftCurvature(target, atInflection, priceAtHigh, inflection, high, 1 / slope, 1 / slopeAt(x, high), 0)
    return polish(x, target, limit, between, target > 0.5 * limit ? 2 : 1)
  }
  return polish(x, target, limit, guessHigh(x, target, limit, high, priceAtHigh), target > 0.5 * limit ? 2 : 1)
}

/** ln b(s), which stands where b itself would underflow. */
function logPrice(x: number, s: number): number {
  const h = x / s
  const t = 0.5 * s
  // Above, the smaller of two probabilities is lost anyway; below, their quotients by the density keep every digit.
  if (h + t > 0.8) return Math.log(Math.exp(0.5 * x) * normalCdf(h + t) - Math.exp(-0.5 * x) * normalCdf(h - t))
  return -0.5 * (h * h + t * t) + Math.log((cdfOverPdf(h + t) - cdfOverPdf(h - t)) / SQRT_2PI)
}

function slopeAt(x: number, s: number): number {
  const h = x / s
  return Math.exp(-0.5 * (h * h + 0.25 * s * s)) / SQRT_2PI
}

/** First guess under the lowest branch: the price there is nearly (2π|x|/√27) Φ(x/(√3 s))³, which has an inverse. */
function guessLow(x: number, target: number, low: number, priceAtLow: number): number {
  const factor = (2 * Math.PI * -x) / (3 * SQRT_3)
  const z = x / (SQRT_3 * low)
  const probability = normalCdf(z)
  const density = Math.exp(-0.5 * z * z) / SQRT_2PI
  const slope = slopeAt(x, low)
  // First and second derivatives of the transform by s, then by the price.
  const first = (-3 * factor * probability * probability * density * z) / low
  const second = (3 * factor * probability * density * z * (2 * density * z + probability * (2 - z * z))) / (low * low)
  const byPrice = first / slope
  const curvature = (second - byPrice * slope * ((x * x) / low ** 3 - 0.25 * low)) / (slope * slope)
  const transformed = cubicByRightCurvature(target, 0, priceAtLow, 0, factor * probability ** 3, 1, byPrice, curvature)
  const usable = transformed > 0 ? transformed : (factor * probability ** 3 * target) / priceAtLow
  const guess = x / (SQRT_3 * inverseNormalCdf(Math.cbrt(usable / factor)))
  return guess > 0 && guess < low ? guess : 0.5 * low
}

/** First guess above the highest branch: what is missing to the limit is nearly Φ(-s/2). */
function guessHigh(x: number, target: number, limit: number, high: number, priceAtHigh: number): number {
  const value = normalCdf(-0.5 * high)
  const h2 = (x * x) / (high * high)
  const slope = -0.5 * Math.exp(0.5 * h2)
  const curvature = SQRT_2PI * 0.5 * (h2 / high) * Math.exp(h2 + (high * high) / 8)
  const transformed = curvature < 1e100 ? cubicByLeftCurvature(target, priceAtHigh, limit, value, 0, slope, -0.5, curvature) : Number.NaN
  const usable = transformed > 0 && transformed <= value ? transformed : (value * (limit - target)) / (limit - priceAtHigh)
  return -2 * inverseNormalCdf(usable)
}

/**
 * Householder steps of fourth order from a guess, on the price itself (form 1) or on what makes it nearly straight: the
 * reciprocal of its logarithm near 0 (form 0), the logarithm of what is missing near the limit (form 2).
 */
function polish(x: number, target: number, limit: number, guess: number, form: 0 | 1 | 2): number {
  let s = guess
  const logTarget = form === 0 ? Math.log(target) : 0
  for (let step = 0; step < MAX_STEPS; step++) {
    const log = logPrice(x, s)
    const h = x / s
    const curvature = (h * h) / s - 0.25 * s
    const third = curvature * curvature - (3 * h * h) / (s * s) - 0.25
    let [newton, second, cubic] = [0, curvature, third]
    if (form === 0) {
      // The slope over the price, in logarithms: both may be below the smallest double.
      const relative = Math.exp(-0.5 * (h * h + 0.25 * s * s) - log) / SQRT_2PI
      newton = ((logTarget - log) * (log / logTarget)) / relative
      second = curvature - relative * (1 + 2 / log)
      // Derivatives of 1 / ln b: b'''/b' - 3 (b''/b') λ (1 + 2/ln b) + 2 λ² (1 + 3/ln b (1 + 1/ln b)), with λ = b'/b.
      cubic = third + 2 * relative * relative * (1 + (3 / log) * (1 + 1 / log)) - 3 * curvature * relative * (1 + 2 / log)
    } else {
      const price = Math.exp(log)
      const slope = slopeAt(x, s)
      if (form === 1) newton = (target - price) / slope
      else {
        const relative = slope / (limit - price)
        newton = Math.log((limit - price) / (limit - target)) / relative
        second = curvature + relative
        cubic = third + relative * (2 * relative + 3 * curvature)
      }
    }
    const correction = (newton * (1 + 0.5 * second * newton)) / (1 + newton * (second + (cubic * newton) / 6))
    // A step that would leave the axis, or has no direction, is halved instead.
    const next = s + (Number.isFinite(correction) ? Math.max(correction, -0.5 * s) : newton > 0 ? 0.5 * s : -0.5 * s)
    if (Math.abs(next - s) <= 1e-15 * s || (step > 0 && Math.abs(next - s) <= 1e-5 * s)) return next
    s = next
  }
  return s
}

/** Rational cubic interpolation (R. Delbourgo and J. Gregory, 1985) that also meets the second derivative at the left end. */
function cubicByLeftCurvature(
  at: number,
  left: number,
  right: number,
  leftValue: number,
  rightValue: number,
  leftSlope: number,
  rightSlope: number,
  curvature: number,
): number {
  const width = right - left
  const secant = (rightValue - leftValue) / width
  const control = (0.5 * width * curvature + (rightSlope - leftSlope)) / (secant - leftSlope)
  return rationalCubic(at, left, right, leftValue, rightValue, leftSlope, rightSlope, control)
}

/** The same for the second derivative at the right end. */
function cubicByRightCurvature(
  at: number,
  left: number,
  right: number,
  leftValue: number,
  rightValue: number,
  leftSlope: number,
  rightSlope: number,
  curvature: number,
): number {
  const width = right - left
  const secant = (rightValue - leftValue) / width
  const control = (0.5 * width * curvature + (rightSlope - leftSlope)) / (rightSlope - secant)
  return rationalCubic(at, left, right, leftValue, rightValue, leftSlope, rightSlope, control)
}

function rationalCubic(
  at: number,
  left: number,
  right: number,
  leftValue: number,
  rightValue: number,
  leftSlope: number,
  rightSlope: number,
  control: number,
): number {
  const width = right - left
  if (!(width > 0)) return 0.5 * (leftValue + rightValue)
  const part = (at - left) / width
  const rest = 1 - part
  // Beyond any sensible size the interpolation is a straight line; at -1 and less it has poles.
  if (!(control < 1e15)) return leftValue * rest + rightValue * part
  const tension = Math.max(control, -1 + 1e-8)
  const above =
    rightValue * part * part * part +
    (tension * rightValue - width * rightSlope) * part * part * rest +
    (tension * leftValue + width * leftSlope) * part * rest * rest +
    leftValue * rest * rest * rest
  return above / (1 + (tension - 3) * part * rest)
}
