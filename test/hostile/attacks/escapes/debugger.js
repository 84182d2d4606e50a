/* {"tries": "Stops in a debugger, and asks for one."} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  debugger
  new Function('debugger')()
  return honest(bars)
}
