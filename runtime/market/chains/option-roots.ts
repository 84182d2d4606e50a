/** One spelling for the tickers that vendors write differently: `brk-b`, `BRK/B` and `BRK.B`; `^VIX`, `$VIX` and `VIX`. '' where the text is none. */
export function canonicalTicker(text: string): string {
  const ticker = text.trim().toUpperCase().replace(/^[$^]/, '').replaceAll(/[-/]/g, '.')
  return /^[A-Z0-9][A-Z0-9.]{0,15}$/.test(ticker) ? ticker : ''
}

/** The root that a ticker's plain options carry: its letters without punctuation. */
export function rootOfTicker(ticker: string): string {
  return ticker.replaceAll('.', '')
}
