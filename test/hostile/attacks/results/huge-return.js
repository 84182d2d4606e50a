/* {"tries": "Returns a text of two hundred million characters.", "row": {"status": "failed", "code": "result_too_large"}, "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return { data: { text: "x".repeat(200_000_000) } }
}
