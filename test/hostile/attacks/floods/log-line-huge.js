/* {"tries": "Writes one line of a hundred million characters."} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  console.log("x".repeat(100_000_000)); console.log({ deep: Array.from({ length: 1e6 }, (_, i) => i) })
  return honest(bars)
}
