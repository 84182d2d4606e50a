/* {"tries": "Makes functions from text for ever.", "row": {"status": "out_of_memory", "code": "script_out_of_memory"}, "limits": {"symbolTimeoutMs": 29000}, "mayWarn": ["state_lost"]} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const kept = []; for (let i = 0; ; i++) kept.push(new Function('a', `return a * ${i} + [${'{a:1},'.repeat(2000)}/*${'.'.repeat(200000)}*/].length`))
}
