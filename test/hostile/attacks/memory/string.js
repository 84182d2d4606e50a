/* {"tries": "Fills the heap with texts.", "row": {"status": "out_of_memory", "code": "script_out_of_memory"}, "limits": {"symbolTimeoutMs": 29000}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  let text = "x"; const kept = []; for (;;) { text += text.slice(0, 1e7) + "y"; kept.push([...text.slice(0, 1e5)]) }
}
