/* {"tries": "Throws a message of escape sequences, zero bytes and lone surrogates.", "row": {"status": "failed", "code": "script_threw", "says": "^Error: "}, "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  throw new Error('\u001b]0;owned\u0007\u0000\ud800\u202e')
}
