/* {"tries": "Asks for the history of names that are no symbols.", "row": {"status": "hit", "data": [null, null, null, null]}} */
import { defineScanner } from 'strikescan'
const honest = (bars) => { let sum = 0; for (let i = 0; i < bars.length; i++) sum += bars.close[i]; return { score: bars.close[bars.length - 1], data: { n: bars.length, mean: sum / bars.length } } }
export default defineScanner({ name: 'names', scan({ symbol, bars, history }) {
  if (symbol !== 'NVDA') return honest(bars)
  return { data: ['__proto__', 'constructor', 'A\u0000', 'x'.repeat(1e6)].map((name) => history(name)) }
} })
