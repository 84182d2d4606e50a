/* {"tries": "Throws an error that loops where it is turned into text.", "row": {"status": "timed_out", "code": "symbol_timeout"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  throw { toString() { for (;;) {} }, get name() { for (;;) {} } }
}
