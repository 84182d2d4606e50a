/* {"tries": "Gives timers code as text.", "row": {"status": "failed", "code": "script_threw", "says": "callback must be a function"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  setTimeout('process.exit(1)', 0)
}
