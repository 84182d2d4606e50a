import type { StrategyContract, StrategyMarket } from '../../../sdk/index.ts'
import { describeStrikes } from './refusal.ts'

/** `short 95 put at delta 0.29 for a target of 0.30`. */
export function deltaNote(side: 'long' | 'short', { contract }: StrategyContract, target: number, market: StrategyMarket): string {
  const delta = market.delta(contract)
  const name = `${side} ${contract.strike} ${contract.right}`
  return delta === null ? `${name} by its nearness to the money, since no price tells its delta` : `${name} at delta ${Math.abs(delta).toFixed(2)} for a target of ${target.toFixed(2)}`
}

/** `long 100 call, 0.5% from the money, of 7 strikes from 97 to 103`. */
export function moneyNote(position: string, strike: number, spot: number, pool: readonly StrategyContract[]): string {
  return `${position}, ${((100 * Math.abs(strike - spot)) / spot).toFixed(1)}% from the money, of ${describeStrikes(pool)} that can be traded`
}

/** What of a position on two expirations no formula tells, and why. */
export function timeSpreadNote(contracts: readonly StrategyContract[]): string {
  const isIndex = contracts.some(({ contract }) => contract.style === 'european')
  const unknown = isIndex ? 'profit, loss and breakevens hang' : 'profit and breakevens hang'
  return `${unknown} on what the later leg is worth when the near one ends, so none is stated`
}

/** What is odd about shares of an index, null where a contract is of shares. */
export function sharesNote(ticker: string, { contract }: Pick<StrategyContract, 'contract'>): string | null {
  return contract.style === 'european' ? `options of ${ticker} are settled in cash and it has no shares: its value stands for their price` : null
}
