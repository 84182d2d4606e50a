/* {"tries": "Prints an object with its own way to be shown, which loops: the script's own code, as in Node.", "row": {"status": "timed_out", "code": "symbol_timeout"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  console.log({ [Symbol.for('nodejs.util.inspect.custom')]() { for (;;) {} } })
  return honest(bars)
}
