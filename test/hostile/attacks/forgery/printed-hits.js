/* {"tries": "Prints tables of hits of other symbols, where a scan answers for its own."} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  console.table([{ symbol: 'AAPL', score: 666 }]); console.log(JSON.stringify([{ symbol: 'MSFT', score: 666 }]))
  return honest(bars)
}
