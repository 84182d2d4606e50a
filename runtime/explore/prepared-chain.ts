import type { OptionChain, OptionContract, OptionRight } from '../../sdk/options/chain.ts'
import { inferForward, type InferredForward, type QuotedPair } from '../../sdk/options/parity.ts'
import { daysToExpiration, yearsToExpiration } from '../../sdk/options/time.ts'
import type { ExpirationSlice, StrategyContract } from '../../sdk/strategy.ts'
import { chainFlags, isMostlyZero, type QualityFlag } from './quality.ts'

/** Continuous rates per year, as decimals. */
export interface Carry {
  readonly rate: number
  readonly dividendYield: number
}

/** A chain made ready for strategies: standard contracts by type, and the price they stand around. */
export interface PreparedChain {
  readonly chain: OptionChain
  readonly slice: ExpirationSlice
  /** Dollars per share. */
  readonly spot: number
  readonly carry: Carry
  readonly flags: readonly QualityFlag[]
}

/** Why a chain can not be used, in one sentence. */
export interface UnusableChain {
  readonly unusable: string
  readonly flags: readonly QualityFlag[]
  /** True where its quotes alone are at fault, so that another expiration may show better. */
  readonly isQuality: boolean
  /** Set where it could not even be fetched: what was thrown. */
  readonly failure?: unknown
}

/** A chain made ready but for the price of its underlying, for which a row may have to stand in. */
export interface SortedChain {
  readonly chain: OptionChain
  readonly slice: ExpirationSlice
  readonly carry: Carry
  readonly flags: readonly QualityFlag[]
  /** The price that the chain states, and what put-call parity makes of its quotes. */
  readonly stated: number | null
  readonly inferred: InferredForward
}

/** Years from which on the value of early exercise shows in put-call parity: below, it is a tenth of a percent of the price. */
const EARLY_EXERCISE_YEARS = 0.25
/** Differences between sources of a price that are no longer noise. */
const SPOT_TOLERANCE = 0.05
const CLOSE_TOLERANCE = 0.1
/** Most that shares pay out a year; a close that makes more of it is of another day. */
const MAX_YIELD = 0.12

/** Makes a chain ready. Adjusted contracts and all roots but the most traded one are left aside, and flagged. */
export function sortChain(chain: OptionChain, carry: Carry, simulated: boolean): SortedChain | UnusableChain {
  const flags = chainFlags(chain, simulated)
  const standard = chain.contracts.filter(({ adjusted }) => !adjusted)
  if (standard.length === 0) return { unusable: describeEmpty(chain), flags, isQuality: false }
  if (isMostlyZero(chain)) return { unusable: `the ${chain.contracts.length} contracts of ${chain.expiration} are filled with zeros`, flags, isQuality: true }
  const roots = rootsByTrading(standard)
  if (roots.length > 1) flags.push('several_roots')
  const contracts = standard.filter(({ root }) => root === roots[0])
  const slice = sliceOf(chain, contracts)
  const stated = chain.underlyingPrice !== null && chain.underlyingPrice > 0 ? chain.underlyingPrice : null
  return { chain, slice, carry, flags, stated, inferred: inferFromQuotes(slice, carry, stated !== null) }
}

/**
 * The chain around a price: its own, else that which put-call parity infers from its quotes, else `close` of the row. Months
 * ahead the close comes before parity where the two agree: see `closeWithDividends`.
 */
export function placeChain(sorted: SortedChain, close: number | null): PreparedChain | UnusableChain {
  const { chain, slice, carry, flags, stated, inferred } = sorted
  const dividends = closeWithDividends(sorted, close)
  if (dividends !== null) return { chain, slice, spot: close!, carry: { ...carry, dividendYield: dividends }, flags: [...flags, 'spot_from_row'] }
  const spot = stated ?? inferred.spot ?? close
  if (spot === null || !(spot > 0)) {
    const why = inferred.reason === 'inconsistent' ? 'its quotes contradict put-call parity' : inferred.reason === 'invalid' ? 'no time is left for put-call parity' : 'no strike quotes both types on both sides'
    return { unusable: `no underlying price is known: the row has no close, the chain of ${chain.expiration} states none, and ${why}`, flags, isQuality: true }
  }
  const found: QualityFlag[] = []
  if (stated === null) found.push(inferred.spot === null ? 'spot_from_row' : 'spot_inferred')
  else if (inferred.spot !== null && differ(stated, inferred.spot, SPOT_TOLERANCE)) found.push('spot_disagrees')
  if (close !== null && differ(close, spot, CLOSE_TOLERANCE)) found.push('close_disagrees')
  const dividendYield = stated === null ? inferred.dividendYield : null
  return { chain, slice, spot, carry: dividendYield === null ? carry : { ...carry, dividendYield }, flags: [...flags, ...found] }
}

/**
 * Parity tells what the shares are worth less all dividends until the expiration. Over months that is a good deal less, and
 * puts priced as if there were none seem worth exercising at once. Where a close lies above it by no more than dividends
 * can explain, the close is the price, and the difference the dividend yield, which is given; null where it is not so.
 */
function closeWithDividends({ slice, carry: { rate }, stated }: SortedChain, close: number | null): number | null {
  const { years } = slice
  if (stated !== null || close === null || years < EARLY_EXERCISE_YEARS) return null
  const { forward, dividendYield } = inferForward(quotedPairs(slice), { years, rate, spot: close, style: isAmerican(slice) ? 'american' : 'european' })
  if (forward === null || dividendYield === null || differ(close, forward * Math.exp(-rate * years), CLOSE_TOLERANCE)) return null
  return dividendYield >= 0 && dividendYield <= MAX_YIELD ? dividendYield : null
}

function describeEmpty(chain: OptionChain): string {
  const refused = chain.refused.map(({ reason, count }) => `${count} ${reason}`).join(', ')
  if (chain.contracts.length > 0) return `the ${chain.contracts.length} contracts of ${chain.expiration} are all adjusted ones`
  return refused === '' ? `the chain of ${chain.expiration} is empty` : `the chain of ${chain.expiration} holds no contract that can be used (left out: ${refused})`
}

/** Roots by quotes with both sides, then open interest: an index lists monthly and weekly contracts side by side. */
function rootsByTrading(contracts: readonly OptionContract[]): string[] {
  const byRoot = new Map<string, { quoted: number; interest: number }>()
  for (const { root, bid, ask, openInterest } of contracts) {
    const sum = byRoot.get(root) ?? { quoted: 0, interest: 0 }
    if (bid && ask) sum.quoted++
    sum.interest += openInterest ?? 0
    byRoot.set(root, sum)
  }
  return [...byRoot]
    .sort(([name, one], [otherName, other]) => other.quoted - one.quoted || other.interest - one.interest || (name < otherName ? -1 : 1))
    .map(([root]) => root)
}

function sliceOf(chain: OptionChain, contracts: readonly OptionContract[]): ExpirationSlice {
  const ofType = (right: OptionRight) =>
    contracts
      .filter((contract) => contract.right === right)
      .map(quoted)
      .sort((one, other) => one.contract.strike - other.contract.strike)
  return {
    expiration: chain.expiration,
    dte: daysToExpiration(chain.asOf, chain.expiration),
    years: yearsToExpiration(chain.asOf, chain.expiration, contracts[0]!.settlement),
    calls: ofType('call'),
    puts: ofType('put'),
  }
}

function quoted(contract: OptionContract): StrategyContract {
  const { bid, ask } = contract
  const tradable = bid !== null && ask !== null && bid > 0 && ask >= bid
  const mid = tradable ? (bid + ask) / 2 : null
  return { contract, tradable, mid, spreadPct: mid === null ? null : (ask! - bid!) / mid }
}

const differ = (one: number, other: number, tolerance: number) => Math.abs(one - other) > tolerance * other

/** `isCheck`: only to compare with a price that is stated, for which the quick way will do. */
function inferFromQuotes(slice: ExpirationSlice, { rate, dividendYield }: Carry, isCheck: boolean): InferredForward {
  const { years } = slice
  const pairs = quotedPairs(slice)
  const inputs = { years, rate, dividendYield }
  const quick = inferForward(pairs, inputs)
  const serves = quick.spot === null ? quick.reason !== 'inconsistent' : years < EARLY_EXERCISE_YEARS
  return isCheck || !isAmerican(slice) || serves ? quick : inferForward(pairs, { ...inputs, style: 'american' })
}

const isAmerican = ({ calls }: ExpirationSlice): boolean => calls[0]?.contract.style === 'american'

function quotedPairs({ calls, puts }: ExpirationSlice): QuotedPair[] {
  const putAt = new Map(puts.map((put) => [put.contract.strike, put]))
  return calls.flatMap((call) => {
    const put = putAt.get(call.contract.strike)
    if (!call.tradable || !put?.tradable) return []
    const { strike, bid, ask } = call.contract
    return [{ strike, callBid: bid!, callAsk: ask!, putBid: put.contract.bid!, putAsk: put.contract.ask! }]
  })
}
