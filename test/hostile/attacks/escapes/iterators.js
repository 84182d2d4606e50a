/* {"tries": "Returns objects whose iterators never end and whose generators throw.", "row": {"status": "failed", "code": "result_not_plain", "says": "data.endless has a key that is a symbol, Symbol\\(Symbol.iterator\\)"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const endless = { [Symbol.iterator]() { return { next: () => ({ done: false, value: 1 }) } } }
  const broken = (function* () { throw new Error('no') })()
  const flowing = (async function* () { for (;;) yield 1 })()
  return { data: { endless, broken, flowing } }
}
