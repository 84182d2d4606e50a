import type { StrategyContract, StrategyMarket } from '../../../sdk/index.ts'
import { moneyIndex } from './eligible.ts'

/** Delta that one class of liquidity is worth: a strike this much nearer to the target is as good as one class better. */
const DELTA_PER_CLASS = 0.025

/** Fraction of the target width that one class of liquidity is worth. */
const WIDTH_PER_CLASS = 0.25

/** Upper bounds of the spread, as a fraction of the middle, and lower bounds of the open interest, that make classes 0, 1 and 2. */
const SPREAD_CLASSES = [0.05, 0.1, 0.2]
const INTEREST_CLASSES = [500, 100, 10]

/** As narrow as most series may be quoted, in dollars: class 0 whatever the price. */
const NARROWEST_SPREAD = 0.05 + 1e-9

/**
 * Contracts that would be chosen together, and how far they are from the target, in units of one class of liquidity;
 * null where that is not known.
 */
export interface Choice {
  readonly contracts: readonly [StrategyContract, ...StrategyContract[]]
  readonly distance: number | null
}

/**
 * Choices, best first. The cost of one is its distance from the target plus the liquidity class of its worst contract
 * (0 to 6: spread and open interest, 0 to 3 each), so liquidity draws the choice away from the target by as much as it
 * is worth and no more. Those of unknown distance come after all others. Of equal ones the nearest to the target, then
 * to the money, then the lowest strike is first.
 */
export function ranked<Kind extends Choice>(choices: readonly Kind[], spot: number): Kind[] {
  const scored = choices.map((choice) => {
    const distance = choice.distance ?? Number.POSITIVE_INFINITY
    const { strike } = choice.contracts[0].contract
    return { choice, keys: [distance + Math.max(...choice.contracts.map(liquidityClass)), distance, Math.abs(strike - spot), strike] }
  })
  return scored.sort((one, other) => compareKeys(one.keys, other.keys)).map(({ choice }) => choice)
}

/** Contracts by their strikes' places, counted from the money; `ascending` is the whole list that is counted along. */
export function byStrikesFromMoney(contracts: readonly StrategyContract[], ascending: readonly StrategyContract[], spot: number): Choice[] {
  const center = moneyIndex(ascending, spot)
  return contracts.map((contract) => ({ contracts: [contract], distance: Math.abs(ascending.indexOf(contract) - center) }))
}

/** Contracts by the distance of their delta from `target`, above zero for puts too. */
export function byDelta(contracts: readonly StrategyContract[], target: number, market: StrategyMarket): Choice[] {
  return contracts.map((contract) => {
    const delta = market.delta(contract.contract)
    return {
      contracts: [contract],
      distance: delta === null || !Number.isFinite(delta) ? null : Math.abs(Math.abs(delta) - target) / DELTA_PER_CLASS,
    }
  })
}

/** Contracts by how far the distance of their strike from `anchor` is from the width asked for. */
export function byWidth(contracts: readonly StrategyContract[], anchor: number, width: number): Choice[] {
  return contracts.map((contract) => ({
    contracts: [contract],
    distance: Math.abs(Math.abs(contract.contract.strike - anchor) - width) / (width * WIDTH_PER_CLASS),
  }))
}

/** 0 (narrow and much held) to 6. Unknown open interest counts as none. */
function liquidityClass({ contract, spreadPct }: StrategyContract): number {
  const { bid, ask, openInterest } = contract
  const isNarrow = bid !== null && ask !== null && ask - bid <= NARROWEST_SPREAD
  const bySpread = isNarrow ? 0 : placeOf(SPREAD_CLASSES.findIndex((bound) => spreadPct !== null && spreadPct <= bound))
  return bySpread + placeOf(INTEREST_CLASSES.findIndex((bound) => openInterest !== null && openInterest >= bound))
}

const placeOf = (index: number): number => (index === -1 ? 3 : index)

function compareKeys(one: readonly number[], other: readonly number[]): number {
  for (const [index, key] of one.entries()) {
    if (key < other[index]!) return -1
    if (key > other[index]!) return 1
  }
  return 0
}
