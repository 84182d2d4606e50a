import type { OptionContract } from '../../../sdk/options/chain.ts'
import { parseOccSymbol, type ParsedOccSymbol } from '../../../sdk/options/occ-symbol.ts'
import { readGreeks, readImpliedVol } from './greeks.ts'
import { compact, rootBelongsTo, termsOf } from './roots.ts'
import { dateOf, instantOf, isObject, numberOf, textOf } from './values.ts'

/** What a chain was asked for. */
export interface AskedChain {
  /** The ticker as roots write it: `BRKB`. */
  readonly letters: string
  readonly expiration: string
  /** ISO date in New York of the quotes: what expired before it is no contract any more. */
  readonly today: string
}

/** Dollars a share; the highest price ever asked for a listed share is below a tenth of it. */
const HIGHEST_PRICE = 1e7
/** Contracts; more than all that are open at the clearing house. */
const HIGHEST_COUNT = 1e10
const LARGEST_SIZE = 1e6
/** Parts of a padded OCC symbol: the root, and date, type and strike. */
const ROOT_LENGTH = 6
const AFTER_ROOT_LENGTH = 15
const AFTER_DATE_LENGTH = 9
const THOUSANDTHS = 1_000
/** Half of the smallest step of strikes. */
const STRIKE_STEP = 0.0005

/** Symbols seen in a chain by what comes before their type and strike: a chain has hundreds, of a root or two. */
export type SeenSymbols = Map<string, ParsedOccSymbol>

/** One entry of a chain as a contract, or why it is none of this chain: a few words to count it by. `seen` is empty before the first. */
export function readContract(entry: unknown, asked: AskedChain, seen: SeenSymbols): OptionContract | string {
  if (!isObject(entry)) return 'no object'
  const text = textOf(entry.symbol) ?? ''
  const symbol = readSymbol(text, seen)
  if (symbol === null) return 'no OCC symbol'
  const foreign = foreignness(entry, symbol, asked)
  if (foreign !== null) return foreign

  const [bid, ask, last] = [numberOf(entry.bid), numberOf(entry.ask), numberOf(entry.last)]
  if (Number.isNaN(bid) || Number.isNaN(ask) || Number.isNaN(last)) return 'a price that is no number'
  if (!isPrice(bid) || !isPrice(ask) || !isPrice(last)) return 'a price out of range'
  const [bidSize, askSize, volume, openInterest] = [numberOf(entry.bidsize), numberOf(entry.asksize), numberOf(entry.volume), numberOf(entry.open_interest)]
  if (!isCount(bidSize) || !isCount(askSize) || !isCount(volume) || !isCount(openInterest)) return 'a count that is no number or out of range'
  const multiplier = numberOf(entry.contract_size) ?? 100
  if (!(Number.isInteger(multiplier) && multiplier > 0 && multiplier <= LARGEST_SIZE)) return 'a contract size that cannot be'

  const { greeks } = entry
  return {
    occ: symbol.root.padEnd(ROOT_LENGTH) + text.slice(-AFTER_ROOT_LENGTH),
    root: symbol.root,
    right: symbol.right,
    strike: symbol.strike,
    expiration: symbol.expiration,
    ...termsOf(symbol, asked.letters, multiplier),
    multiplier,
    bid,
    ask,
    bidSize,
    askSize,
    last,
    volume,
    openInterest,
    impliedVol: readImpliedVol(greeks),
    greeks: readGreeks(greeks, symbol.right),
    quotedAt: later(instantOf(entry.bid_date), instantOf(entry.ask_date)),
  }
}

/** As `parseOccSymbol`, which checks root and date only once for all that share them. */
function readSymbol(text: string, seen: SeenSymbols): ParsedOccSymbol | null {
  const alike = seen.get(text.slice(0, -AFTER_DATE_LENGTH))
  const strike = alike === undefined || !/[CP]\d{8}$/.test(text) ? 0 : Number(text.slice(1 - AFTER_DATE_LENGTH)) / THOUSANDTHS
  if (strike > 0) return { ...alike!, right: text.at(-AFTER_DATE_LENGTH) === 'C' ? 'call' : 'put', strike }
  const { symbol } = parseOccSymbol(text)
  if (symbol !== null) seen.set(text.slice(0, -AFTER_DATE_LENGTH), symbol)
  return symbol
}

const isPrice = (price: number | null): boolean => price === null || (price >= 0 && price <= HIGHEST_PRICE)
const isCount = (count: number | null): boolean => count === null || (count >= 0 && count <= HIGHEST_COUNT)
const later = (one: number | null, other: number | null): number | null => (one === null || other === null ? (one ?? other) : Math.max(one, other))

/** Why a contract is not of the chain asked for, or contradicts itself; null where all is as it should be. */
function foreignness(entry: Record<string, unknown>, symbol: ParsedOccSymbol, { letters, expiration, today }: AskedChain): string | null {
  const underlying = textOf(entry.underlying)
  const isOwn = underlying === null ? rootBelongsTo(symbol, letters) : underlying === letters || compact(underlying) === letters
  if (!isOwn) return 'another ticker'
  if (symbol.expiration < today) return 'expired'
  if (symbol.expiration !== expiration) return 'another expiration'

  const strike = numberOf(entry.strike)
  const isConsistent =
    agrees(entry.expiration_date, symbol.expiration, (date) => dateOf(date) ?? date) &&
    agrees(entry.option_type, symbol.right, (right) => right.toLowerCase()) &&
    agrees(entry.root_symbol, symbol.root, compact) &&
    (strike === null || Math.abs(strike - symbol.strike) < STRIKE_STEP)
  return isConsistent ? null : 'fields that contradict its symbol'
}

/** True where a field says what the symbol says, or nothing. */
function agrees(stated: unknown, own: string, plain: (text: string) => string): boolean {
  if (stated === own) return true
  const text = textOf(stated)
  return text === null || plain(text) === own
}
