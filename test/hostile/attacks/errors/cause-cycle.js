/* {"tries": "Throws an error that is its own cause.", "row": {"status": "failed", "code": "script_threw", "says": "^Error: round"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const error = new Error('round'); error.cause = error; error.errors = [error]; throw error
}
