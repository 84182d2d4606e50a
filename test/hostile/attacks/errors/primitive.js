/* {"tries": "Throws a symbol.", "row": {"status": "failed", "code": "script_threw", "says": "symbol"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  throw Symbol('\u001b[31m')
}
