/*
 * SECOND DAY CONTINUATION
 *
 * Day 1: up 4% or more on 1.5x volume, closing in the top quarter of its range.
 * Day 2: opens at or above day 1's close, takes out day 1's high, closes green.
 *
 * Self-running. As a plain script it needs a Polygon key and a lot of patience:
 *   POLYGON_API_KEY=... node second-day-continuation.js
 * Hosted, over the whole market:
 *   strikescan run examples/second-day-continuation.js
 */

const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMZN', 'GOOG', 'META', 'AMD', 'NFLX', 'PLTR', 'COIN', 'SOFI', 'SMCI', 'MSTR', 'RIVN', 'HOOD', 'MARA', 'RIOT', 'GME', 'AMC']
const DATES = ['2026-11-18', '2026-11-19', '2026-11-20']

const API_KEY = process.env.POLYGON_API_KEY
const MIN_MOVE = 4 // percent
const MIN_REL_VOLUME = 1.5
const HISTORY_DAYS = 60

const results = []
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

function daysBefore(date, days) {
  const d = new Date(date + 'T00:00:00Z')
  d.setUTCDate(d.getUTCDate() - days)
  return d.toISOString().slice(0, 10)
}

async function getBars(symbol, date) {
  const url = `https://api.polygon.io/v2/aggs/ticker/${symbol}/range/1/day/${daysBefore(date, HISTORY_DAYS)}/${date}?adjusted=true&sort=asc&limit=5000&apiKey=${API_KEY}`
  const response = await fetch(url)
  if (!response.ok) throw new Error(`Polygon said ${response.status} for ${symbol}`)
  const body = await response.json()
  return (body.results || []).map((r) => ({
    date: new Date(r.t).toISOString().slice(0, 10),
    open: r.o,
    high: r.h,
    low: r.l,
    close: r.c,
    volume: r.v,
  }))
}

function check(symbol, date, bars) {
  if (bars.length < 23) return null
  const day2 = bars[bars.length - 1]
  const day1 = bars[bars.length - 2]
  const day0 = bars[bars.length - 3]
  if (day2.date !== date) return null

  const move = (day1.close / day0.close - 1) * 100
  const before = bars.slice(-22, -2)
  const avgVolume = before.reduce((sum, b) => sum + b.volume, 0) / before.length
  const relVolume = day1.volume / avgVolume
  const range = day1.high - day1.low
  const closedStrong = range > 0 && (day1.close - day1.low) / range >= 0.75
  if (move < MIN_MOVE || !(relVolume >= MIN_REL_VOLUME) || !closedStrong) return null

  const continued = day2.open >= day1.close && day2.high > day1.high && day2.close > day2.open
  if (!continued) return null

  return {
    symbol,
    date,
    score: Number(((day2.close / day1.close - 1) * 100).toFixed(2)),
    direction: 'bullish',
    day1Move: Number(move.toFixed(2)),
    relVolume: Number(relVolume.toFixed(2)),
    entry: day1.high,
    stop: day1.low,
  }
}

async function main() {
  console.log(`Scanning ${SYMBOLS.length} symbols over ${DATES.length} days...`)
  for (const date of DATES) {
    for (const symbol of SYMBOLS) {
      try {
        const bars = await getBars(symbol, date)
        const hit = check(symbol, date, bars)
        if (hit) {
          results.push(hit)
          console.log(`HIT ${symbol} ${date} day 1 +${hit.day1Move}%`)
        }
      } catch (err) {
        console.error(`${symbol}: ${err.message}`)
      }
      await sleep(250) // be nice to the API
    }
  }
  console.log(`${results.length} hits`)
  console.table(results)
}

main().catch(console.error)
