/* {"tries": "Reports a hundred and ten thousand symbols that nobody asked for.", "warnings": ["hits_dropped", "stray_hits"], "limits": {"symbolTimeoutMs": 20000}} */
const hits = []
export async function main(symbols) {
  for (const symbol of symbols) {
    const { results } = await (await fetch(`https://api.polygon.io/v2/aggs/ticker/${symbol}/range/1/day/2000-01-01/2026-11-20?limit=50000&apiKey=k`)).json()
    hits.push({ symbol, score: results.at(-1).c, data: { n: results.length, mean: results.reduce((sum, bar) => sum + bar.c, 0) / results.length } })
  }
  for (let i = 0; i < 110000; i++) hits.push({ symbol: 'X' + i })
  return hits
}
