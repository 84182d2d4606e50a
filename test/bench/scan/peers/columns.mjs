import { readFileSync } from 'node:fs'

/** Open and close of each symbol of a snapshot that has a bar in its last session, and at least 21 in all: views of the file's bytes. */
export function* currentColumns(snapshot) {
  const index = JSON.parse(readFileSync(`${snapshot}/index.json`, 'utf8'))
  const { buffer, byteOffset } = readFileSync(`${snapshot}/bars.bin`)
  const day = index.sessions.at(-1)
  let offset = byteOffset
  for (const [place, symbol] of index.symbols.entries()) {
    const count = index.counts[place]
    // Days as Int32, padded to 8 bytes, then five columns of doubles.
    const start = offset + Math.ceil(count / 2) * 8
    offset = start + 40 * count
    if (index.lastDays[place] !== day || count < 21) continue
    yield { symbol, open: new Float64Array(buffer, start, count), close: new Float64Array(buffer, start + 24 * count, count) }
  }
}

/** The line of a hit by the rule, from the indicators at a symbol's last bar; empty for a miss. */
export function hitLine({ symbol, open, close }, { average, strength, upper, lower }) {
  const last = close.length - 1
  const gap = open[last] / close[last - 1] - 1
  const price = close[last]
  if (Math.abs(gap) < 0.01 || !(price > upper || price < lower || strength >= 60 || strength <= 40)) return ''
  return `${symbol},${gap > 0 ? 'bullish' : 'bearish'},${average},${strength},${upper},${lower},${gap}\n`
}
