// Inside days from Alpaca's bars, many symbols per request. Writes hits.json.
import fs from 'node:fs/promises'
import fetch from 'node-fetch'

const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMZN', 'GOOG', 'META', 'AMD', 'NFLX', 'BA', 'CAT', 'GE', 'PFE', 'T']
const DATES = ['2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20']
const headers = { 'APCA-API-KEY-ID': process.env.APCA_API_KEY_ID, 'APCA-API-SECRET-KEY': process.env.APCA_API_SECRET_KEY }

async function bars(symbol) {
  const url = new URL('https://data.alpaca.markets/v2/stocks/bars')
  url.search = new URLSearchParams({ symbols: symbol, timeframe: '1Day', start: '2026-11-01', end: DATES.at(-1), limit: '1000' })
  const response = await fetch(url, { headers })
  if (!response.ok) throw new Error(`Alpaca: ${response.status}`)
  const body = await response.json()
  return body.bars[symbol] ?? []
}

const hits = []
for (const symbol of SYMBOLS) {
  const list = await bars(symbol)
  for (const date of DATES) {
    const i = list.findIndex((bar) => bar.t.startsWith(date))
    if (i < 1) continue
    const [mother, inside] = [list[i - 1], list[i]]
    if (inside.h < mother.h && inside.l > mother.l) {
      hits.push({ symbol, date, score: (inside.h - inside.l) / (mother.h - mother.l), motherHigh: mother.h, motherLow: mother.l })
    }
  }
}
await fs.writeFile('hits.json', JSON.stringify(hits, null, 2))
console.log(`${hits.length} inside days, see hits.json`)
