// A scanner as its author runs it: one symbol after the other, one request each, a pause after every request.
const SYMBOLS = ['AAPL', 'MSFT']
const DATES = ['2026-11-19', '2026-11-20']
const results = []
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function getBars(symbol, date) {
  const response = await fetch(`https://api.polygon.io/v2/aggs/ticker/${symbol}/range/1/day/2026-01-02/${date}?limit=5000&apiKey=${process.env.POLYGON_API_KEY}`)
  const body = await response.json()
  return (body.results || []).map((r) => ({ time: r.t, open: r.o, high: r.h, low: r.l, close: r.c, volume: r.v }))
}

function sma(values, length) {
  return values.slice(-length).reduce((sum, value) => sum + value, 0) / length
}

function rsi(closes, length) {
  let gain = 0
  let loss = 0
  for (let i = 1; i < closes.length; i++) {
    const change = closes[i] - closes[i - 1]
    const share = i <= length ? 1 / length : 1 / length
    gain = i <= length ? gain + Math.max(change, 0) * share : gain * (1 - share) + Math.max(change, 0) * share
    loss = i <= length ? loss + Math.max(-change, 0) * share : loss * (1 - share) + Math.max(-change, 0) * share
  }
  return (100 * gain) / (gain + loss)
}

async function main() {
  for (const date of DATES) {
    for (const symbol of SYMBOLS) {
      const bars = await getBars(symbol, date)
      const closes = bars.map((bar) => bar.close)
      if (closes.length > 50) {
        const strength = rsi(closes, 14)
        if (strength < 35 && closes.at(-1) > sma(closes, 20) * 0.9) results.push({ symbol, date, score: strength })
      }
      await sleep(250)
    }
  }
  console.log(`${results.length} hits`)
}

main()
