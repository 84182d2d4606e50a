/* {"tries": "Turns a number of a hundred million digits into text.", "row": {"status": "timed_out", "code": "symbol_timeout"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  let x = 7n ** 3000000n; for (;;) x = BigInt(x.toString().length) + x * x
}
