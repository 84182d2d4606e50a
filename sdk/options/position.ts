import type { StrategyDefinition, StrategyLeg } from '../strategy.ts'
import type { OptionContract } from './chain.ts'
import { positionOutcome, type PositionLeg, type PositionOutcome } from './position-outcome.ts'

/** Quote of a whole position in dollars per share, as one would trade it in one order. */
export interface PackageQuote {
  /** What selling the package brings at once, `ask` what buying it costs; may be below zero where the market is wide. */
  readonly bid: number
  readonly ask: number
  readonly mid: number
  /** `(ask - bid) / mid`, null where the middle is not above zero. */
  readonly spreadPct: number | null
}

/** A position as its legs' quotes value it. Dollars per share, except capital, profit and loss: dollars for one unit. */
export interface PositionEvaluation {
  /** Distinct, ascending. */
  readonly strikes: readonly number[]
  /** Null where a leg has no quote with both sides; what follows from it is then null too. */
  readonly bid: number | null
  readonly ask: number | null
  readonly mid: number | null
  readonly spreadPct: number | null
  /** Of the leg that has least; null where a leg's is not known. */
  readonly openInterest: number | null
  readonly volume: number | null
  /** At the middle: above zero paid, below zero received; shares not included. */
  readonly netPremium: number | null
  /** To the cent. */
  readonly capital: number | null
  /** To the cent; null where legs on several expirations leave no closed form. */
  readonly maxProfit: number | 'unlimited' | null
  readonly maxLoss: number | 'unlimited' | null
  /** Prices of the underlying at expiration, ascending, to a hundredth of a cent; null where there is no closed form. */
  readonly breakevens: readonly number[] | null
}

/** Greeks per share, each null where it is not known: vendors leave some out. */
export type PositionGreeks = { readonly [Greek in 'delta' | 'gamma' | 'theta' | 'vega' | 'rho']: number | null }

/** What of a strategy values its positions. */
type Valuation = Pick<StrategyDefinition, 'name' | 'premium' | 'holdsShares' | 'capital'>

/** What sums of decimals keep: beyond lies the dust of binary fractions. */
const EXACT_DIGITS = 12

const UNPRICED = {
  bid: null,
  ask: null,
  mid: null,
  spreadPct: null,
  netPremium: null,
  capital: null,
  maxProfit: null,
  maxLoss: null,
  breakevens: null,
}

/**
 * Values the position that a strategy chose at the quotes of its legs, for one unit: one contract per unit of quantity,
 * and the shares where the strategy holds them.
 *
 * The quote is the package's: of a debit position as it is bought (long legs less short ones), of a credit position as
 * it is sold (short legs less long ones), so that `bid <= mid <= ask`, above zero in an orderly market; of a single leg it
 * is the contract's own, and shares are left out of it.
 *
 * Profit, loss and breakevens are those of `positionOutcome`, opened at the middle. Over several expirations it bounds
 * the loss by the intrinsic value of what outlives the short legs; a European option can be worth less than that, so
 * there the loss is null too.
 *
 * @throws RangeError where there is no leg, where legs differ in contract size, or where the strategy's capital is no finite number
 */
export function evaluatePosition(strategy: Valuation, legs: readonly StrategyLeg[], spot: number): PositionEvaluation {
  const multiplier = commonMultiplier(strategy.name, legs)
  const facts = {
    strikes: [...new Set(legs.map(({ contract }) => contract.strike))].sort((one, other) => one - other),
    openInterest: least(legs.map(({ contract }) => contract.openInterest)),
    volume: least(legs.map(({ contract }) => contract.volume)),
  }
  const quote = packageQuote(strategy.premium, legs)
  if (quote === null) return { ...facts, ...UNPRICED }
  const netPremium = strategy.premium === 'debit' ? quote.mid : 0 - quote.mid
  const capital = strategy.capital({ spot, legs, netPremium })
  if (!Number.isFinite(capital)) {
    throw new RangeError(`The capital that ${strategy.name} computes is ${capital}, which is no finite number.`)
  }
  const { maxProfit, maxLoss, breakevens } = outcomeOf(strategy, legs, spot)
  return {
    ...facts,
    ...quote,
    netPremium,
    capital: rounded(capital * multiplier, 2),
    maxProfit: perUnit(maxProfit, multiplier),
    maxLoss: perUnit(maxLoss, multiplier),
    breakevens: breakevens?.map((price) => rounded(price, 4)) ?? null,
  }
}

/**
 * The quote of the whole package, to a millionth of a dollar; null where a leg has no two-sided quote: a bid above
 * zero and an ask not below it.
 */
export function packageQuote(premium: 'debit' | 'credit', legs: readonly StrategyLeg[]): PackageQuote | null {
  if (!legs.every(({ contract }) => isTwoSided(contract))) return null
  const bought = premium === 'debit' ? 'long' : 'short'
  let bid = 0
  let ask = 0
  for (const { side, quantity, contract } of legs) {
    bid += quantity * (side === bought ? contract.bid! : -contract.ask!)
    ask += quantity * (side === bought ? contract.ask! : -contract.bid!)
  }
  const mid = rounded((bid + ask) / 2, 6)
  return { bid: rounded(bid, 6), ask: rounded(ask, 6), mid, spreadPct: mid > 0 ? (ask - bid) / mid : null }
}

/**
 * Greeks of the position that a strategy chose, per share of one unit: its legs' by side and quantity, and a delta of 1
 * for shares held.
 */
export function positionGreeks(
  strategy: Pick<StrategyDefinition, 'holdsShares'>,
  legs: readonly StrategyLeg[],
  greeksOf: (contract: OptionContract) => PositionGreeks | null,
): PositionGreeks {
  const known = legs.map(({ contract }) => greeksOf(contract))
  const sum = (greek: keyof PositionGreeks, start = 0): number | null => {
    const values = known.map((greeks) => greeks?.[greek] ?? null)
    if (values.includes(null)) return null
    const total = legs.reduce((sum, { side, quantity }, index) => sum + (side === 'long' ? quantity : -quantity) * values[index]!, start)
    return Number(total.toPrecision(EXACT_DIGITS)) + 0
  }
  return {
    delta: sum('delta', strategy.holdsShares === true ? 1 : 0),
    gamma: sum('gamma'),
    theta: sum('theta'),
    vega: sum('vega'),
    rho: sum('rho'),
  }
}

function outcomeOf({ holdsShares }: Valuation, legs: readonly StrategyLeg[], spot: number): Omit<PositionOutcome, 'cost'> {
  const options = legs.map(({ side, quantity, contract: { right, strike, expiration, bid, ask } }): PositionLeg => ({
    side,
    quantity,
    right,
    strike,
    expiration,
    price: (bid! + ask!) / 2,
  }))
  const shares: PositionLeg[] =
    holdsShares === true ? [{ side: 'long', right: 'stock', strike: 0, expiration: '', quantity: 1, price: spot }] : []
  const outcome = positionOutcome([...options, ...shares])
  const isOneExpiration = new Set(options.map(({ expiration }) => expiration)).size === 1
  const keepsIntrinsic = legs.every(({ contract }) => contract.style === 'american')
  return isOneExpiration || keepsIntrinsic ? outcome : { ...outcome, maxLoss: null }
}

function commonMultiplier(name: string, legs: readonly StrategyLeg[]): number {
  const [multiplier, other] = new Set(legs.map(({ contract }) => contract.multiplier))
  if (multiplier === undefined) throw new RangeError(`${name} has no leg to value.`)
  if (other !== undefined) {
    throw new RangeError(`The legs of ${name} stand for ${multiplier} and for ${other} shares a contract, which are no common unit.`)
  }
  return multiplier
}

function isTwoSided({ bid, ask }: OptionContract): boolean {
  return bid !== null && ask !== null && bid > 0 && ask >= bid && Number.isFinite(ask)
}

function least(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : Math.min(...(values as number[]))
}

function perUnit(value: number | null, multiplier: number): number | 'unlimited' | null {
  if (value === null) return null
  return value === Number.POSITIVE_INFINITY ? 'unlimited' : rounded(value * multiplier, 2)
}

/** Half a unit away from zero, as money is rounded, with the noise of binary fractions taken off first; never -0. */
function rounded(value: number, digits: number): number {
  const scale = 10 ** digits
  const units = Number((Math.abs(value) * scale).toFixed(4))
  return (Math.sign(value) * Math.round(units)) / scale + 0
}
