/* {"tries": "Throws a proxy all of whose traps throw.", "row": {"status": "failed", "code": "script_threw", "says": "no error"}, "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  throw new Proxy({}, { get(target, key) { throw new Error("trap " + String(key)) }, getPrototypeOf() { throw new Error("prototype") }, has() { throw 1 }, getOwnPropertyDescriptor() { throw 2 } })
}
