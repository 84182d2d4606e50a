/* {"tries": "Puts a proxy behind the global object that has every name."} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
try { Object.setPrototypeOf(globalThis, new Proxy({}, { has: (_, name) => name !== 'honest', get: () => () => { throw new Error('poisoned') } })) } catch {}
export function scan(symbol, bars) { return honest(bars) }
