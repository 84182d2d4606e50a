/* {"tries": "Disposes at the end of its scope of something that never ends.", "row": {"status": "failed", "code": "never_settles"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return (async () => { await using held = { async [Symbol.asyncDispose]() { await new Promise(() => {}) } }; return 1 })()
}
