// Momentum with confirmation, in several files: node momentum/scan.mjs
import { rateOfChange, sma } from './lib/indicators.mjs'
import { getDailyBars } from './lib/polygon.mjs'
import settings from './settings.json' with { type: 'json' }

const { symbols, dates } = settings
const hits = []

async function scan(symbol, date) {
  const bars = await getDailyBars(symbol, date, 120)
  if (bars.length < 60 || bars.at(-1).date !== date) return
  const closes = bars.map((bar) => bar.close)
  const momentum = rateOfChange(closes, settings.momentumDays)
  if (momentum < settings.minMomentum || closes.at(-1) < sma(closes, settings.trendDays)) return
  hits.push({ symbol, date, score: momentum, direction: 'long', close: closes.at(-1) })
}

async function main() {
  for (const date of dates) {
    for (const symbol of symbols) await scan(symbol, date)
  }
  hits.sort((a, b) => a.date.localeCompare(b.date) || b.score - a.score)
  console.table(hits)
}

main()
