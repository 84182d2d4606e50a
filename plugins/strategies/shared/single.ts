import type { OptionRight, StrategyLeg, StrategyMarket, StrategySelection } from '../../../sdk/index.ts'
import { aroundTheMoney, eligible, listed, type Eligibility } from './eligible.ts'
import { long, short } from './legs.ts'
import { deltaNote, moneyNote, passedOverNote, sharesNote } from './notes.ts'
import { byDelta, byStrikesFromMoney, ranked, type Choice } from './rank.ts'
import { isRefusal } from './refusal.ts'

/** One long contract at the money, up to three strikes away where that is worth its liquidity. */
export function longAtTheMoney(market: StrategyMarket, right: OptionRight): StrategySelection {
  const { near, spot } = market
  const pool = eligible(market, near, right, aroundTheMoney(right, spot))
  if (isRefusal(pool)) return pool
  const choices = ranked(byStrikesFromMoney(pool, listed(near, right), spot), spot)
  const [best] = choices as [Choice]
  const [contract] = best.contracts
  return {
    legs: [long(contract)],
    note: `${moneyNote(`long ${contract.contract.strike} ${right}`, contract.contract.strike, spot, pool)}${passedOverNote(choices, best)}`,
  }
}

/** One contract that a rule lets in, nearest to a delta. */
export function atDelta(
  market: StrategyMarket,
  right: OptionRight,
  side: StrategyLeg['side'],
  target: number,
  rule: Eligibility,
): StrategySelection {
  const pool = eligible(market, market.near, right, rule)
  if (isRefusal(pool)) return pool
  const choices = ranked(byDelta(pool, target, market), market.spot)
  const [best] = choices as [Choice]
  const [contract] = best.contracts
  return {
    legs: [side === 'long' ? long(contract) : short(contract)],
    note: `${deltaNote(side, contract, target, market)}${passedOverNote(choices, best)}`,
  }
}

/** A selection whose legs stand against shares; says where there can be none. */
export function againstShares({ ticker }: StrategyMarket, selection: StrategySelection): StrategySelection {
  if (selection.legs === null) return selection
  const odd = sharesNote(ticker, selection.legs[0]!)
  return odd === null ? selection : { ...selection, note: [selection.note, odd].filter((note) => note !== undefined).join('; ') }
}
