/* {"tries": "Throws an aggregate of a million errors.", "row": {"status": "failed", "code": "script_threw", "says": "AggregateError: many"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  throw new AggregateError(Array.from({ length: 1e5 }, (_, i) => new Error(String(i))), 'many')
}
