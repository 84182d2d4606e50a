import { diagonalCallCapital } from '../../sdk/options/index.ts'
import { defineStrategy, type PositionPrices, type StrategyContract, type StrategyMarket, type StrategySelection } from '../../sdk/index.ts'
import { timeSpread } from './shared/capital.ts'
import { eligible, outOfTheMoney, type Eligibility } from './shared/eligible.ts'
import { laterSlices } from './shared/later.ts'
import { long, short } from './shared/legs.ts'
import { deltaNote, timeSpreadNote } from './shared/notes.ts'
import { byDelta, ranked } from './shared/rank.ts'
import { describeStrikes, dollars, isRefusal, refuse, type Refusal } from './shared/refusal.ts'

const SHORT_DELTA = 0.3

/** Deep enough in the money to stand in for the shares. */
const LONG_DELTA = 0.8

/** The long call is a LEAP where one is listed. */
const LATER = { minimumDays: 21, targetDays: 180 }

const inTheMoney = (spot: number): Eligibility => ({
  what: 'in-the-money call',
  among: (all) => all.filter(({ contract }) => contract.strike < spot),
})

function select(market: StrategyMarket): StrategySelection {
  const { near, spot } = market
  const pool = eligible(market, near, 'call', outOfTheMoney('call', spot))
  if (isRefusal(pool)) return pool
  const later = laterSlices(market, LATER)
  if (isRefusal(later)) return later
  const shorts = ranked(byDelta(pool, SHORT_DELTA, market), spot).map(({ contracts: [sold] }) => sold)
  let refusal: Refusal | null = null
  for (const slice of later) {
    const longs = eligible(market, slice, 'call', inTheMoney(spot))
    if (isRefusal(longs)) {
      refusal ??= longs
      continue
    }
    const bestLongs = ranked(byDelta(longs, LONG_DELTA, market), spot).map(({ contracts: [bought] }) => bought)
    for (const sold of shorts) {
      const bought = bestLongs.find((candidate) => pays(sold, candidate))
      if (bought === undefined) continue
      return {
        legs: [short(sold), long(bought)],
        note: `${deltaNote('short', sold, SHORT_DELTA, market)}; ${deltaNote('long', bought, LONG_DELTA, market)}, ${slice.dte - near.dte} days later; ${timeSpreadNote([sold, bought])}`,
      }
    }
    refusal ??= refuse(
      'quotes',
      `no call in the money among ${describeStrikes(longs)} of ${slice.expiration} and short call among ${describeStrikes(pool)} of ${near.expiration} make a debit below the distance of their strikes, at a price of ${dollars(spot)}`,
    )
  }
  return refusal!
}

/** Whether the debit is above zero and below the distance of the strikes: called away, the position must not lose. */
function pays(sold: StrategyContract, bought: StrategyContract): boolean {
  const debit = bought.mid! - sold.mid!
  return (
    sold.contract.multiplier === bought.contract.multiplier && debit > 1e-9 && debit < sold.contract.strike - bought.contract.strike - 1e-9
  )
}

/** The debit, and what the strikes ask beyond it where the long one is the higher. */
function capital({ legs, netPremium }: PositionPrices): number {
  const [sold, bought] = legs
  return diagonalCallCapital(netPremium, bought!.contract.strike, sold!.contract.strike)
}

export default defineStrategy({
  name: 'Diagonal',
  aliases: [
    'Diagonal Spread',
    'Diagonal Call',
    'Diagonal Call Spread',
    'Call Diagonal',
    'Call Diagonal Spread',
    'PMCC',
    "Poor Man's Covered Call",
    "Diagonal (Poor Man's Covered Call)",
    'Diagonal (PMCC)',
  ],
  description:
    'A long-dated call in the money and a short near one above the price: a covered call with the long call in place of the shares.',
  suits: ['bullish'],
  rights: ['call'],
  expirations: 2,
  later: LATER,
  premium: 'debit',
  select,
  capital: (position) => timeSpread(position, capital),
})
