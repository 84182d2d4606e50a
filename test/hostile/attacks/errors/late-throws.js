/* {"tries": "Throws from timers after its answer is there."} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  for (let i = 0; i < 50; i++) setTimeout(() => { throw new Error('late') }, i)
  return honest(bars)
}
