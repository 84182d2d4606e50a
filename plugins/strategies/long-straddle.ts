import { defineStrategy, type StrategyMarket, type StrategySelection } from '../../sdk/index.ts'
import { debit } from './shared/capital.ts'
import { aroundTheMoney, eligible, listed } from './shared/eligible.ts'
import { long } from './shared/legs.ts'
import { moneyNote } from './shared/notes.ts'
import { atOneStrike } from './shared/one-strike.ts'
import { ranked } from './shared/rank.ts'
import { describeStrikes, dollars, isRefusal, refuse } from './shared/refusal.ts'

function select(market: StrategyMarket): StrategySelection {
  const { near, spot } = market
  for (const right of ['call', 'put'] as const) {
    const found = eligible(market, near, right, aroundTheMoney(right, spot))
    if (isRefusal(found)) return found
  }
  const calls = listed(near, 'call')
  const pairs = atOneStrike(calls, listed(near, 'put'), spot)
  if (pairs.length === 0) {
    return refuse(
      'strikes',
      `no strike near ${dollars(spot)} has both a call and a put among ${describeStrikes(calls)} of ${near.expiration}`,
    )
  }
  const tradable = pairs.filter(({ contracts }) => contracts.every(({ tradable }) => tradable))
  const best = ranked(tradable, spot)[0]
  if (best === undefined) {
    const strikes = pairs.map(({ contracts }) => contracts[0].contract.strike).sort((one, other) => one - other)
    return refuse(
      'quotes',
      `no strike of ${strikes.join(', ')} of ${near.expiration} has a two-sided quote of both its call and its put, at a price of ${dollars(spot)}`,
    )
  }
  const [call, put] = best.contracts
  const { strike } = call.contract
  return {
    legs: [long(call), long(put)],
    note: moneyNote(
      `long ${strike} call and put`,
      strike,
      spot,
      tradable.map(({ contracts }) => contracts[0]).sort((a, b) => a.contract.strike - b.contract.strike),
    ),
  }
}

export default defineStrategy({
  name: 'Long Straddle',
  aliases: ['Straddle', 'Buy Straddle'],
  description: 'A call and a put of the strike at the money: gains from a large move either way, loses at most both premiums.',
  suits: ['neutral'],
  rights: ['call', 'put'],
  expirations: 1,
  premium: 'debit',
  select,
  capital: debit,
})
