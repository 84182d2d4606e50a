/* {"tries": "Declares a lookback that loops where it is turned into a number.", "run": {"code": "definition_invalid"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export const lookback = { valueOf() { for (;;) {} } }
export function scan(symbol, bars) { return honest(bars) }
