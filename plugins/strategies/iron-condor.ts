import { ironCondorCapital } from '../../sdk/options/index.ts'
import { defineStrategy, type PositionPrices, type StrategyMarket, type StrategySelection } from '../../sdk/index.ts'
import { wingWidth } from './shared/expected-move.ts'
import { long, short } from './shared/legs.ts'
import { deltaNote, wingNote } from './shared/notes.ts'
import { dollars, isRefusal, refuse } from './shared/refusal.ts'
import { creditVertical, widthOf, type Vertical } from './shared/vertical.ts'

/** Of both short legs: about one standard deviation away. */
const SHORT_DELTA = 0.16

const credit = ({ long, short }: Vertical): number => short.mid! - long.mid!

/** Both wings about as wide as the narrower one came out: the strikes of one side may end early or lie further apart. */
function select(market: StrategyMarket): StrategySelection {
  const first = { puts: creditVertical(market, 'put', SHORT_DELTA), calls: creditVertical(market, 'call', SHORT_DELTA) }
  if (isRefusal(first.puts)) return first.puts
  if (isRefusal(first.calls)) return first.calls
  const width = Math.min(widthOf(first.puts), widthOf(first.calls))
  const again = { puts: creditVertical(market, 'put', SHORT_DELTA, width), calls: creditVertical(market, 'call', SHORT_DELTA, width) }
  const puts = isRefusal(again.puts) ? first.puts : again.puts
  const calls = isRefusal(again.calls) ? first.calls : again.calls
  const total = credit(puts) + credit(calls)
  const widest = Math.max(widthOf(puts), widthOf(calls))
  // Quotes are in cents: what lies closer than that is the noise of binary fractions.
  if (total > widest - 0.005) {
    return refuse(
      'quotes',
      `the credit of ${dollars(total)} is not below the widest wing of ${dollars(widest)}, so the quotes of ${market.near.expiration} cannot all stand`,
    )
  }
  return {
    legs: [short(puts.short), long(puts.long), short(calls.short), long(calls.long)],
    note: `${deltaNote('short', puts.short, SHORT_DELTA, market)}; ${deltaNote('short', calls.short, SHORT_DELTA, market)}; ${wingNote([puts, calls], wingWidth(market.near, market.spot))}`,
  }
}

/** The widest wing: the price cannot be beyond both. */
function capital({ legs }: PositionPrices): number {
  const [shortPut, longPut, shortCall, longCall] = legs.map(({ contract }) => contract.strike)
  return ironCondorCapital(longPut!, shortPut!, shortCall!, longCall!)
}

export default defineStrategy({
  name: 'Iron Condor',
  aliases: ['IC', 'Short Iron Condor', 'Iron Condor Spread'],
  description: 'A put credit spread below the price and a call credit spread above it: earns both credits while the price stays between.',
  suits: ['neutral'],
  rights: ['call', 'put'],
  expirations: 1,
  premium: 'credit',
  select,
  capital,
})
