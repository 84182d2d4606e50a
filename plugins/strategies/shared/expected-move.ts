import type { ExpirationSlice } from '../../../sdk/index.ts'
import { atOneStrike } from './one-strike.ts'

/** Wings of credit spreads and condors are this part of the expected move wide. */
const WING_PART = 1 / 3

/** Volatility per year that stands in where no straddle is quoted. */
const FALLBACK_VOL = 0.3

/** A straddle at the money costs this many standard deviations of the price: the root of 2/pi. */
const STRADDLE_PER_DEVIATION = Math.sqrt(2 / Math.PI)

/**
 * How wide a wing should be, in dollars: a third of the move that the market expects until expiration, which is the
 * price of the straddle at the money (Brenner and Subrahmanyam 1988); without one, that of a volatility of 30% a year.
 */
export function wingWidth(slice: ExpirationSlice, spot: number): number {
  const straddle = atOneStrike(slice.calls, slice.puts, spot).find(({ contracts }) => contracts.every(({ tradable }) => tradable))
  const move =
    straddle?.contracts.reduce((sum, { mid }) => sum + mid!, 0) ??
    STRADDLE_PER_DEVIATION * FALLBACK_VOL * Math.sqrt(Math.max(slice.years, 1 / 365)) * spot
  return WING_PART * move
}
