/* {"tries": "Builds texts of half a gigabyte and has them laid out flat.", "row": {"status": "out_of_memory", "code": "script_out_of_memory"}, "limits": {"symbolTimeoutMs": 29000}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const kept = []; for (;;) { let text = 'x' + kept.length; while (text.length < 2 ** 27) text += text; text.charCodeAt(5); kept.push(text) }
}
