/* {"tries": "Returns a score that is no number.", "row": {"status": "failed", "code": "invalid_score"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return { score: 0 / 0 }
}
