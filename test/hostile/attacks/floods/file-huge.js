/* {"tries": "Writes a file of a hundred million characters.", "warnings": ["artifacts_dropped"]} */
import fs from 'fs'
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol === 'NVDA') fs.writeFileSync('/huge.txt', 'x'.repeat(1e8))
  return honest(bars)
}
