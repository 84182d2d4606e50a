/* {"tries": "Fills memory with typed arrays.", "row": {"status": "out_of_memory", "code": "script_out_of_memory"}, "limits": {"symbolTimeoutMs": 29000}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const all = []; for (;;) all.push(new Float64Array(1e6).fill(1))
}
