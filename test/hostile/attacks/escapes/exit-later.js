/* {"tries": "Ends the process from a timer and from microtasks after its answer.", "row": {"status": "failed", "code": "script_threw", "says": "process\\.exit"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  setTimeout(() => process.exit(7), 0); queueMicrotask(() => process.exit(8)); Promise.resolve().then(() => process.exit(9))
  return honest(bars)
}
