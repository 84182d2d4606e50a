/* {"tries": "Exports names that are keys of prototypes."} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
const odd = 1
export { odd as __proto__, odd as constructor, odd as then }
export function scan(symbol, bars) { return honest(bars) }
