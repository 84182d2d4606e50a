/* {"tries": "Returns data that is nested a hundred thousand levels deep.", "row": {"status": "failed", "code": "result_too_deep"}, "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  let data = 1; for (let i = 0; i < 1e5; i++) data = [data]; return { data }
}
