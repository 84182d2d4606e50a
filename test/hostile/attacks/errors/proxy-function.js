/* {"tries": "Throws a callable proxy.", "row": {"status": "failed", "code": "script_threw", "says": "function"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  throw new Proxy(() => {}, { apply() { for (;;) {} }, get() { throw 1 } })
}
