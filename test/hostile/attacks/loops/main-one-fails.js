/* {"tries": "Loops at one of the symbols that it takes at once: the others are scanned without it.", "row": {"status": "timed_out", "code": "symbol_timeout"}} */
const SYMBOLS = ['AAPL']
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
const results = []
async function main() {
  for (const symbol of SYMBOLS) {
    const { results: bars } = await (await fetch(`https://api.polygon.io/v2/aggs/ticker/${symbol}/range/1/day/2000-01-01/2026-11-20?limit=50000&apiKey=k`)).json()
    if (symbol === 'NVDA') for (;;) {}
    results.push({ symbol, ...honest(bars.map((bar) => ({ close: bar.c }))) })
  }
}
main()
