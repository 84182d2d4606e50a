/* {"tries": "Freezes the prototypes and the global object.", "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
for (const kind of [Object, Array, Function, Promise, Map, Set, String, Number, Date, RegExp, Error]) { Object.freeze(kind); Object.freeze(kind.prototype) }
Object.freeze(globalThis)
export function scan(symbol, bars) { return honest(bars) }
