/* {"tries": "Writes files whose names lead out of their folder.", "quick": true} */
import fs from 'fs'
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol === 'NVDA') for (const name of ['../../../escaped.txt', '/..\\..\\escaped.txt', 'a\u0000b.txt', '\u202egpj.exe', 'con', '.', 'x'.repeat(5000)]) fs.writeFileSync(name, '=cmd()')
  return honest(bars)
}
