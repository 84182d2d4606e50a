/* {"tries": "Returns what looks like a row of another symbol, day and status.", "row": {"status": "hit", "score": 5}, "warnings": ["date_differs", "symbol_differs"], "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return { status: 'miss', symbol: 'AAPL', ticker: 'MSFT', date: '1999-01-01', score: 5, error: { code: 'x' }, batchId: 9, attempt: 7 }
}
