/* {"tries": "Returns an object of a million keys.", "row": {"status": "failed", "code": "result_too_large"}, "limits": {"symbolTimeoutMs": 10000}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const data = {}; for (let i = 0; i < 3e5; i++) data['k' + i] = i; return { data }
}
