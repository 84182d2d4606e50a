/* {"tries": "Multiplies numbers of millions of digits, which nothing inside can interrupt.", "row": {"status": "timed_out", "code": "symbol_timeout"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  let x = 3n ** 100000n; for (;;) x = x * x
}
