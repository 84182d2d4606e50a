/* {"tries": "Declares a name of thirty million characters.", "run": {"code": "definition_invalid"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export const name = 'x'.repeat(3e7)
export function scan(symbol, bars) { return honest(bars) }
