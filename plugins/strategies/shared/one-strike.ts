import type { StrategyContract } from '../../../sdk/index.ts'
import { moneyIndex, windowAround } from './eligible.ts'
import type { Choice } from './rank.ts'

/** Two contracts of one strike. */
export interface Pair extends Choice {
  readonly contracts: readonly [StrategyContract, StrategyContract]
  readonly distance: number
}

/** Pairs of one strike that both lists have, at the money and up to three such strikes to either side, nearest to the money first. */
export function atOneStrike(one: readonly StrategyContract[], other: readonly StrategyContract[], spot: number): Pair[] {
  const partners = new Map(other.map((contract) => [contract.contract.strike, contract]))
  const common = one.filter(({ contract }) => partners.has(contract.strike)).sort((a, b) => a.contract.strike - b.contract.strike)
  const center = moneyIndex(common, spot)
  return windowAround(common, spot)
    .map((contract): Pair => ({
      contracts: [contract, partners.get(contract.contract.strike)!],
      distance: Math.abs(common.indexOf(contract) - center),
    }))
    .sort((a, b) => a.distance - b.distance || a.contracts[0].contract.strike - b.contracts[0].contract.strike)
}
