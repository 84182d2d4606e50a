/* {"tries": "Is given parameters whose names are keys of prototypes.", "row": {"status": "hit", "data": {"polluted": "undefined", "own": ["constructor"]}}, "params": {"constructor": 1}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars, { params }) {
  if (symbol !== 'NVDA') return honest(bars)
  return { data: { polluted: typeof ({}).polluted, own: Object.keys(params) } }
}
