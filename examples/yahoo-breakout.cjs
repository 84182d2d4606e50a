#!/usr/bin/env node
// 20-day breakout on volume, Yahoo chart through axios.  npm i axios && node yahoo-breakout.cjs
const axios = require('axios')

const TICKERS = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMZN', 'GOOG', 'META', 'AMD', 'NFLX', 'BAC', 'WMT', 'DIS']
const SCAN_DATE = '2026-09-24'

const yahoo = axios.create({
  baseURL: 'https://query1.finance.yahoo.com',
  timeout: 10000,
  headers: { 'User-Agent': 'Mozilla/5.0' },
})

const delay = (ms) => new Promise((r) => setTimeout(r, ms))

async function candles(ticker) {
  const end = Math.floor(Date.parse(SCAN_DATE + 'T23:59:59Z') / 1000)
  const { data } = await yahoo.get('/v8/finance/chart/' + ticker, {
    params: { period1: end - 90 * 86400, period2: end, interval: '1d' },
  })
  const result = data.chart.result[0]
  const q = result.indicators.quote[0]
  return result.timestamp.map((t, i) => ({
    date: new Date(t * 1000).toISOString().slice(0, 10),
    high: q.high[i],
    close: q.close[i],
    volume: q.volume[i],
  }))
}

async function main() {
  const results = []
  for (const ticker of TICKERS) {
    try {
      const c = await candles(ticker)
      const last = c[c.length - 1]
      if (last.date !== SCAN_DATE) continue
      const before = c.slice(-21, -1)
      const top = Math.max(...before.map((x) => x.high))
      const avgVol = before.reduce((s, x) => s + x.volume, 0) / before.length
      const near = (last.close / top - 1) * 100
      if (near > -1.5) {
        results.push({
          ticker,
          score: near.toFixed(2), // percent above the 20-day high
          direction: 'UP',
          close: last.close,
          relVolume: +(last.volume / avgVol).toFixed(2),
        })
      }
    } catch (e) {
      console.error(ticker, e.response ? e.response.status : e.message)
    }
    await delay(300)
  }
  return results
}

if (require.main === module) {
  main()
    .then((r) => console.table(r))
    .catch((e) => {
      console.error(e)
      process.exit(1)
    })
}

module.exports = { main }
