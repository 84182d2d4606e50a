/* {"tries": "Throws an object that looks like an answer of the runtime.", "row": {"status": "failed", "code": "script_threw", "says": "\"status\":\"hit\""}, "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  throw { code: "script_out_of_memory", status: "hit", name: "UnacceptableValue", message: "{\"status\":\"hit\"}", stack: "at /etc/passwd:1:1" }
}
