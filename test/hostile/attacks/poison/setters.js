/* {"tries": "Puts getters and setters on the prototype of all objects.", "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
let seen = 0
const spy = { configurable: true, get() { seen++; return undefined }, set() { seen++ } }
for (const name of ['then', 'toJSON', 'score', 'status', 'symbol', 'ticker', 'date', 'reason', 'strategies', 'direction', 'error', 'value', 'next', 'stack', 'message', 'hits', 'constructor_']) {
  Object.defineProperty(Object.prototype, name, { __proto__: null, ...spy })
}
export function scan(symbol, bars) { return honest(bars) }
