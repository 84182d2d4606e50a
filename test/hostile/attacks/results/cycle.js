/* {"tries": "Returns data that contains itself.", "row": {"status": "failed", "code": "result_cycle"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const data = {}; data.self = data; return { data }
}
