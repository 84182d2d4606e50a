/* {"tries": "Moves buffers from hand to hand, each time a larger one.", "row": {"status": "out_of_memory", "code": "script_out_of_memory"}, "limits": {"symbolTimeoutMs": 29000}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const kept = []; for (;;) kept.push(new ArrayBuffer(1e6).transfer(2e6).slice(0))
}
