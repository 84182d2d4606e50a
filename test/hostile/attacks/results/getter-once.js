/* {"tries": "Returns an object that is another each time it is looked at.", "row": {"status": "hit", "score": 1, "data": {"n": 1}}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  let n = 0; return { get score() { return ++n === 1 ? 1 : 666 }, get data() { return { n } } }
}
