import type { StrategyContract, StrategyMarket } from '../../../sdk/index.ts'
import { sharesUnderlying } from '../../../sdk/options/index.ts'
import type { Choice } from './rank.ts'
import { describeStrikes } from './refusal.ts'
import { widthOf, type Vertical } from './vertical.ts'

/** `short 95 put at delta 0.29 for a target of 0.30`. */
export function deltaNote(side: 'long' | 'short', { contract }: StrategyContract, target: number, market: StrategyMarket): string {
  const delta = market.delta(contract)
  const name = `${side} ${contract.strike} ${contract.right}`
  return delta === null
    ? `${name} by its nearness to the money, since no price tells its delta`
    : `${name} at delta ${Math.abs(delta).toFixed(2)} for a target of ${target.toFixed(2)}`
}

/** `a wing 5 wide, a third of the expected move being 4.87`; of several each its own width. */
export function wingNote(verticals: readonly Vertical[], target: number): string {
  const widths = [...new Set(verticals.map((vertical) => String(Number(widthOf(vertical).toFixed(4)))))]
  return `${verticals.length === 1 ? 'a wing' : 'wings'} ${widths.join(' and ')} wide, a third of the expected move being ${target.toFixed(2)}`
}

/** What was nearer to the aim than the choice that was made and gave way to it, empty where nothing was. */
export function passedOverNote(choices: readonly Choice[], best: Choice): string {
  const nearer = choices
    .filter(({ distance }) => distance !== null && (best.distance === null || distance < best.distance - 1e-9))
    .map(({ contracts: [{ contract }] }) => contract.strike)
  return nearer.length === 0
    ? ''
    : `, before ${nearer.sort((one, other) => one - other).join(', ')}, which ${nearer.length === 1 ? 'is nearer to it and trades' : 'are nearer to it and trade'} worse`
}

/** `long 100 call, 0.5% from the money, of 7 strikes from 97 to 103`. */
export function moneyNote(position: string, strike: number, spot: number, pool: readonly StrategyContract[]): string {
  return `${position}, ${((100 * Math.abs(strike - spot)) / spot).toFixed(1)}% from the money, of ${describeStrikes(pool)} that can be traded`
}

/** What of a position on two expirations no formula tells, and why. */
export function timeSpreadNote(contracts: readonly StrategyContract[]): string {
  const isIndex = contracts.some(({ contract }) => contract.style === 'european')
  const unknown = isIndex ? 'profit, loss and breakevens hang' : 'profit and breakevens hang'
  const stated = `${unknown} on what the later leg is worth when the near one ends, so none is stated`
  const { root } = contracts[0]!.contract
  if (sharesUnderlying(root)) return stated
  return `${stated}; each expiration of ${root} has a forward of its own and covers no other, so capital is debit and margin of the short leg`
}

/** What is odd about shares of an index, null where a contract is of shares. */
export function sharesNote(ticker: string, { contract }: Pick<StrategyContract, 'contract'>): string | null {
  return contract.style === 'european'
    ? `options of ${ticker} are settled in cash and it has no shares: its value stands for their price`
    : null
}
