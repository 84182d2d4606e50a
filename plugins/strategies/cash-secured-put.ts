import { cashSecuredPutCapital } from '../../sdk/options/index.ts'
import { defineStrategy, type StrategyContract } from '../../sdk/index.ts'
import { moneyIndex, type Eligibility } from './shared/eligible.ts'
import { atDelta } from './shared/single.ts'

const SHORT_DELTA = 0.3

/** Farthest out of the money, as a fraction of the price. */
const FARTHEST = 0.15

/** How far above the price a strike still counts as at the money, where none at or below it can be sold. */
const MONEY_TOLERANCE = 0.05

function atMoneyToFarthest(spot: number): Eligibility {
  return {
    what: 'put at the money to 15% out of it',
    among: (all) =>
      withMoney(
        all,
        all.filter(({ contract }) => contract.strike <= spot && contract.strike >= (1 - FARTHEST) * spot),
        spot,
      ),
  }
}

/** The strikes at or below the price; the nearest above it too where none of those can be sold. */
function withMoney(all: readonly StrategyContract[], below: readonly StrategyContract[], spot: number): readonly StrategyContract[] {
  const atMoney = all[moneyIndex(all, spot)]
  if (atMoney === undefined || below.some(({ tradable }) => tradable)) return below
  const { strike } = atMoney.contract
  return strike > spot && strike <= (1 + MONEY_TOLERANCE) * spot ? [...below, atMoney] : below
}

export default defineStrategy({
  name: 'Cash-Secured Put',
  aliases: ['CSP', 'Cash Covered Put', 'Short Put (Cash-Secured)', 'Sell Cash-Secured Put'],
  description: 'A short put with the cash to buy the shares set aside: earns its premium unless the price falls below the strike.',
  suits: ['bullish', 'neutral'],
  rights: ['put'],
  expirations: 1,
  premium: 'credit',
  select: (market) => atDelta(market, 'put', 'short', SHORT_DELTA, atMoneyToFarthest(market.spot)),
  capital: ({ legs }) => cashSecuredPutCapital(legs[0]!.contract.strike),
})
