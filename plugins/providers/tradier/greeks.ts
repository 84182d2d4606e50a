import type { OptionRight, VendorGreeks } from '../../../sdk/options/chain.ts'
import { isObject, numberOf, utcInstantOf } from './values.ts'

/** No Greek of a listed contract comes near it. */
const LARGEST_GREEK = 1e6
/** 10,000% a year. */
const LARGEST_VOL = 100

/**
 * The vendor's Greeks in the units of the SDK, which are its own: theta per calendar day, vega and rho per percentage point.
 * Checked against its recorded answer (PLTR at 25.50, call of 13, 720 days, vol 57%, rates near 5%): by Black-Scholes theta is
 * -0.0034 a calendar day and -0.0049 a session, vega 0.056 and rho 0.166 a point; it states -0.0037, 0.061 and 0.154.
 *
 * It makes one set per strike, that of the call, and changes delta alone for the put: theta and rho of the recorded puts are
 * to the last digit those of the calls. A put whose rho is above zero is told by that, and has neither.
 */
export function readGreeks(greeks: unknown, right: OptionRight): VendorGreeks | null {
  if (!isObject(greeks)) return null
  const delta = greekOf(greeks.delta)
  const gamma = greekOf(greeks.gamma)
  const theta = greekOf(greeks.theta)
  const vega = greekOf(greeks.vega)
  const rho = greekOf(greeks.rho)
  if (delta === null && gamma === null && theta === null && vega === null && rho === null) return null
  const isOfCall = right === 'put' && rho !== null && rho > 0
  return {
    delta,
    gamma,
    theta: isOfCall ? null : theta,
    vega,
    rho: isOfCall ? null : rho,
    updatedAt: utcInstantOf(greeks.updated_at),
  }
}

/**
 * Implied vol as a decimal: `mid_iv` where it is above zero and that of a middle, else `smv_vol` (the vendor's smoothed surface)
 * where above zero, else whatever `mid_iv` is. Where `bid_iv` is 0 the vendor repeats `ask_iv` as `mid_iv`: that is the ask's.
 * A vendor's 0 stays 0 where it is all there is; null where nothing is stated.
 */
export function readImpliedVol(greeks: unknown): number | null {
  if (!isObject(greeks)) return null
  const bid = volOf(greeks.bid_iv)
  const mid = volOf(greeks.mid_iv)
  const smoothed = volOf(greeks.smv_vol)
  if (mid !== null && mid > 0 && bid !== 0) return mid
  if (smoothed !== null && smoothed > 0) return smoothed
  return mid ?? smoothed
}

const greekOf = (value: unknown): number | null => within(value, -LARGEST_GREEK, LARGEST_GREEK)
const volOf = (value: unknown): number | null => within(value, 0, LARGEST_VOL)

/** The number of a field, null where it is missing, no number or absurd: the engine then computes its own. */
function within(value: unknown, lowest: number, highest: number): number | null {
  const number = numberOf(value)
  return number !== null && number >= lowest && number <= highest ? number : null
}
