import type { OptionChain, OptionContract } from '../../sdk/options/chain.ts'
import { lastTradingInstant } from '../../sdk/options/trading-time.ts'

/** What can be wrong with the data behind a row, by name, with what it means. */
export const QUALITY_FLAGS = {
  simulated: 'no market ever made these quotes',
  delayed: 'the vendor says that its quotes lag behind the market',
  stale: 'the quote was made long before the row was, or, of a recording, before the chain was taken',
  crossed: 'the bid is above the ask',
  one_sided: 'only one side is quoted, or the bid is zero',
  not_quoted: 'neither side is quoted',
  zero_filled: 'bid, ask, volume and open interest are all zero or missing',
  adjusted_root: 'the chain lists adjusted contracts beside the standard ones; they were left aside',
  several_roots: 'the expiration lists more than one root; the most traded one was used',
  vendor_vol_zero: 'the vendor states a volatility of zero, which was taken as unknown',
  vendor_greeks_odd: 'the vendor states Greeks that can not be; they were computed instead',
  no_greeks: 'neither the vendor nor the price tells the Greeks',
  spot_inferred: 'the underlying price is missing and was inferred from put-call parity',
  spot_quoted: "the underlying price is missing from the chain; the vendor's quote of it was used",
  quote_disagrees: "the vendor's quote of the underlying lies outside of what put-call parity allows",
  spot_from_row: 'the underlying price is missing; the close of the row was used',
  spot_disagrees: 'the underlying price of the chain and put-call parity differ by more than 5%',
  close_disagrees: 'the close of the row and the chain differ by more than 10%',
  entries_refused: 'the chain held entries that are no contract of it, or the list of expirations some that are no date to come; they were left out',
} as const
export type QualityFlag = keyof typeof QUALITY_FLAGS

/** Flags of a chain as a whole. A chain is zero-filled where nine contracts in ten are. */
export function chainFlags(chain: OptionChain, simulated: boolean): QualityFlag[] {
  const flags: QualityFlag[] = []
  if (simulated) flags.push('simulated')
  if (chain.delayMinutes > 0) flags.push('delayed')
  if (isMostlyZero(chain)) flags.push('zero_filled')
  if (chain.contracts.some(({ adjusted }) => adjusted)) flags.push('adjusted_root')
  if (chain.refused.length > 0) flags.push('entries_refused')
  return flags
}

/** True where the vendor filled the chain with zeros instead of quotes. */
export function isMostlyZero({ contracts }: OptionChain): boolean {
  const empty = contracts.reduce((count, contract) => count + (isZeroFilled(contract) ? 1 : 0), 0)
  return contracts.length > 0 && empty >= contracts.length * 0.9
}

/**
 * Flags of one contract's quote; one without an instant of its own is as old as its chain. `staleMs`: how old a quote may be before the end of
 * trading at or before `seenAt`.
 */
export function contractFlags(contract: OptionContract, { chain, seenAt }: { chain: OptionChain; seenAt: number }, staleMs: number): QualityFlag[] {
  const flags: QualityFlag[] = []
  const { bid, ask, quotedAt, impliedVol } = contract
  if (isZeroFilled(contract)) flags.push('zero_filled')
  else if (!isQuoted(bid) && !isQuoted(ask)) flags.push('not_quoted')
  else if (!isQuoted(bid) || !isQuoted(ask)) flags.push('one_sided')
  else if (bid! > ask!) flags.push('crossed')
  if ((quotedAt ?? chain.asOf) < lastTradingInstant(seenAt) - staleMs) flags.push('stale')
  if (impliedVol === 0) flags.push('vendor_vol_zero')
  return flags
}

const isQuoted = (price: number | null): boolean => price !== null && price > 0

function isZeroFilled({ bid, ask, openInterest, volume }: OptionContract): boolean {
  return !bid && !ask && !openInterest && !volume
}

/** Each flag once, in the order of the table above. */
export function orderedFlags(flags: Iterable<QualityFlag>): QualityFlag[] {
  const seen = new Set(flags)
  return (Object.keys(QUALITY_FLAGS) as QualityFlag[]).filter((flag) => seen.has(flag))
}
