/* {"tries": "Scans by a proxy of a function whose trap loops at one symbol.", "row": {"status": "timed_out", "code": "symbol_timeout"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })

const handler = new Proxy((symbol, bars) => honest(bars), { apply(target, self, args) { if (args[0] === 'NVDA') for (;;) {} return Reflect.apply(target, self, args) } })
export const scan = (symbol, bars) => handler(symbol, bars)
