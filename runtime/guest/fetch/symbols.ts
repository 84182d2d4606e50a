import { listPush, newList, setAdd, SetConstructor, setHas, stringIndexOf, stringSlice, stringToUpperCase, stringTrim } from '../language/intrinsics.ts'
import { replaceText, splitText } from '../language/text.ts'
import type { GuestBars, GuestMarket } from './types.ts'

/**
 * Bars of a symbol from a day on, null where there are none. The symbol as a vendor writes it: upper case, classes of shares
 * by `.`, `-` or `/` (BRK.B, BRK-B, BRK/B).
 */
export function findBars(market: GuestMarket, name: string, fromDay = 0): GuestBars | null {
  const symbol = stringToUpperCase(stringTrim(name))
  if (symbol === '') return null
  const exact = nonEmpty(market.bars(symbol, fromDay))
  if (exact !== null) return exact
  const mark = stringIndexOf(symbol, '-') !== -1 ? '-' : stringIndexOf(symbol, '/') !== -1 ? '/' : stringIndexOf(symbol, '.') !== -1 ? '.' : ''
  if (mark === '') return null
  return (
    nonEmpty(market.bars(replaceText(symbol, mark, '.'), fromDay)) ??
    nonEmpty(market.bars(replaceText(symbol, mark, '-'), fromDay)) ??
    nonEmpty(market.bars(replaceText(symbol, mark, '/'), fromDay))
  )
}

const nonEmpty = (bars: GuestBars | null) => (bars !== null && bars.length > 0 ? bars : null)

/** The distinct symbols of a comma-separated list, upper case, in order. */
export function symbolList(text: string | null): string[] {
  const symbols = newList<string>()
  if (text === null) return symbols
  const parts = splitText(text, ',')
  const seen = new SetConstructor<string>()
  for (let i = 0; i < parts.length; i++) {
    const symbol = stringToUpperCase(stringTrim(parts[i] as string))
    if (symbol === '' || setHas(seen, symbol)) continue
    setAdd(seen, symbol)
    listPush(symbols, symbol)
  }
  return symbols
}

/** `text` without a suffix of a market, such as `.US`. */
export function withoutSuffix(text: string, suffix: string): string {
  const upper = stringToUpperCase(text)
  return stringSlice(upper, -suffix.length) === suffix ? stringSlice(upper, 0, -suffix.length) : upper
}
