// Relative strength rank
//
// Ranks every symbol against all the others by its return over three months (the last month counts double) and
// reports the top tenth. The rank of one symbol depends on the rest, so this can't be cut into batches.
//
//   strikescan run examples/relative-strength-rank.js --universe all --dates 2026-11-20

const QUARTER = 63 // sessions
const MONTH = 21
const TOP = 0.1

const seconds = (isoDate) => Date.parse(`${isoDate}T00:00:00Z`) / 1000
const DAY = 86_400

async function closesUpTo(symbol, date) {
  const query = new URLSearchParams({
    interval: '1d',
    period1: String(seconds(date) - 140 * DAY),
    period2: String(seconds(date) + DAY),
  })
  const response = await fetch(`https://query1.finance.yahoo.com/v8/finance/chart/${encodeURIComponent(symbol)}?${query}`)
  if (!response.ok) return []
  const { chart } = await response.json()
  const result = chart.result?.[0]
  if (!result?.timestamp) return []
  const [quote] = result.indicators.quote
  return result.timestamp
    .map((time, i) => ({ date: new Date(time * 1000).toISOString().slice(0, 10), close: quote.close[i] }))
    .filter((bar) => bar.close != null && bar.date <= date)
}

function strength(bars) {
  if (bars.length <= QUARTER) return null
  const at = (sessionsAgo) => bars[bars.length - 1 - sessionsAgo].close
  const quarter = at(0) / at(QUARTER) - 1
  const month = at(0) / at(MONTH) - 1
  return { quarter, month, value: quarter + month }
}

export async function main(symbols, dates) {
  const hits = []
  for (const date of dates) {
    const ranked = []
    for (const symbol of symbols) {
      const bars = await closesUpTo(symbol, date)
      if (bars.at(-1)?.date !== date) continue // did not trade
      const measured = strength(bars)
      if (measured) ranked.push({ symbol, ...measured })
    }
    ranked.sort((a, b) => b.value - a.value || (a.symbol < b.symbol ? -1 : 1))

    const keep = Math.ceil(ranked.length * TOP)
    ranked.slice(0, keep).forEach(({ symbol, quarter, month, value }, index) => {
      const percentile = ranked.length > 1 ? 100 * (1 - index / (ranked.length - 1)) : 100
      hits.push({
        symbol,
        date,
        score: percentile,
        direction: 'bullish',
        data: { rank: index + 1, of: ranked.length, quarter, month, value },
        strategies: ['Long Call', 'LEAP Call'],
      })
    })
  }
  return hits
}
