import type { OptionRight, StrategyMarket, StrategySelection } from '../../../sdk/index.ts'
import { aroundTheMoney } from './eligible.ts'
import { refuse } from './refusal.ts'
import { atDelta } from './single.ts'

/** Days to expiration from which on an option is a LEAP here. */
export const LEAP_DAYS = 180

/** In the money, where a long-dated option moves much as the shares do and little of its price is time value. */
const LEAP_DELTA = 0.7

/** One long contract of half a year or more, in the money as far as three strikes from it allow. */
export function longLeap(market: StrategyMarket, right: OptionRight): StrategySelection {
  const { near, spot } = market
  if (near.dte < LEAP_DAYS) return refuse('expiration', `${near.expiration} is ${near.dte} days away, and a LEAP has ${LEAP_DAYS} or more`)
  return atDelta(market, right, 'long', LEAP_DELTA, aroundTheMoney(right, spot))
}
