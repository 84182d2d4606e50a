/*
 * A peer: the same rule by the npm package `technicalindicators`, in a plain Node loop.
 *   node technicalindicators.mjs SNAPSHOT OUT.csv
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { BollingerBands, RSI, SMA } from 'technicalindicators'

const [snapshot, out] = process.argv.slice(2)
const index = JSON.parse(readFileSync(`${snapshot}/index.json`, 'utf8'))
const { buffer, byteOffset } = readFileSync(`${snapshot}/bars.bin`)
const day = index.sessions.at(-1)
let lines = 'symbol,direction,average,strength,upper,lower,gap\n'
let offset = byteOffset
index.symbols.forEach((symbol, place) => {
  const count = index.counts[place]
  const start = offset + Math.ceil(count / 2) * 8
  offset = start + 40 * count
  if (index.lastDays[place] !== day || count < 21) return
  const open = new Float64Array(buffer, start, count)
  const close = Array.from(new Float64Array(buffer, start + 24 * count, count))
  const average = SMA.calculate({ period: 20, values: close }).at(-1)
  const strength = RSI.calculate({ period: 14, values: close }).at(-1)
  const { upper, lower } = BollingerBands.calculate({ period: 20, stdDev: 2, values: close }).at(-1)
  const gap = open[count - 1] / close[count - 2] - 1
  const price = close[count - 1]
  if (Math.abs(gap) < 0.01 || !(price > upper || price < lower || strength >= 60 || strength <= 40)) return
  lines += `${symbol},${gap > 0 ? 'bullish' : 'bearish'},${average},${strength},${upper},${lower},${gap}\n`
})
writeFileSync(out, lines)
