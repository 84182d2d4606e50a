/* {"tries": "Throws an error whose message and name are no texts.", "row": {"status": "failed", "code": "script_threw", "says": "."}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  throw Object.assign(new Error("x"), { message: { toString() { throw 1 } }, name: Symbol("n"), stack: 5, code: { a: 1 } })
}
