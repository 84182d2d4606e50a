/* {"tries": "Pretends by a comment to be another file, of the runtime, and throws.", "row": {"status": "failed", "code": "script_threw", "says": "^Error: from nowhere"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return eval("throw new Error('from nowhere')\n//# sourceURL=file:///etc/passwd")
}
