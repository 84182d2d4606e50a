import { defineStrategy, type StrategyMarket, type StrategySelection } from '../../sdk/index.ts'
import { sharesLessPremium } from './shared/capital.ts'
import { eligible, listed, STRIKES_AROUND, type Eligibility } from './shared/eligible.ts'
import { short } from './shared/legs.ts'
import { moneyNote } from './shared/notes.ts'
import { byStrikesFromMoney, ranked } from './shared/rank.ts'
import { isRefusal } from './shared/refusal.ts'
import { againstShares } from './shared/single.ts'

/** As the Cboe S&P 500 BuyWrite Index sells it: the first strike at or above the price. */
function firstStrikesAbove(spot: number): Eligibility {
  return {
    what: `call among the ${STRIKES_AROUND + 1} strikes at or above the price`,
    among: (all) => all.filter(({ contract }) => contract.strike >= spot).slice(0, STRIKES_AROUND + 1),
  }
}

function select(market: StrategyMarket): StrategySelection {
  const { near, spot } = market
  const rule = firstStrikesAbove(spot)
  const pool = eligible(market, near, 'call', rule)
  if (isRefusal(pool)) return pool
  const [call] = ranked(byStrikesFromMoney(pool, rule.among(listed(near, 'call')), spot), spot)[0]!.contracts
  return againstShares(market, {
    legs: [short(call)],
    note: moneyNote(`short ${call.contract.strike} call`, call.contract.strike, spot, pool),
  })
}

export default defineStrategy({
  name: 'Buy-Write',
  aliases: ['Buy/Write Call'],
  description: 'Shares bought and the call at the money sold in one order: gives up the rise for the largest premium.',
  suits: ['neutral', 'bullish'],
  rights: ['call'],
  expirations: 1,
  premium: 'credit',
  holdsShares: true,
  select,
  capital: sharesLessPremium,
})
