/* {"tries": "Throws an error whose class has a getter that loops for its name.", "row": {"status": "timed_out", "code": "symbol_timeout"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  class Odd extends Error { get name() { for (;;) {} } } throw new Odd('x')
}
