/* {"tries": "Reports one symbol a hundred thousand times, with much data.", "row": {"status": "failed", "code": "result_too_large"}, "limits": {"symbolTimeoutMs": 10000}, "warnings": ["hits_dropped", "hits_repeated"]} */
const hits = []
export async function main(symbols) {
  for (const symbol of symbols) {
    const { results } = await (await fetch(`https://api.polygon.io/v2/aggs/ticker/${symbol}/range/1/day/2000-01-01/2026-11-20?limit=50000&apiKey=k`)).json()
    if (symbol !== 'NVDA') hits.push({ symbol, score: results.at(-1).c, data: { n: results.length, mean: results.reduce((sum, bar) => sum + bar.c, 0) / results.length } })
    else for (let i = 0; i < 50000; i++) hits.push({ symbol, score: 1, data: 'x'.repeat(100) })
  }
  return hits
}
