import { defineStrategy } from '../../sdk/index.ts'
import { sharesLessPremium } from './shared/capital.ts'
import { outOfTheMoney } from './shared/eligible.ts'
import { againstShares, atDelta } from './shared/single.ts'

/** As of the Cboe S&P 500 30-Delta BuyWrite Index. */
const SHORT_DELTA = 0.3

export default defineStrategy({
  name: 'Covered Call',
  aliases: ['CC', 'Covered Calls', 'Short Covered Call', 'Sell Covered Call'],
  description: 'A call out of the money sold against shares that are held: earns its premium and keeps the gain up to the strike.',
  suits: ['bullish', 'neutral'],
  rights: ['call'],
  expirations: 1,
  premium: 'credit',
  holdsShares: true,
  select: (market) => againstShares(market, atDelta(market, 'call', 'short', SHORT_DELTA, outOfTheMoney('call', market.spot))),
  capital: sharesLessPremium,
})
