/* {"tries": "Leaves microtasks and a timer that loops behind for the next symbol."} */
let left = 0
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  Promise.resolve().then(function again() { left++; if (left < 1e5) return Promise.resolve().then(again) }); setTimeout(() => { for (;;) {} }, 1); return honest(bars)
}
