/* {"tries": "Returns a list of three hundred thousand objects.", "row": {"status": "failed", "code": "result_too_large"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return { data: Array.from({ length: 300_000 }, (_, i) => ({ i })) }
}
