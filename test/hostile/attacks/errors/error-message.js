/* {"tries": "Throws an error whose message is a getter that loops.", "row": {"status": "timed_out", "code": "symbol_timeout"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const error = new Error("x"); Object.defineProperty(error, "message", { get() { for (;;) {} } }); throw error
}
