/* {"tries": "Reports hits for the symbols __proto__, constructor and toString.", "warnings": ["stray_hits"], "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
const hits = []
export async function main(symbols) {
  for (const symbol of symbols) {
    const url = `https://api.polygon.io/v2/aggs/ticker/${symbol}/range/1/day/2000-01-01/2026-11-20?limit=50000&apiKey=k`
    const { results } = await (await fetch(url)).json()
    hits.push({ symbol, ...honest(results.map((bar) => ({ close: bar.c }))) })
  }
  hits.push({ symbol: '__proto__', score: 1 }, { symbol: 'constructor' }, { symbol: 'toString', date: '2026-11-20' })
  return hits
}
