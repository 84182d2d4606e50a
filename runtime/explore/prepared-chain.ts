import type { OptionChain, OptionContract, OptionRight } from '../../sdk/options/chain.ts'
import { daysToExpiration, yearsToExpiration } from '../../sdk/options/time.ts'
import type { ExpirationSlice, StrategyContract } from '../../sdk/strategy.ts'
import { chainFlags, isMostlyZero, type QualityFlag } from './quality.ts'
import { priceOfChain, spotFor, whyNoSpot, type Carry, type ChainPrice, type SharedSpot, type SpotSource } from './underlying-price.ts'

/** A chain made ready for strategies: standard contracts by type, and the price they stand around. */
export interface PreparedChain {
  readonly chain: OptionChain
  /** Epoch milliseconds from which the age of its quotes counts: now, or its own instant for a market that stands still. */
  readonly seenAt: number
  readonly slice: ExpirationSlice
  /** Dollars per share. */
  readonly spot: number
  readonly spotSource: SpotSource
  /** As `Spot.inferredFrom`. */
  readonly inferredFrom?: string
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
  /** As `PreparedChain.seenAt`. */
  readonly seenAt: number
  readonly slice: ExpirationSlice
  readonly flags: readonly QualityFlag[]
  readonly price: ChainPrice
}

/** Where a chain is seen from, where that is not the instant of its own quotes. */
export interface SeenFrom {
  /** Calendar days from today, where that is later than the day of the quotes, as on a weekend. */
  readonly dte?: number | undefined
  /** Epoch milliseconds of now; null for a chain of a market that stands still. */
  readonly now?: number | null
}

/**
 * Makes a chain ready. Adjusted contracts and all roots but the most traded one are left aside, and flagged; so are those that had ended
 * when the quotes were made, or have since: on their last day options settled at the open are over, and after the close all are.
 */
export function sortChain(chain: OptionChain, carry: Carry, simulated: boolean, { dte = daysToExpiration(chain.asOf, chain.expiration), now = null }: SeenFrom = {}): SortedChain | UnusableChain {
  const flags = chainFlags(chain, simulated)
  const standard = chain.contracts.filter(({ adjusted }) => !adjusted)
  if (standard.length === 0) return { unusable: describeEmpty(chain), flags, isQuality: false }
  if (isMostlyZero(chain)) return { unusable: `the ${chain.contracts.length} contracts of ${chain.expiration} are filled with zeros`, flags, isQuality: true }
  const seenAt = now ?? chain.asOf
  const isAlive = { am: yearsToExpiration(seenAt, chain.expiration, 'am') > 0, pm: yearsToExpiration(seenAt, chain.expiration, 'pm') > 0 }
  const alive = isAlive.am ? standard : standard.filter(({ settlement }) => isAlive[settlement])
  if (alive.length === 0) return { unusable: `the options of ${chain.expiration} had ended ${seenAt === chain.asOf ? 'when the quotes were made' : 'since the quotes were made'} (${instantText(seenAt)})`, flags, isQuality: true }
  const roots = rootsByTrading(alive)
  if (roots.length > 1) flags.push('several_roots')
  const contracts = alive.filter(({ root }) => root === roots[0])
  const slice = sliceOf(chain, contracts, dte)
  return { chain, slice, flags, seenAt, price: priceOfChain(slice, carry, { stated: positive(chain.underlyingPrice), quoted: positive(chain.underlyingQuote) }) }
}

/** `2026-11-20T20:45:00Z` */
export const instantText = (instant: number): string => `${new Date(instant).toISOString().slice(0, 19)}Z`

const positive = (price: number | null | undefined): number | null => (price !== null && price !== undefined && price > 0 ? price : null)

/** The chain around the price that a row is explored at: see `spotFor`. */
export function placeChain({ chain, seenAt, slice, flags, price }: SortedChain, close: number | null, shared: SharedSpot | null = null): PreparedChain | UnusableChain {
  const found = spotFor(price, close, shared)
  if (found === null) return { unusable: `no underlying price is known: the row has no close, the chain of ${chain.expiration} states none, and ${whyNoSpot(price)}`, flags, isQuality: true }
  const { spot, source: spotSource, carry, inferredFrom } = found
  return { chain, seenAt, slice, spot, spotSource, carry, flags: [...flags, ...found.flags], ...(inferredFrom !== undefined && { inferredFrom }) }
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

function sliceOf(chain: OptionChain, contracts: readonly OptionContract[], dte: number): ExpirationSlice {
  const ofType = (right: OptionRight) =>
    contracts
      .filter((contract) => contract.right === right)
      .map(quoted)
      .sort((one, other) => one.contract.strike - other.contract.strike)
  return {
    expiration: chain.expiration,
    dte,
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
