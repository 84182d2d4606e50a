/* {"tries": "Ends the process, or another, by every way that Node has.", "row": {"status": "failed", "code": "script_threw", "says": "process\\.exit\\(3\\)"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  process.kill?.(1); process.abort?.(); process.reallyExit?.(1); process.exit(3)
}
