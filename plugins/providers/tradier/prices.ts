import { vendorTicker } from './roots.ts'
import { field, isNone, isObject, listOf, numberOf, textOf } from './values.ts'

/** Dollars; as that of contracts. */
const HIGHEST_PRICE = 1e7
/** What stands for the price, first to last: the last trade, else the session's close, else that of the one before. */
const PRICE_FIELDS = ['last', 'close', 'prevclose'] as const

/**
 * Prices by symbol as the vendor spells it, of `{"quotes":{"quote":[…],"unmatched_symbols":{"symbol":…}}}`, where `quote` may be one
 * bare entry and both may be missing, null or the text `null`. Entries without a price that could be one are left out. Null where
 * the document has no `quotes` at all.
 */
export function readPrices(document: unknown): Map<string, number> | null {
  if (!isObject(document) || !Object.hasOwn(document, 'quotes')) return null
  const { quotes } = document
  if (!isNone(quotes) && typeof quotes !== 'object') return null
  const entries = isObject(quotes) ? listOf(field(quotes, 'quote')) : listOf(quotes)
  const prices = new Map<string, number>()
  for (const entry of entries) {
    const symbol = vendorTicker(textOf(field(entry, 'symbol')) ?? '')
    const price = priceOf(entry)
    if (symbol !== null && price !== null) prices.set(symbol, price)
  }
  return prices
}

function priceOf(quote: unknown): number | null {
  const stated = PRICE_FIELDS.map((name) => numberOf(field(quote, name)))
  return stated.find((price) => price !== null && price > 0 && price <= HIGHEST_PRICE) ?? null
}
