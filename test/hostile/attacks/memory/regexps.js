/* {"tries": "Compiles regular expressions for ever.", "row": {"status": "out_of_memory", "code": "script_out_of_memory"}, "limits": {"symbolTimeoutMs": 29000}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const kept = []; for (let i = 0; ; i++) { const made = new RegExp(`(a${i}|b{${i % 500}}){1,500}`); made.test('ab'); kept.push(made) }
}
