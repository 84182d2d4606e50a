import type { OptionRight } from './chain.ts'
import type { Settlement } from './time.ts'

/** What the symbol of the Options Clearing Corporation says of a contract. */
export interface OccSymbol {
  /** Letters, and the digit of an adjusted contract: `AAPL`, `SPXW`, `AAPL1`. */
  readonly root: string
  /** ISO date. */
  readonly expiration: string
  readonly right: OptionRight
  /** Dollars, a multiple of 0.001. */
  readonly strike: number
}

/** An OCC symbol taken apart. */
export interface ParsedOccSymbol extends OccSymbol {
  /** What the root stands for: without an adjustment's digit, and the index of a weekly root. */
  readonly underlying: string
  /** The contract delivers something else than plain shares: its root ends in a digit. */
  readonly adjusted: boolean
  /** `am` for roots of index options that settle at the open; see `settlementOfRoot`. */
  readonly settlement: Settlement
}

/** Parts of a symbol, or one sentence on why it is none. */
export type OccSymbolResult =
  { readonly symbol: ParsedOccSymbol; readonly refusal: null } | { readonly symbol: null; readonly refusal: string }

const FORM = /^([A-Z]{1,6}\d?) *(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/
const ROOT_LENGTH = 6
const ROOT = /^(?=.{1,6}$)[A-Z]+\d?$/
const LARGEST_STRIKE = 99_999.999
const THOUSANDTHS = 1000

/** Roots that settle at the open of their last day. The weeklies SPXW, NDXP and RUTW settle at its close, those of the VIX do not. */
const SETTLED_AT_OPEN = new Set(['SPX', 'NDX', 'RUT', 'DJX', 'VIX', 'VIXW', 'RUI', 'RLG', 'RLV', 'MXEA', 'MXEF'])

/**
 * Roots of index options that can be exercised on their last day alone, by the specifications of Cboe and Nasdaq. Of the S&P
 * 100, options are European under XEO and American under OEX.
 */
const EUROPEAN = new Set(
  'SPX SPXW SPXPM XSP NANOS VIX VIXW NDX NDXP XND RUT RUTW MRUT DJX XEO RLG RLV RUI MXEA MXEF SIXC CBTX MBTX'.split(' '),
)

/**
 * Roots whose expirations do not share an underlying: options of the VIX stand on what it will be at their own expiration, as its futures
 * do, and those of two months may move apart.
 */
const ON_FORWARDS = new Set(['VIX', 'VIXW'])

/** Indexes whose weekly or p.m.-settled options have a root of their own. */
const INDEX_OF_ROOT: Readonly<Record<string, string>> = { SPXW: 'SPX', SPXPM: 'SPX', NDXP: 'NDX', RUTW: 'RUT', VIXW: 'VIX' }

/**
 * Reads the symbol of a contract: the padded form of 21 characters (`AAPL  261218C00150000`), the same without its spaces, and
 * either after Polygon's `O:`. Spaces around it are ignored; small letters are refused, as no exchange writes them.
 */
export function parseOccSymbol(text: string): OccSymbolResult {
  if (typeof text !== 'string') return refuse('An option symbol is a text such as AAPL  261218C00150000.')
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
  const match = FORM.exec(text.trim().replace(/^O:/, ''))
  if (match === null) {
    return refuse(
      `${shown} is no option symbol: it takes a root, a date as YYMMDD, C or P, and the strike in thousandths of a dollar as 8 digits, such as AAPL  261218C00150000.`,
    )
  }
  const [, root, year, month, date, type, thousandths] = match as unknown as [string, string, string, string, string, string, string]
  if (root.length > ROOT_LENGTH) return refuse(`The root of ${shown} is longer than ${ROOT_LENGTH} characters.`)
  const expiration = `20${year}-${month}-${date}`
  if (!isDate(expiration)) return refuse(`The expiration of ${shown}, ${expiration}, is no date of the calendar.`)
  const strike = Number(thousandths) / THOUSANDTHS
  if (strike === 0) return refuse(`The strike of ${shown} is 0.`)
  const letters = root.replace(/\d$/, '')
  return {
    symbol: {
      root,
      expiration,
      right: type === 'C' ? 'call' : 'put',
      strike,
      underlying: INDEX_OF_ROOT[letters] ?? letters,
      adjusted: letters !== root,
      settlement: settlementOfRoot(root),
    },
    refusal: null,
  }
}

/**
 * Writes the padded symbol of 21 characters.
 * @throws RangeError where the root, the date or the strike does not fit into one; the message says which.
 */
export function formatOccSymbol({ root, expiration, right, strike }: OccSymbol): string {
  return root.padEnd(ROOT_LENGTH) + contractPart({ root, expiration, right, strike })
}

/** Writes the symbol without spaces, as Tradier and, after `O:`, Polygon take it. @throws RangeError as `formatOccSymbol`. */
export function formatCompactOccSymbol(symbol: OccSymbol): string {
  return symbol.root + contractPart(symbol)
}

/** When options of a root settle. Known roots of index options settle at the open; everything else at the close. */
export function settlementOfRoot(root: string): Settlement {
  return SETTLED_AT_OPEN.has(root) ? 'am' : 'pm'
}

/** How options of a root are exercised: European for known index options, American for everything else. */
export function styleOfRoot(root: string): 'american' | 'european' {
  return EUROPEAN.has(root) ? 'european' : 'american'
}

/**
 * Whether options of a root and different expirations stand on one underlying, so that a later one covers an earlier
 * one: false for the VIX alone.
 */
export function sharesUnderlying(root: string): boolean {
  return !ON_FORWARDS.has(root)
}

function contractPart({ root, expiration, right, strike }: OccSymbol): string {
  if (!ROOT.test(root)) {
    throw new RangeError(
      `The root ${JSON.stringify(root)} does not fit into an option symbol: it takes up to 6 capital letters, the last of which may be a digit (BRKB, not BRK.B).`,
    )
  }
  if (!/^20\d\d-/.test(expiration) || !isDate(expiration)) {
    throw new RangeError(`The expiration ${JSON.stringify(expiration)} of ${root} is no ISO date between 2000 and 2099.`)
  }
  if (right !== 'call' && right !== 'put') throw new RangeError(`The right ${JSON.stringify(right)} of ${root} is neither call nor put.`)
  const thousandths = Math.round(strike * THOUSANDTHS)
  // Prices in binary are a hair off their decimals; anything more is a strike that the symbol cannot say.
  if (!(strike > 0 && strike <= LARGEST_STRIKE) || Math.abs(strike * THOUSANDTHS - thousandths) > 1e-6 || thousandths === 0) {
    throw new RangeError(`The strike ${strike} of ${root} is not a multiple of 0.001 from 0.001 to ${LARGEST_STRIKE}.`)
  }
  return expiration.slice(2).replaceAll('-', '') + (right === 'call' ? 'C' : 'P') + String(thousandths).padStart(8, '0')
}

function refuse(refusal: string): OccSymbolResult {
  return { symbol: null, refusal }
}

function isDate(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === date
}
