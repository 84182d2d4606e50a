/* {"tries": "Leaves two thousand rejections that nobody handles: as in Node, the scan fails with one of them.", "row": {"status": "failed", "code": "script_threw", "says": "^Error: \\d+$"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  for (let i = 0; i < 2e3; i++) Promise.reject(new Error(String(i)))
  return honest(bars)
}
