/* {"tries": "Returns a score that loops where it is turned into a number.", "row": {"status": "failed", "code": "invalid_score"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return { score: { [Symbol.toPrimitive]() { for (;;) {} } } }
}
