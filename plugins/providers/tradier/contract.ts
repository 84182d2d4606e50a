import type { OptionContract, OptionRight } from '../../../sdk/options/chain.ts'
import { parseOccSymbol, type ParsedOccSymbol } from '../../../sdk/options/occ-symbol.ts'
import { readGreeks, readImpliedVol } from './greeks.ts'
import { compact, rootBelongsTo, termsOf, type ContractTerms } from './roots.ts'
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
/** Shares of a contract that states no size. */
const USUAL_SIZE = 100
const [CALL, PUT, ZERO, NINE] = [...'CP09'].map((character) => character.charCodeAt(0)) as [number, number, number, number]
/** Half of the smallest step of strikes. */
const STRIKE_STEP = 0.0005

/** What the contracts of one root and date share. */
interface Series {
  readonly symbol: ParsedOccSymbol
  /** The root as padded symbols begin. */
  readonly padded: string
  /** Of contracts of the usual size. */
  readonly terms: ContractTerms
  /** What the last of them said of its ticker that was right, undefined before the first. */
  underlying: unknown
}

/** Series seen in a chain by what comes before type and strike in their symbols: a chain has hundreds of contracts, of a series or two. */
export type SeenSeries = Map<string, Series>

/** One entry of a chain as a contract, or why it is none of this chain: a few words to count it by. `seen` is empty before the first. */
export function readContract(entry: unknown, asked: AskedChain, seen: SeenSeries): OptionContract | string {
  if (!isObject(entry)) return 'no object'
  const text = textOf(entry.symbol) ?? ''
  const series = seriesOf(text, asked.letters, seen)
  if (series === null) return 'no OCC symbol'
  const right = text.charCodeAt(text.length - AFTER_DATE_LENGTH) === CALL ? 'call' : 'put'
  const strike = Number(text.slice(1 - AFTER_DATE_LENGTH)) / THOUSANDTHS
  const foreign = foreignness(entry, series, right, strike, asked)
  if (foreign !== null) return foreign

  const bid = numberOf(entry.bid)
  const ask = numberOf(entry.ask)
  const last = numberOf(entry.last)
  if (Number.isNaN(bid) || Number.isNaN(ask) || Number.isNaN(last)) return 'a price that is no number'
  if (!isPrice(bid) || !isPrice(ask) || !isPrice(last)) return 'a price out of range'
  const bidSize = numberOf(entry.bidsize)
  const askSize = numberOf(entry.asksize)
  const volume = numberOf(entry.volume)
  const openInterest = numberOf(entry.open_interest)
  if (!isCount(bidSize) || !isCount(askSize) || !isCount(volume) || !isCount(openInterest)) return 'a count that is no number or out of range'
  const multiplier = numberOf(entry.contract_size) ?? USUAL_SIZE
  if (!(Number.isInteger(multiplier) && multiplier > 0 && multiplier <= LARGEST_SIZE)) return 'a contract size that cannot be'

  const { symbol } = series
  const { style, settlement, adjusted } = multiplier === USUAL_SIZE ? series.terms : termsOf(symbol, asked.letters, multiplier)
  const { greeks } = entry
  return {
    occ: series.padded + text.slice(-AFTER_ROOT_LENGTH),
    root: symbol.root,
    right,
    strike,
    expiration: symbol.expiration,
    style,
    settlement,
    multiplier,
    adjusted,
    bid,
    ask,
    bidSize,
    askSize,
    last,
    volume,
    openInterest,
    impliedVol: readImpliedVol(greeks),
    greeks: readGreeks(greeks, right),
    quotedAt: later(instantOf(entry.bid_date), instantOf(entry.ask_date)),
  }
}

/** The series of a symbol, null where it is none: root and date are read only once for all that share them. */
function seriesOf(text: string, letters: string, seen: SeenSeries): Series | null {
  const start = text.slice(0, -AFTER_DATE_LENGTH)
  const known = seen.get(start)
  if (known !== undefined && isRightAndStrike(text, start.length)) return known
  const { symbol } = parseOccSymbol(text)
  if (symbol === null) return null
  const series: Series = { symbol, padded: symbol.root.padEnd(ROOT_LENGTH), terms: termsOf(symbol, letters, USUAL_SIZE), underlying: undefined }
  seen.set(start, series)
  return series
}

/** Whether `C` or `P` and a strike above 0 stand from a place of a symbol to its end, which is `AFTER_DATE_LENGTH` characters away. */
function isRightAndStrike(text: string, from: number): boolean {
  const type = text.charCodeAt(from)
  let isAboveZero = false
  for (let at = from + 1; at < text.length; at++) {
    const digit = text.charCodeAt(at)
    if (digit < ZERO || digit > NINE) return false
    if (digit > ZERO) isAboveZero = true
  }
  return isAboveZero && (type === CALL || type === PUT)
}

const isPrice = (price: number | null): boolean => price === null || (price >= 0 && price <= HIGHEST_PRICE)
const isCount = (count: number | null): boolean => count === null || (count >= 0 && count <= HIGHEST_COUNT)
const later = (one: number | null, other: number | null): number | null => (one === null || other === null ? (one ?? other) : Math.max(one, other))

/** Why a contract is not of the chain asked for, or contradicts itself; null where all is as it should be. */
function foreignness(entry: Record<string, unknown>, series: Series, right: OptionRight, ownStrike: number, { letters, expiration, today }: AskedChain): string | null {
  const { symbol } = series
  if (entry.underlying === undefined || entry.underlying !== series.underlying) {
    const underlying = textOf(entry.underlying)
    const isOwn = underlying === null ? rootBelongsTo(symbol, letters) : underlying === letters || compact(underlying) === letters
    if (!isOwn) return 'another ticker'
    series.underlying = entry.underlying
  }
  if (symbol.expiration < today) return 'expired'
  if (symbol.expiration !== expiration) return 'another expiration'

  const strike = numberOf(entry.strike)
  const isConsistent =
    agrees(entry.expiration_date, symbol.expiration, (date) => dateOf(date) ?? date) &&
    agrees(entry.option_type, right, (text) => text.toLowerCase()) &&
    agrees(entry.root_symbol, symbol.root, compact) &&
    (strike === null || Math.abs(strike - ownStrike) < STRIKE_STEP)
  return isConsistent ? null : 'fields that contradict its symbol'
}

/** True where a field says what the symbol says, or nothing. */
function agrees(stated: unknown, own: string, plain: (text: string) => string): boolean {
  if (stated === own) return true
  const text = textOf(stated)
  return text === null || plain(text) === own
}
