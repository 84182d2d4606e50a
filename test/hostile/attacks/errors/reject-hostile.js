/* {"tries": "Rejects with a proxy that throws.", "row": {"status": "failed", "code": "script_threw", "says": "no error"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return Promise.reject(new Proxy({}, { get() { throw new Error("no") } }))
}
