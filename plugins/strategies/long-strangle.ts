import { defineStrategy, type StrategyMarket, type StrategySelection } from '../../sdk/index.ts'
import { debit } from './shared/capital.ts'
import { outOfTheMoney } from './shared/eligible.ts'
import { atDelta } from './shared/single.ts'

const LONG_DELTA = 0.3

function select(market: StrategyMarket): StrategySelection {
  const call = atDelta(market, 'call', 'long', LONG_DELTA, outOfTheMoney('call', market.spot))
  if (call.legs === null) return call
  const put = atDelta(market, 'put', 'long', LONG_DELTA, outOfTheMoney('put', market.spot))
  if (put.legs === null) return put
  return { legs: [...call.legs, ...put.legs], note: `${call.note}; ${put.note}` }
}

export default defineStrategy({
  name: 'Long Strangle',
  aliases: ['Strangle', 'Buy Strangle'],
  description: 'A call and a put, both out of the money: gains from a large move either way at a lower cost than a straddle.',
  suits: ['neutral'],
  rights: ['call', 'put'],
  expirations: 1,
  premium: 'debit',
  select,
  capital: debit,
})
