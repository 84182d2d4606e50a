/* {"tries": "Writes a hundred million characters to the standard output at once.", "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  process.stdout.write('x'.repeat(1e8))
  return honest(bars)
}
