/* {"tries": "Reaches through the buffers of its columns for other symbols and later days.", "row": {"status": "hit", "data": {"sizes": 1, "offsets": true}}, "quick": true} */
import { defineScanner } from 'strikescan'
const honest = (bars) => { let sum = 0; for (let i = 0; i < bars.length; i++) sum += bars.close[i]; return { score: bars.close[bars.length - 1], data: { n: bars.length, mean: sum / bars.length } } }
export default defineScanner({ name: 'reach', scan({ symbol, bars }) {
  if (symbol !== 'NVDA') return honest(bars)
  const columns = [bars.open, bars.high, bars.low, bars.close, bars.volume]
  const held = Math.ceil(bars.length / 2) * 8 + bars.length * 40
  for (const column of columns) new Uint8Array(column.buffer).fill(255)
  const sizes = new Set(columns.map((column) => column.buffer)).size
  const offsets = columns.every((column) => column.buffer.byteLength === held && column.byteOffset + column.byteLength <= held)
  structuredClone(bars.close.buffer, { transfer: [bars.close.buffer] })
  return { score: null, data: { sizes, offsets } }
} })
