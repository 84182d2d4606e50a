import { plainName } from '../column-names.ts'
import { HORIZONS, type Horizon, type TradeBias } from '../row.ts'

/** What programs write where they have no value. */
const NOT_GIVEN: ReadonlySet<string> = new Set(['', '-', '--', 'na', 'n/a', '#n/a', 'nan', 'nat', 'null', 'none'])

const HORIZON_NAMES: Readonly<Record<string, Horizon>> = {
  short: 'SHORT',
  shortterm: 'SHORT',
  medium: 'MEDIUM',
  mediumterm: 'MEDIUM',
  mid: 'MEDIUM',
  leap: 'LEAP',
  leaps: 'LEAP',
}

const BIAS_NAMES: Readonly<Record<string, TradeBias>> = {
  bullish: 'bullish',
  bull: 'bullish',
  long: 'bullish',
  bearish: 'bearish',
  bear: 'bearish',
  short: 'bearish',
  neutral: 'neutral',
}

const MAX_TICKER_LENGTH = 32

/** Whether a cell says that there is no value. */
const isNotGiven = (text: string): boolean => text === '' || (text.length <= 6 && NOT_GIVEN.has(text.trim().toLowerCase()))

/** A ticker trimmed and in upper case; what is wrong with it goes to `problems`. */
export function readTicker(text: string, problems: string[]): string {
  const ticker = text.trim().toUpperCase()
  if (ticker === '') problems.push('The ticker is empty.')
  else if (ticker.length > MAX_TICKER_LENGTH || /[\s\p{C}\ufffd"',;]/u.test(ticker)) problems.push(`${quoted(text)} is no ticker.`)
  return ticker
}

/** A horizon by name, null where none is given. */
export function readHorizon(text: string, problems: string[]): Horizon | null {
  if (isNotGiven(text)) return null
  const horizon = horizonNamed(text)
  if (horizon === null) problems.push(`The horizon ${quoted(text)} is none of ${HORIZONS.join(', ')}.`)
  return horizon
}

/** The horizon of a name in any style, null where it is none. */
export const horizonNamed = (text: string): Horizon | null => named(HORIZON_NAMES, text)

/** A direction by name, null where none is given. */
export function readBias(text: string, problems: string[]): TradeBias | null {
  if (isNotGiven(text)) return null
  const bias = named(BIAS_NAMES, text)
  if (bias === null) problems.push(`The trade bias ${quoted(text)} is none of bullish, bearish, neutral.`)
  return bias
}

const named = <T>(names: Readonly<Record<string, T>>, text: string): T | null => {
  const plain = plainName(text)
  return Object.hasOwn(names, plain) ? names[plain]! : null
}

/** A price in dollars above zero, null where none is given. */
export function readPrice(text: string, decimalComma: boolean, problems: string[]): number | null {
  if (isNotGiven(text)) return null
  const price = readNumber(text, decimalComma)
  if (price === undefined) problems.push(`The close ${quoted(text)} is no number.`)
  else if (!(price > 0)) problems.push(`The close ${quoted(text)} is not above zero.`)
  else return price
  return null
}

/** Whole days from zero on, null where none are given. */
export function readDays(field: 'dteMin' | 'dteMax', text: string, decimalComma: boolean, problems: string[]): number | null {
  if (isNotGiven(text)) return null
  const days = readNumber(text, decimalComma)
  if (days === undefined) problems.push(`${field} ${quoted(text)} is no number of days.`)
  else if (days < 0) problems.push(`${field} ${quoted(text)} is negative.`)
  else if (!Number.isSafeInteger(days)) problems.push(`${field} ${quoted(text)} is no number of whole days.`)
  else return days
  return null
}

const SCALES: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9, t: 1e12 }

/** An amount from zero on such as `$5.2B` or `1,200,000`; null where none is given, undefined where it cannot be read. */
export function readAmount(text: string, decimalComma: boolean): number | null | undefined {
  if (isNotGiven(text)) return null
  const trimmed = text.trim()
  const scale = SCALES[trimmed.at(-1)!.toLowerCase()]
  const number = readNumber(scale === undefined ? trimmed : trimmed.slice(0, -1), decimalComma)
  const amount = number === undefined ? undefined : number * (scale ?? 1)
  return amount !== undefined && amount >= 0 ? amount : undefined
}

const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const GROUPED = /^([+-]?)(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?$/
const GROUPED_BY_POINTS = /^([+-]?)(?:\d{1,3}(?:\.\d{3})+|\d+),\d+$/

/**
 * A finite number from text, undefined where it is none: `1234.56`, `$1,234.56`, `-$5`, `1.5e3`. With `decimalComma` (files
 * whose delimiter is a semicolon) `1.234,56` is read as well, and `1,234`, which could mean either, is not.
 */
function readNumber(text: string, decimalComma: boolean): number | undefined {
  const trimmed = text.trim()
  if (PLAIN.test(trimmed)) return finite(trimmed)
  const bare = trimmed.replace(/^([+-]?)(?:\$|usd) ?/i, '$1').replace(/ ?usd$/i, '')
  if (decimalComma) {
    if (/^[+-]?\d{1,3},\d{3}$/.test(bare)) return undefined
    if (GROUPED_BY_POINTS.test(bare)) return finite(bare.replaceAll('.', '').replace(',', '.'))
  }
  return GROUPED.test(bare) ? finite(bare.replaceAll(',', '')) : PLAIN.test(bare) ? finite(bare) : undefined
}

function finite(text: string): number | undefined {
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

const MAX_QUOTED = 60

/** A cell's text in a sentence: quoted, on one line, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}…`)
}
