/* {"tries": "Writes thirty thousand lines.", "warnings": ["logs_dropped"], "limits": {"symbolTimeoutMs": 10000}, "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  for (let i = 0; i < 30_000; i++) console.log("line", i)
  return honest(bars)
}
