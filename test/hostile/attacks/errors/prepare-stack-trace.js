/* {"tries": "Throws after it set a prepareStackTrace that loops.", "row": {"status": "timed_out", "code": "symbol_timeout"}, "warnings": ["state_lost"]} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  Error.prepareStackTrace = () => { for (;;) {} }; throw new Error("x")
}
