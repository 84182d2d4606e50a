/* {"tries": "Returns in one what the runtime has something to say about in every field.", "row": {"status": "hit", "score": null}, "warnings": ["direction_unknown", "score_not_number", "strategies_unread"]} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return { score: 'much', direction: 'sideways up', strategies: { a: 1 } }
}
