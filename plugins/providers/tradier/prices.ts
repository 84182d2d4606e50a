import { vendorTicker } from './roots.ts'
import { field, instantOf, isNone, isObject, listOf, numberOf, textOf } from './values.ts'

/** Dollars; as that of contracts. */
const HIGHEST_PRICE = 1e7
/** What stands for the price, first to last: the last trade, else the session's close, else that of the one before. */
const PRICE_FIELDS = ['last', 'close', 'prevclose'] as const
/** Longer ago than any stretch without a session: a last trade of before then is no price of now. */
const OLDEST_TRADE_MS = 7 * 86_400_000

/**
 * Prices by symbol as the vendor spells it, of `{"quotes":{"quote":[…],"unmatched_symbols":{"symbol":…}}}`, where `quote` may be one
 * bare entry and both may be missing, null or the text `null`. Entries without a price that could be one are left out, and so are those
 * of which a part is damaged, or whose last trade was more than a week before `asOf` (epoch milliseconds). Null where the document has no
 * `quotes` at all.
 */
export function readPrices(document: unknown, asOf: number): Map<string, number> | null {
  if (!isObject(document) || !Object.hasOwn(document, 'quotes')) return null
  const { quotes } = document
  if (!isNone(quotes) && typeof quotes !== 'object') return null
  const entries = isObject(quotes) ? listOf(field(quotes, 'quote')) : listOf(quotes)
  const prices = new Map<string, number>()
  for (const entry of entries) {
    const symbol = vendorTicker(textOf(field(entry, 'symbol')) ?? '')
    const price = priceOf(entry, asOf)
    if (symbol !== null && price !== null) prices.set(symbol, price)
  }
  return prices
}

function priceOf(quote: unknown, asOf: number): number | null {
  const tradedAt = instantOf(field(quote, 'trade_date'))
  if (tradedAt !== null && asOf - tradedAt > OLDEST_TRADE_MS) return null
  // Zero stands for nothing. Beside what can be no price the others, older ones, are not to be trusted either.
  const stated = PRICE_FIELDS.map((name) => numberOf(field(quote, name))).filter((price): price is number => price !== null && price !== 0)
  return stated.every((price) => price > 0 && price <= HIGHEST_PRICE) ? (stated[0] ?? null) : null
}
