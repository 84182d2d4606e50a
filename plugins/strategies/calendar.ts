import { defineStrategy, type StrategyMarket, type StrategySelection } from '../../sdk/index.ts'
import { debit, timeSpread } from './shared/capital.ts'
import { aroundTheMoney, eligible, listed, STRIKES_AROUND, windowAround } from './shared/eligible.ts'
import { laterSlices } from './shared/later.ts'
import { long, short } from './shared/legs.ts'
import { moneyNote, timeSpreadNote } from './shared/notes.ts'
import { atOneStrike } from './shared/one-strike.ts'
import { ranked } from './shared/rank.ts'
import { describeStrikes, dollars, isRefusal, refuse } from './shared/refusal.ts'

const LATER = { minimumDays: 7, targetDays: 30 }

/** Calls, which cost nothing by early exercise as a rule; puts where the row is bearish. */
const rightFor = (bias: StrategyMarket['bias']) => (bias === 'bearish' ? 'put' : 'call')

function select(market: StrategyMarket): StrategySelection {
  const { near, spot, bias } = market
  const right = rightFor(bias)
  const pool = eligible(market, near, right, aroundTheMoney(right, spot))
  if (isRefusal(pool)) return pool
  const atTheMoney = new Set(windowAround(listed(near, right), spot).map(({ contract }) => contract.strike))
  const later = laterSlices(market, LATER)
  if (isRefusal(later)) return later
  let isListed = false
  for (const slice of later) {
    // Where the later one lists few strikes, the nearest that both have may be far from the money.
    const common = atOneStrike(listed(near, right), listed(slice, right), spot).filter(({ contracts: [sold] }) =>
      atTheMoney.has(sold.contract.strike),
    )
    isListed ||= common.length > 0
    const pairs = common.filter(({ contracts: [sold, bought] }) => {
      const isQuoted = sold.tradable && bought.tradable && sold.contract.multiplier === bought.contract.multiplier
      return isQuoted && bought.mid! - sold.mid! > 1e-9
    })
    const best = ranked(pairs, spot)[0]
    if (best === undefined) continue
    const [sold, bought] = best.contracts
    const { strike } = sold.contract
    const strikes = pairs.map(({ contracts }) => contracts[0]).sort((one, other) => one.contract.strike - other.contract.strike)
    return {
      legs: [short(sold), long(bought)],
      note: `${moneyNote(`${strike} ${right}`, strike, spot, strikes)}, ${slice.dte - near.dte} days apart; ${timeSpreadNote(best.contracts)}`,
    }
  }
  const dates = later.map(({ expiration }) => expiration).join(', ')
  if (!isListed) {
    return refuse(
      'strikes',
      `no ${right} within ${STRIKES_AROUND} strikes of the money at a price of ${dollars(spot)} is listed both on ${near.expiration} and on ${dates}`,
    )
  }
  return refuse(
    'quotes',
    `no ${right} near ${dollars(spot)} has two-sided quotes both on ${near.expiration} and on ${dates} with the later one dearer, among ${describeStrikes(pool)} quoted on the first`,
  )
}

export default defineStrategy({
  name: 'Calendar',
  aliases: ['Calendar Spread', 'Long Calendar', 'Long Calendar Spread', 'Time Spread', 'Horizontal Spread'],
  description: 'A short contract and a longer-dated long one of the same strike: earns time value while the price stays near it.',
  suits: ['neutral'],
  rights: (bias) => [rightFor(bias)],
  expirations: 2,
  later: LATER,
  premium: 'debit',
  select,
  capital: (position) => timeSpread(position, debit),
})
