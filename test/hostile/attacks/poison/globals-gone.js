/* {"tries": "Deletes everything from the global object."} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
for (const name of Reflect.ownKeys(globalThis)) try { delete globalThis[name] } catch {}
export function scan(symbol, bars) { return honest(bars) }
