export type ListRole = 'symbols' | 'dates'

const WHOLE_NAMES: Record<ListRole, RegExp> = {
  symbols: /^(symbols?|tickers?|universe|watchlists?|stocks?|stocklist|symbollist|tickerlist|listofsymbols|listofstocks|listoftickers|equities|securities|instruments|portfolio|syms|allsymbols|allstocks|alltickers|mysymbols|mystocks|mytickers)$/,
  dates: /^(dates?|datelist|tradingdays?|tradingdates?|scandates?|sessions?|days|scandays|backtestdates?|testdates?|asof|asofdates?|targetdates?|rundates?|marketdays?)$/,
}
const PARTS: Record<ListRole, RegExp> = {
  symbols: /^(symbols?|tickers?|universe|watchlist|stocks?|symbollist|stocklist|tickerlist|equities|syms)$/,
  dates: /^(dates|date|tradingdays|days|sessions)$/,
}
/** Words that make a name mean something else than the list itself. */
const OTHER_MEANING =
  /^(data|cache|count|counts|num|max|min|size|limit|index|idx|regex|pattern|url|uri|api|key|token|config|options|results?|prices?|info|details|exclude[ds]?|excluded|exclusions?|skip|ignore[ds]?|blacklist|blocklist|benchmark|sector|sectors|delay|timeout|ms|file|path|length|total|per|format|fmt|formatter|start|end|begin|from|to|since|until|today|now|expiry|expiration|expirations|first|last|current|lookback|window|back|regexp|by|errors?|failed|hits|matches|winners|held|holding|hold|ago)$/

/** How surely a name names such a list: 1 surely, 2 by one of its words, null not at all. */
export function rankName(name: string, role: ListRole): 1 | 2 | null {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  if (WHOLE_NAMES[role].test(words.join(''))) return 1
  const meansOther = words.some((word) => OTHER_MEANING.test(word) && !(word === 'to' && words.length > 2))
  return !meansOther && words.some((word) => PARTS[role].test(word)) ? 2 : null
}

/** True where the name says one rather than several: `SYMBOL`, `scanDate`. */
export function isSingular(name: string): boolean {
  return /(symbol|ticker|stock|date|day|asof|session)$/i.test(name.replace(/_/g, ''))
}

/** Text that can be a ticker: upper case, at most ten characters, with the usual marks of share classes. */
export function looksLikeTicker(text: string): boolean {
  return /^\^?[A-Z][A-Z0-9]{0,5}([./-][A-Z0-9]{1,4})?$/.test(text.trim())
}

/** Text that can be a date: `2026-11-20`, `20261120`, `11/20/2026`. */
export function looksLikeDate(text: string): boolean {
  return /^(\d{4}-\d{1,2}-\d{1,2}([T ].*)?|(19|20)\d{6}|\d{1,2}\/\d{1,2}\/\d{4}|\d{4}\/\d{1,2}\/\d{1,2})$/.test(text.trim())
}

export const SYMBOL_FIELD = /^(symbol|ticker|sym|code|instrument)$/i
export const DATE_FIELD = /^(date|day|session)$/i
