require('dotenv').config()
const { restClient } = require('@polygon.io/client-js')
const fs = require('fs')
const path = require('path')

// Gaps of the day, from the grouped daily bars: two calls for the whole market. Writes out/gaps-<date>.json
const rest = restClient(process.env.POLY_API_KEY)
const symbols = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMZN', 'GOOG', 'META', 'AMD', 'NFLX', 'SPY', 'QQQ', 'IWM']
const tradingDays = ['2026-11-19', '2026-11-20']
const before = { '2026-11-19': '2026-11-18', '2026-11-20': '2026-11-19' }

async function market(day) {
  const { results = [] } = await rest.stocks.aggregatesGroupedDaily(day, { adjusted: 'false' })
  return new Map(results.map((bar) => [bar.T, bar]))
}

async function main() {
  const gaps = []
  for (const day of tradingDays) {
    const [today, yesterday] = await Promise.all([market(day), market(before[day])])
    for (const symbol of symbols) {
      const [bar, prior] = [today.get(symbol), yesterday.get(symbol)]
      if (!bar || !prior) continue
      const gap = bar.o / prior.c - 1
      if (Math.abs(gap) >= 0.004) gaps.push({ symbol, date: day, score: (gap * 100).toFixed(2) + '%', direction: gap > 0 ? 'bullish' : 'bearish', open: bar.o })
    }
  }
  fs.mkdirSync(path.join(__dirname, 'out'), { recursive: true })
  fs.writeFileSync(path.join(__dirname, 'out', `gaps-${tradingDays.at(-1)}.json`), JSON.stringify(gaps, null, 2))
  console.log(`${gaps.length} gaps written`)
}

main()
