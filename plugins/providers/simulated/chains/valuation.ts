import { americanPriceAndGreeksInto, DELTA, europeanPriceAndGreeksInto, GAMMA, GREEKS_LENGTH, PRICE, VEGA } from '../../../../sdk/options/index.ts'
import type { OptionRight } from '../../../../sdk/options/chain.ts'
import { totalVariance, type SurfaceShape } from './surface.ts'

/** One series of one underlying at one instant. */
export interface SeriesInputs {
  readonly shape: SurfaceShape
  readonly spot: number
  readonly years: number
  /** Total variance at the forward. */
  readonly atForward: number
  readonly rate: number
  readonly dividendYield: number
}

/** Values of the options of one right at each strike; the Greeks' places are those of `sdk/options`. */
export interface SeriesValues {
  /** Implied volatility of the surface. */
  readonly vol: Float64Array
  /** Price and Greeks with the right to exercise early, `GREEKS_LENGTH` numbers a strike. */
  readonly american: Float64Array
  /** Price without that right: what put-call parity holds for exactly. */
  readonly european: Float64Array
}

/** Where the premium of early exercise is computed, in deviations in the money; it is interpolated in between. */
const KNOTS = [-3.2, -2, -1.3, -0.7, -0.25, 0.15, 0.5, 0.85, 1.25, 1.7, 2.3, 3.1, 4.3] as const
/** Interest or dividends up to expiration, in dollars, below which nobody would exercise early for them. */
const NEGLIGIBLE = 0.0005

/** Values of one right of a series at ascending strikes in dollars. */
export function valueSeries(right: OptionRight, inputs: SeriesInputs, strikes: readonly number[]): SeriesValues {
  const { shape, spot, years, atForward, rate, dividendYield } = inputs
  const vol = new Float64Array(strikes.length)
  const european = new Float64Array(strikes.length)
  const american = new Float64Array(strikes.length * GREEKS_LENGTH)
  const forward = spot * Math.exp((rate - dividendYield) * years)
  const premium = premiumsOf(right, inputs, forward)
  const sign = right === 'call' ? 1 : -1
  for (let index = 0; index < strikes.length; index++) {
    const strike = strikes[index]!
    const at = index * GREEKS_LENGTH
    vol[index] = volAt(shape, years, atForward, Math.log(strike / forward))
    europeanPriceAndGreeksInto(right, spot, strike, years, vol[index]!, rate, dividendYield, american, at)
    european[index] = american[at]!
    if (premium === null) continue
    addPremium(premium, (sign * Math.log(forward / strike)) / Math.sqrt(atForward), strike, american, at)
    settleAtIntrinsic(sign, spot, strike, european[index]!, american, at)
  }
  return { vol, american, european }
}

function volAt(shape: SurfaceShape, years: number, atForward: number, logMoneyness: number): number {
  return Math.sqrt(totalVariance(shape, atForward, logMoneyness) / years)
}

/** What the right to exercise early adds to price and Greeks at each knot, per dollar of the strike; null where it adds nothing. */
function premiumsOf(right: OptionRight, { shape, spot, years, atForward, rate, dividendYield }: SeriesInputs, forward: number): Float64Array | null {
  if ((right === 'put' ? rate : dividendYield) * years * spot < NEGLIGIBLE) return null
  const deviation = Math.sqrt(atForward)
  const sign = right === 'call' ? 1 : -1
  const premiums = new Float64Array(KNOTS.length * GREEKS_LENGTH)
  for (let knot = 0; knot < KNOTS.length; knot++) {
    const logMoneyness = -sign * KNOTS[knot]! * deviation
    const strike = forward * Math.exp(logMoneyness)
    const vol = volAt(shape, years, atForward, logMoneyness)
    const at = knot * GREEKS_LENGTH
    americanPriceAndGreeksInto(right, spot, strike, years, vol, rate, dividendYield, premiums, at)
    europeanPriceAndGreeksInto(right, spot, strike, years, vol, rate, dividendYield, european, 0)
    for (let place = 0; place < GREEKS_LENGTH; place++) premiums[at + place] = (premiums[at + place]! - european[place]!) / strike
  }
  return premiums
}

const european = new Float64Array(GREEKS_LENGTH)

/** Adds the premium by a cubic between the knots; beyond the first there is none, beyond the last it stays. */
function addPremium(premiums: Float64Array, inTheMoney: number, strike: number, out: Float64Array, at: number): void {
  if (inTheMoney <= KNOTS[0]!) return
  let knot = 1
  while (knot < KNOTS.length - 1 && inTheMoney > KNOTS[knot]!) knot++
  const left = KNOTS[knot - 1]!
  const part = Math.min((inTheMoney - left) / (KNOTS[knot]! - left), 1)
  for (let place = 0; place < GREEKS_LENGTH; place++) out[at + place]! += strike * cubic(premiums, place, knot, part)
}

/** The cubic Hermite polynomial between the knots `knot - 1` and `knot`, with slopes by differences over both neighbours. */
function cubic(premiums: Float64Array, place: number, knot: number, part: number): number {
  const span = KNOTS[knot]! - KNOTS[knot - 1]!
  const low = premiums[(knot - 1) * GREEKS_LENGTH + place]!
  const high = premiums[knot * GREEKS_LENGTH + place]!
  const change = high - low
  const slopeLow = span * slopeAt(premiums, place, knot - 1)
  const slopeHigh = span * slopeAt(premiums, place, knot)
  const bend = slopeLow + slopeHigh - 2 * change
  return low + part * (slopeLow + part * (change - slopeLow - bend + part * bend))
}

function slopeAt(premiums: Float64Array, place: number, knot: number): number {
  const before = Math.max(knot - 1, 0)
  const after = Math.min(knot + 1, KNOTS.length - 1)
  const secant = (one: number, other: number) => (premiums[other * GREEKS_LENGTH + place]! - premiums[one * GREEKS_LENGTH + place]!) / (KNOTS[other]! - KNOTS[one]!)
  if (before === knot || after === knot) return secant(before, after)
  const [left, right] = [KNOTS[knot]! - KNOTS[before]!, KNOTS[after]! - KNOTS[knot]!]
  // The parabola through the three.
  return (right * secant(before, knot) + left * secant(knot, after)) / (left + right)
}

/** Never below the European or the intrinsic value; at the latter the option is as good as exercised. */
function settleAtIntrinsic(sign: number, spot: number, strike: number, europeanPrice: number, out: Float64Array, at: number): void {
  const intrinsic = sign * (spot - strike)
  out[at + PRICE] = Math.max(out[at + PRICE]!, europeanPrice)
  out[at + GAMMA] = Math.max(out[at + GAMMA]!, 0)
  out[at + VEGA] = Math.max(out[at + VEGA]!, 0)
  out[at + DELTA] = sign * Math.min(Math.abs(out[at + DELTA]!), 1)
  if (out[at + PRICE]! > intrinsic) return
  out.fill(0, at, at + GREEKS_LENGTH)
  out[at + PRICE] = intrinsic
  out[at + DELTA] = sign
}
