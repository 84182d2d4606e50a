/* {"tries": "Returns a map whose keys are objects.", "row": {"status": "failed", "code": "result_not_plain"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return { data: new Map([[{}, 1]]) }
}
