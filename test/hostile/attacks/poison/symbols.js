/* {"tries": "Puts the well-known symbols on the prototype of all objects."} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
const refuse = function () { throw new Error('poisoned') }
for (const name of ['toStringTag', 'isConcatSpreadable', 'unscopables', 'species']) Object.defineProperty(Object.prototype, Symbol[name], { configurable: true, get: refuse })
for (const name of ['match', 'replace', 'split', 'search', 'hasInstance', 'asyncIterator', 'dispose']) Object.defineProperty(Object.prototype, Symbol[name], { configurable: true, value: refuse })
export function scan(symbol, bars) { return honest(bars) }
