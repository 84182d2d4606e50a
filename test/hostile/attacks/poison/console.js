/* {"tries": "Replaces the console by one that loops."} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
for (const name of Object.keys(console)) console[name] = () => { for (;;) {} }
globalThis.console = new Proxy({}, { get() { for (;;) {} } })
export function scan(symbol, bars) { return honest(bars) }
