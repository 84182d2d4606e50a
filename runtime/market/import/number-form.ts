import { parseNumber, parsePrice } from './values.ts'

const POINT = 46
const COMMA = 44

/** How the numbers of a file are written. */
export interface NumberForm {
  /** The byte between whole and fraction. */
  readonly mark: number
  /** A price from text, undefined where it is none or could be two. */
  readonly price: (text: string) => number | undefined
  /** A volume from text, undefined where it is none. */
  readonly volume: (text: string) => number | undefined
}

/** Numbers as `1,234.5`. */
export const DECIMAL_POINT: NumberForm = { mark: POINT, price: parsePrice, volume: parseNumber }

/** Numbers as `1.234,5`. */
export const DECIMAL_COMMA: NumberForm = { mark: COMMA, price: commaPrice, volume: commaNumber }

/** Whole numbers, which both forms share, and those with a decimal comma. */
const WHOLE_OR_COMMA = /^\d+$|^(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+),\d+$/
/** One comma, three digits before and after it at most and exactly: thousands to some, decimals to others. */
const EITHER = /^[1-9]\d{0,2},\d{3}$/

/**
 * The form that the prices of a row of a file divided by semicolons show; null where they leave it open. A decimal comma is
 * certain where every price has one or is whole, and one of them cannot be a number with grouped thousands: `12,34`,
 * `0,500`, `1.234,567`.
 */
export function numberFormOf(prices: readonly string[]): NumberForm | null {
  const texts = prices.map((text) => text.trim())
  if (texts.every((text) => WHOLE_OR_COMMA.test(text)) && texts.some((text) => text.includes(',') && !EITHER.test(text))) return DECIMAL_COMMA
  const isPoint = texts.every((text) => DECIMAL_POINT.price(text) !== undefined) && texts.some((text) => text.includes('.'))
  return isPoint ? DECIMAL_POINT : null
}

/** A number with a decimal comma, thousands grouped by points (`1.234,5`), exponents, and the words that `parseNumber` knows. */
function commaNumber(text: string): number | undefined {
  const trimmed = text.trim()
  if (/^[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?)$/.test(trimmed)) return Number(trimmed.replaceAll('.', '').replace(',', '.'))
  const hasPointOrCommas = /[.]|,.*,/.test(trimmed)
  return hasPointOrCommas ? undefined : parseNumber(trimmed.replace(',', '.'))
}

/** As `commaNumber`, but undefined also for `1.250`, which in a file of decimal commas may yet be one with a point. */
function commaPrice(text: string): number | undefined {
  return /^[+-]?\d{1,3}\.\d{3}$/.test(text.trim()) ? undefined : commaNumber(text)
}
