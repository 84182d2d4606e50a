/* {"tries": "Replaces what errors are made with, then throws.", "row": {"status": "failed", "code": "script_threw", "says": "."}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
Error.captureStackTrace = () => { throw 1 }; Error.isError = () => false; globalThis.Error = globalThis.TypeError = null
export function scan(symbol, bars) { if (symbol === 'NVDA') null.x; return honest(bars) }
