/* {"tries": "Replaces the built-ins that code is made of by functions that throw.", "quick": true} */
const { apply } = Reflect
const reduce = Array.prototype.reduce
const honest = (bars) => ({ score: bars[bars.length - 1].close, data: { n: bars.length, mean: apply(reduce, bars, [(sum, bar) => sum + bar.close, 0]) / bars.length } })
const refuse = function () { throw new Error('poisoned') }
for (const name of ['push', 'pop', 'map', 'join', 'slice', 'indexOf', 'includes', 'concat', 'forEach', 'filter', 'shift', 'sort', 'entries', 'keys', 'values']) Array.prototype[name] = refuse
for (const name of ['slice', 'split', 'replace', 'indexOf', 'charCodeAt', 'trim', 'startsWith', 'includes', 'toLowerCase']) String.prototype[name] = refuse
for (const name of ['get', 'set', 'has', 'forEach', 'delete']) Map.prototype[name] = refuse
for (const name of ['stringify', 'parse']) JSON[name] = refuse
for (const name of ['keys', 'defineProperty', 'getPrototypeOf', 'assign', 'entries', 'hasOwn', 'getOwnPropertyDescriptor']) Object[name] = refuse
for (const name of ['apply', 'construct', 'ownKeys', 'get']) Reflect[name] = refuse
for (const name of ['floor', 'max', 'min', 'round', 'random']) Math[name] = refuse
for (const name of ['call', 'apply', 'bind']) Function.prototype[name] = refuse
Number.isFinite = Number.isInteger = Array.isArray = Date.prototype.toISOString = RegExp.prototype.exec = RegExp.prototype.test = refuse
Promise.prototype.then = Promise.resolve = refuse
Array.prototype[Symbol.iterator] = refuse
export function scan(symbol, bars) { return honest(bars) }
