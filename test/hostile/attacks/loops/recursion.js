/* {"tries": "Calls itself without end.", "row": {"status": "failed", "code": "script_threw", "says": "RangeError: Maximum call stack"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const deep = () => deep() + 1; return deep()
}
