import type { OptionRight, StrategyMarket, StrategySelection } from '../../../sdk/index.ts'
import { wingWidth } from './expected-move.ts'
import { long, short } from './legs.ts'
import { deltaNote, wingNote } from './notes.ts'
import { isRefusal } from './refusal.ts'
import { creditVertical, debitVertical } from './vertical.ts'

/** Of the short leg of a spread: about three chances in ten to end in the money. */
const SHORT_DELTA = 0.3

/** A debit spread, its long leg first. */
export function debitSpread(market: StrategyMarket, right: OptionRight): StrategySelection {
  const pair = debitVertical(market, right, SHORT_DELTA)
  if (isRefusal(pair)) return pair
  return { legs: [long(pair.long), short(pair.short)], note: deltaNote('short', pair.short, SHORT_DELTA, market) }
}

/** A credit spread, its short leg first. */
export function creditSpread(market: StrategyMarket, right: OptionRight): StrategySelection {
  const pair = creditVertical(market, right, SHORT_DELTA)
  if (isRefusal(pair)) return pair
  return {
    legs: [short(pair.short), long(pair.long)],
    note: `${deltaNote('short', pair.short, SHORT_DELTA, market)}; ${wingNote([pair], wingWidth(market.near, market.spot))}`,
  }
}
