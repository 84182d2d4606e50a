/* {"tries": "Compiles five thousand functions, each of which runs hot."} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  let sum = 0
  for (let i = 0; i < 2000; i++) { const made = new Function('a', `return a * ${i} + 1`); for (let j = 0; j < 50; j++) sum += made(j) }
  return honest(bars)
}
