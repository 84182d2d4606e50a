/* {"tries": "Throws an error with a message of fifty million characters.", "row": {"status": "failed", "code": "script_threw", "says": "^Error: x{100}"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  throw new Error("x".repeat(50_000_000))
}
