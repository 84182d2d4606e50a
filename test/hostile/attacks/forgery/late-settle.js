/* {"tries": "Settles the promise of one symbol while it is at the next.", "row": {"status": "failed", "code": "never_settles"}, "quick": true} */
let later
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export async function scan(symbol, bars) {
  if (symbol === 'NVDA') return new Promise((resolve) => (later = resolve))
  later?.({ score: 666, data: 'of another symbol' })
  later = undefined
  await null
  await new Promise((resolve) => setTimeout(resolve, 5))
  return honest(bars)
}
