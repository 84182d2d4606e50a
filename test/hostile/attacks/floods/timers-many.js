/* {"tries": "Sets a million timers.", "row": {"status": "failed", "code": "script_threw", "says": "10000 timers"}, "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  for (let i = 0; i < 1e6; i++) setTimeout(() => {}, i)
}
