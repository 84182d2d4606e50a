/* {"tries": "Returns a promise that nothing settles.", "row": {"status": "failed", "code": "never_settles"}, "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return new Promise(() => {})
}
