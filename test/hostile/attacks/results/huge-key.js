/* {"tries": "Returns an object with a key of four hundred million characters.", "row": {"status": "out_of_memory", "code": "script_out_of_memory"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return { data: { ['x'.repeat(4e8)]: 1 } }
}
