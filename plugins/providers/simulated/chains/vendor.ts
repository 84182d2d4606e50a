import type { VendorGreeks } from '../../../../sdk/options/chain.ts'
import { DELTA, GAMMA, PRICE, RHO, THETA, VEGA, expirationInstant } from '../../../../sdk/options/index.ts'
import { clamp } from '../factors.ts'
import type { RandomStream } from '../random.ts'
import { isoOf } from './calendar-days.ts'

/** What a vendor states beside the quote. */
export interface VendorView {
  readonly greeks: VendorGreeks | null
  readonly impliedVol: number | null
}

/** The vendor's last calculation. */
export interface VendorRun {
  readonly updatedAt: number
  /** Price of the underlying then, less its price now. */
  readonly spotChange: number
}

const HOUR_MS = 3_600_000
const SESSION_DEVIATION_SHARE = 0.25

/** The vendor computes at every full hour of the session; between then and now the underlying has moved a little. */
export function vendorRun(random: RandomStream, asOf: number, session: number, spot: number, sessionDeviation: number): VendorRun {
  const date = isoOf(session)
  const latest = Math.min(asOf, expirationInstant(date))
  const updatedAt = Math.max(Math.floor(latest / HOUR_MS) * HOUR_MS, expirationInstant(date, 'am'))
  return { updatedAt, spotChange: spot * sessionDeviation * SESSION_DEVIATION_SHARE * clamp(random.normal(), -2.5, 2.5) }
}

/**
 * Greeks and implied volatility as the vendor states them for one contract, from `values` at `at` and the price `quoted`,
 * whose implied volatility it states; 0 where it finds none.
 */
export function vendorView(random: RandomStream, run: VendorRun, values: Float64Array, at: number, vol: number, quoted: number, thinness: number): VendorView {
  const isMissing = random.chance(0.006 + 0.05 * thinness)
  const isZero = random.chance(0.002 + 0.01 * thinness)
  if (isMissing) return { greeks: null, impliedVol: null }
  const gamma = values[at + GAMMA]!
  const delta = clamp(values[at + DELTA]! + gamma * run.spotChange, -1, 1)
  const greeks = {
    delta: round(delta),
    gamma: round(gamma),
    theta: round(values[at + THETA]!),
    vega: round(values[at + VEGA]!),
    rho: round(values[at + RHO]!),
    updatedAt: run.updatedAt,
  }
  return { greeks, impliedVol: isZero ? 0 : impliedVol(values[at + PRICE]!, values[at + VEGA]! * 100, vol, quoted) }
}

/** To first order; 0 where a step of the price moves it beyond all bounds, as solvers give up there. */
function impliedVol(value: number, vegaPerUnit: number, vol: number, quoted: number): number {
  if (quoted === 0 || vegaPerUnit < 0.002) return 0
  const implied = vol + (quoted - value) / vegaPerUnit
  return implied > 0.35 * vol && implied < 3 * vol ? round(implied) : 0
}

/** Six decimals, as the vendor's own text has about. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6 + 0
}
