import { formatOccSymbol, parseOccSymbol, styleOfRoot, type ParsedOccSymbol } from '../../../sdk/options/occ-symbol.ts'
import type { ChainRejectReason } from './report.ts'
import type { ChainField } from './formats.ts'
import { LISTED, MULTIPLIER, packTerms, QUOTE, QUOTE_FIELDS, ROOT, STRIKE, TERMS } from './contract-record.ts'
import { parseInstant } from './instant.ts'
import { canonicalTicker, rootOfTicker } from './option-roots.ts'
import { lastTradingDay } from './quote-time.ts'
import { parseNumber, parsePrice } from '../import/values.ts'
import { dayFromIso, isoFromDay } from '../days.ts'

const PLAIN_MULTIPLIER = 100
const MINI_MULTIPLIER = 10
/** Characters of an OCC symbol whose root is one letter. */
const SHORTEST_SYMBOL = 16
const FIRST_DAY = dayFromIso('2000-01-01')
const LAST_DAY = dayFromIso('2099-12-31')
const INSTANTS: ReadonlySet<string> = new Set(['greeksAt', 'quotedAt'])
const PRICES: ReadonlySet<string> = new Set(['bid', 'ask', 'last'])
const COUNTS: ReadonlySet<string> = new Set(['bidSize', 'askSize', 'volume', 'openInterest'])
/** How files write that a value is not there. */
const ABSENT = /^(nan|none|null|n\/a|na|-)?$/i
const NUMBER = /^-?\d+\.?\d*(e[+-]?\d+)?$/i

/** What a row states beside the numbers of its contract. */
export interface NormalRow {
  ticker: string
  root: string
  /** Epoch milliseconds of its last trade, NaN where it states none. */
  tradedAt: number
  /** NaN where it states none. */
  underlyingPrice: number
  /** What a refused row is refused for; `ticker` also where the file's name gives it. */
  culprit: ChainField
}

/**
 * Reads one row of a chain file into `record` and `row`, and gives why it is refused, '' where it is not. What the row
 * leaves out is NaN; zeros are kept as stated.
 *
 * @param cell the row's value of a field, undefined where the file has no such column
 * @param fileTicker the ticker that the file's name gives, '' where it gives none
 */
export function normaliseRow(cell: (field: ChainField) => unknown, fileTicker: string, record: Float64Array, row: NormalRow): ChainRejectReason | '' {
  const stated = textOf(cell('occ'))
  // Tables that call the contract's symbol just that have it where others have the ticker.
  const tickerText = textOf(cell('ticker'))
  const isTickerSymbol = stated === '' && tickerText.length >= SHORTEST_SYMBOL && parseOccSymbol(tickerText.toUpperCase()).symbol !== null
  const symbolText = isTickerSymbol ? tickerText : stated
  const occ = symbolText === '' ? null : parseOccSymbol(symbolText.toUpperCase()).symbol
  row.culprit = 'occ'
  if (symbolText !== '' && occ === null) return 'invalid_symbol'
  const refused = readTerms(cell, occ, isTickerSymbol ? '' : tickerText, fileTicker, record, row)
  if (refused !== '') return refused
  for (let index = 0; index < QUOTE_FIELDS.length; index++) {
    const field = QUOTE_FIELDS[index]!
    const isInstant = INSTANTS.has(field)
    row.culprit = field
    const value = isInstant ? instantOf(cell(field)) : numberOf(cell(field), COUNTS.has(field) ? parseNumber : parsePrice)
    if (value === undefined || value === Infinity || value === -Infinity) return isInstant ? 'unparsable_date' : 'unparsable_number'
    if (value < 0 && PRICES.has(field)) return 'negative_price'
    if (value < 0 && COUNTS.has(field)) return 'negative_count'
    // Adding zero makes a negative zero a zero: the two are one value.
    record[QUOTE + index] = value + 0
  }
  row.tradedAt = instantOf(cell('tradedAt')) ?? Number.NaN
  const price = numberOf(cell('underlyingPrice'))
  row.underlyingPrice = price !== undefined && price > 0 && price < Infinity ? price : Number.NaN
  return ''
}

/** True for a row that has neither expiration nor strike nor right: the bar of the underlying in Lean's files. */
export function isUnderlyingBar(cell: (field: ChainField) => unknown): boolean {
  return textOf(cell('expiration')) === '' && textOf(cell('strike')) === '' && textOf(cell('right')) === ''
}

function readTerms(
  cell: (field: ChainField) => unknown,
  occ: ParsedOccSymbol | null,
  tickerText: string,
  fileTicker: string,
  record: Float64Array,
  row: NormalRow,
): ChainRejectReason | '' {
  const listed = occ === null ? Number.NaN : cachedInstant(occ.expiration)!.day
  row.culprit = 'expiration'
  const expirationText = textOf(cell('expiration'))
  const expiration = expirationText === '' ? listed : (cachedInstant(expirationText)?.day ?? Number.NaN)
  if (!(expiration >= FIRST_DAY && expiration <= LAST_DAY)) return 'unparsable_date'
  row.culprit = 'strike'
  const strike = strikeOf(cell('strike'), occ)
  if (typeof strike === 'string') return strike
  row.culprit = 'right'
  const rightText = textOf(cell('right')).toLowerCase()
  const right = rightText === '' && occ !== null ? occ.right : /^c(alls?)?$/.test(rightText) ? 'call' : /^p(uts?)?$/.test(rightText) ? 'put' : null
  if (right === null) return 'unknown_right'
  row.culprit = 'occ'
  const statedRoot = textOf(cell('root')).toUpperCase()
  const differs = occ !== null && (lastTradingDay(listed) !== lastTradingDay(expiration) || occ.strike !== strike || occ.right !== right)
  if (differs || (occ !== null && statedRoot !== '' && statedRoot !== occ.root)) return 'symbol_mismatch'

  row.culprit = 'ticker'
  const statedTicker = tickerText === '' ? '' : canonicalTicker(tickerText)
  if (tickerText !== '' && statedTicker === '') return 'invalid_ticker'
  // A column for it says of which ticker a row is: one without is of none, whatever the file is called.
  const isOfName = cell('ticker') === undefined || occ !== null || statedRoot !== ''
  if (tickerText === '' && !isOfName) return 'invalid_ticker'
  if (statedRoot !== '') row.culprit = 'root'
  const symbol = occ ?? symbolOf(statedRoot || rootOfTicker(statedTicker || fileTicker), expiration, right, strike)
  if (symbol === null) return 'invalid_ticker'
  // A file's name spells its ticker better than a root can (BRK.B for BRKB), but a file may hold other tickers as well.
  row.ticker = statedTicker || (fileTicker !== '' && (occ === null || rootOfTicker(fileTicker) === symbol.underlying) ? fileTicker : symbol.underlying)
  row.root = symbol.root
  row.culprit = 'multiplier'
  const multiplier = multiplierOf(cell('multiplier'))
  if (multiplier === undefined) return 'unparsable_number'
  record[ROOT] = 0
  record[LISTED] = occ === null ? expiration : listed
  record[STRIKE] = strike
  record[TERMS] = packTerms({
    right,
    style: oneOf(cell('style'), 'american', 'european') ?? styleOfRoot(symbol.underlying),
    settlement: oneOf(cell('settlement'), 'am', 'pm') ?? symbol.settlement,
    adjusted: flagOf(cell('adjusted')) ?? symbol.adjusted,
  })
  record[MULTIPLIER] = multiplier
  return ''
}

/** The symbol of a contract that comes without one; null where the root can be none. */
function symbolOf(root: string, expiration: number, right: 'call' | 'put', strike: number): ParsedOccSymbol | null {
  try {
    return parseOccSymbol(formatOccSymbol({ root, expiration: isoFromDay(expiration), right, strike })).symbol
  } catch {
    return null
  }
}

function strikeOf(value: unknown, occ: ParsedOccSymbol | null): number | ChainRejectReason {
  const strike = numberOf(value)
  if (strike === undefined) return 'unparsable_number'
  if (Number.isNaN(strike)) return occ?.strike ?? 'no_strike'
  // OCC symbols state whole thousandths of a dollar, up to 99,999.999.
  const thousandths = Math.round(strike * 1000)
  return thousandths >= 1 && thousandths <= 99_999_999 && Math.abs(strike * 1000 - thousandths) < 1e-6 ? thousandths / 1000 : 'invalid_strike'
}

/** NaN for an absent value, undefined for what is no number. */
function numberOf(value: unknown, parse: (text: string) => number | undefined = parsePrice): number | undefined {
  if (typeof value === 'number') return value
  if (value === undefined || value === null) return Number.NaN
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string') return undefined
  if (NUMBER.test(value)) return Number(value)
  return ABSENT.test(value.trim()) ? Number.NaN : parse(value)
}

/** Epoch milliseconds, NaN for an absent value or a mere date, undefined for what is no instant. */
function instantOf(value: unknown): number | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.getTime()
  const text = textOf(value)
  if (ABSENT.test(text)) return Number.NaN
  const parsed = parseInstant(text)
  return parsed === null ? undefined : (parsed.instant ?? Number.NaN)
}

function multiplierOf(value: unknown): number | undefined {
  const text = textOf(value).toUpperCase()
  if (text === '' || text === 'REGULAR') return PLAIN_MULTIPLIER
  if (text === 'MINI') return MINI_MULTIPLIER
  const number = numberOf(value)
  if (number === undefined || Number.isNaN(number)) return number === undefined ? undefined : PLAIN_MULTIPLIER
  return number > 0 && number < Infinity ? number : undefined
}

function oneOf<T extends string>(value: unknown, ...allowed: readonly T[]): T | undefined {
  const text = textOf(value).toLowerCase()
  return allowed.find((name) => name === text)
}

function flagOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  const text = textOf(value).toLowerCase()
  return text === 'true' ? true : text === 'false' ? false : undefined
}

const instants = new Map<string, ReturnType<typeof parseInstant>>()
const INSTANTS_KEPT = 4096

/** Dates repeat from row to row. */
export function cachedInstant(text: string): ReturnType<typeof parseInstant> {
  let parsed = instants.get(text)
  if (parsed === undefined) {
    parsed = parseInstant(text)
    if (instants.size >= INSTANTS_KEPT) instants.clear()
    instants.set(text, parsed)
  }
  return parsed
}

/** A cell as text without spaces around it; '' where there is none. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (!(value instanceof Date)) return ''
  // A file can state days that no date reaches.
  return Number.isNaN(value.getTime()) ? String(value) : value.toISOString()
}
