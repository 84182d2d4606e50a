/* {"tries": "Returns a result whose score is a getter that loops.", "row": {"status": "timed_out", "code": "symbol_timeout"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return { get score() { for (;;) {} } }
}
