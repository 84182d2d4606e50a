import type { ExpirationSlice, OptionRight, StrategyContract, StrategyMarket } from '../../../sdk/index.ts'
import { describeStrikes, dollars, refuse, type Refusal } from './refusal.ts'

/** Strikes to either side of the money among which a position at the money is looked for. */
export const STRIKES_AROUND = 3

/** Farthest from the price, as a fraction, that a strike beyond the ends of a list may lie and still be at the money. */
const FARTHEST_MONEY = 0.1

/** A rule for strikes, and how a refusal names what it looks for. */
export interface Eligibility {
  /** `put strictly out of the money`. */
  readonly what: string
  /** Those that the rule lets in, of all listed, ascending by strike. */
  among(listed: readonly StrategyContract[]): readonly StrategyContract[]
}

/** Contracts of one type, ascending by strike. */
export function listed(slice: ExpirationSlice, right: OptionRight): StrategyContract[] {
  const contracts = right === 'call' ? slice.calls : slice.puts
  return contracts.filter(({ contract }) => !contract.adjusted).sort((one, other) => one.contract.strike - other.contract.strike)
}

/**
 * The contracts that a rule lets in and that can be traded: a bid above zero, an ask not below it, and a middle that an
 * option can have.
 */
export function eligible(
  market: StrategyMarket,
  slice: ExpirationSlice,
  right: OptionRight,
  rule: Eligibility,
): readonly StrategyContract[] | Refusal {
  const { spot } = market
  if (!(spot > 0 && Number.isFinite(spot))) return refuse('strikes', `the price of ${market.ticker} is ${spot}, so no strike can be placed`)
  const all = listed(slice, right)
  if (all.length === 0) return refuse('strikes', `${slice.expiration} lists no ${right}s`)
  const within = rule.among(all)
  if (within.length === 0) {
    return refuse('strikes', `no ${rule.what} at a price of ${dollars(spot)} among ${describeStrikes(all)} of ${slice.expiration}`)
  }
  const tradable = within.filter((contract) => contract.tradable && contract.mid !== null)
  const possible = tradable.filter((contract) => isBelowUpperBound(contract, spot))
  if (possible.length > 0) return possible
  const quote =
    tradable.length === 0 ? 'a two-sided quote' : `a two-sided quote below ${right === 'call' ? 'the price of the shares' : 'its strike'}`
  return refuse(
    'quotes',
    `no ${rule.what} with ${quote} among ${describeStrikes(within)} of ${slice.expiration}, at a price of ${dollars(spot)}`,
  )
}

/** No call is worth more than the share that it buys, and no put more than what it sells the share for. */
function isBelowUpperBound({ contract, mid }: StrategyContract, spot: number): boolean {
  return mid! < (contract.right === 'call' ? spot : contract.strike)
}

/** At the money and three strikes to either side, whether they can be traded or not. */
export function aroundTheMoney(right: string, spot: number): Eligibility {
  return { what: `${right} within ${STRIKES_AROUND} strikes of the money`, among: (all) => windowAround(all, spot) }
}

/** Calls above the price, puts below it. */
export function outOfTheMoney(right: OptionRight, spot: number): Eligibility {
  return {
    what: `strictly out-of-the-money ${right}`,
    among: (all) => all.filter(({ contract }) => (right === 'call' ? contract.strike > spot : contract.strike < spot)),
  }
}

/** Place of the strike nearest to the price, the lower of two equally near; -1 without strikes. */
export function moneyIndex(ascending: readonly StrategyContract[], spot: number): number {
  let best = -1
  for (const [index, { contract }] of ascending.entries()) {
    if (best === -1 || Math.abs(contract.strike - spot) < Math.abs(ascending[best]!.contract.strike - spot)) best = index
  }
  return best
}

/** None where the whole list lies to one side of the price and far from it, as after a split. */
export function windowAround(ascending: readonly StrategyContract[], spot: number): readonly StrategyContract[] {
  const center = moneyIndex(ascending, spot)
  if (center === -1) return []
  const isAtEnd = ascending[0]!.contract.strike > spot || ascending.at(-1)!.contract.strike < spot
  if (isAtEnd && Math.abs(ascending[center]!.contract.strike - spot) > FARTHEST_MONEY * spot) return []
  return ascending.slice(Math.max(0, center - STRIKES_AROUND), center + STRIKES_AROUND + 1)
}
