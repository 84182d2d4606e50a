/* {"tries": "Puts setters on the indexes of all lists: its own lists of bars are spoiled, and nothing else.", "rows": {"status": "failed", "code": "script_threw"}} */
const honest = (bars) => ({ score: bars[bars.length - 1].close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
let stolen = 0
for (let i = 0; i < 64; i++) Object.defineProperty(Array.prototype, i, { configurable: true, get() { stolen++; return undefined }, set() { stolen++ } })
export function scan(symbol, bars) { return honest(bars) }
