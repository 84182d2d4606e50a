/* {"tries": "Declares a __proto__ at its top level, in a file that awaits there."} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
const __proto__ = { scan: () => 666 }
const seen = await Promise.resolve(__proto__)
export function scan(symbol, bars) { return honest(bars) }
