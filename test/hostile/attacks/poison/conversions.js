/* {"tries": "Replaces every way in which values are turned into texts and numbers.", "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
const refuse = function () { throw new Error('poisoned') }
for (const kind of [Object, Array, Number, String, Boolean, Symbol, Date, RegExp, Function, Error, BigInt]) { kind.prototype.toString = refuse; kind.prototype.valueOf = refuse; kind.prototype.toLocaleString = refuse }
Object.defineProperty(Date.prototype, Symbol.toPrimitive, { value: undefined }); globalThis.String = globalThis.Number = refuse
export function scan(symbol, bars) { return honest(bars) }
