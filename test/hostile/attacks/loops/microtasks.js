/* {"tries": "Fills the queue of microtasks for ever.", "row": {"status": "timed_out", "code": "symbol_timeout"}, "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return new Promise(() => { const again = () => Promise.resolve().then(again); again() })
}
