/** A scanner with parameters whose hits have data, strategies and log lines. */
export const SOUGHT = `import { defineScanner } from 'strikescan'
export default defineScanner({
  name: 'Sought',
  params: { modulus: { default: 10, min: 2, max: 50, help: 'one hit in this many' }, loud: { default: true, help: 'writes a line for each hit' } },
  lookback: 30,
  scan({ symbol, bars, params, log }) {
    const close = bars.close.at(-1)
    if (Math.floor(close * 100) % params.modulus !== 0) return null
    if (params.loud) log.info('found ' + symbol)
    return { score: close, direction: 'bullish', data: { close, sessions: bars.close.length }, strategies: ['Long Call', 'Call Debit Spread'] }
  },
})
`

/** Works on each symbol for some milliseconds. */
export const SLOW = (rounds: number): string => `export default function slow(symbol, bars) {
  let sum = 0
  for (let round = 0; round < ${rounds}; round++) sum += Math.sqrt(round ^ symbol.length)
  return sum > 0 && symbol.charCodeAt(0) % 7 === 0 ? { score: bars.length } : null
}
`

export const THROWS = `export default function breaks(symbol, bars) {
  const last = bars.at(-1)
  return last.nothing.there
}
`

export const NEVER = `export default () => null
`

export const BROKEN = `export default function broken(symbol, bars) {
  return bars.length >
}
`

/** Takes 80 MB for each symbol past T, for a while. */
export const HOARDS = `export default function hoards(symbol) {
  const kept = []
  const isLate = symbol > 'T'
  if (isLate) for (let part = 0; part < 40; part++) kept.push(new Float64Array(250_000).fill(part))
  let sum = 0
  for (let round = 0; round < (isLate ? 300_000_000 : 3_000_000); round++) sum += Math.sqrt(round)
  return sum < 0 || kept.length > 100
}
`

const MARKUP = '<img src=x onerror="globalThis.broken=1"><script>globalThis.broken=2</script>'

/** Puts markup and lengths beyond all measure wherever a script can put anything. */
export const HOSTILE = `export default function hostile(symbol, bars, { log }) {
  log.info(${JSON.stringify(MARKUP)} + symbol)
  log.error('\\u202ebackwards ' + 'x'.repeat(9_000))
  if (symbol === 'MSFT') throw new Error(${JSON.stringify(MARKUP)} + 'y'.repeat(5_000))
  const data = { [${JSON.stringify(MARKUP)}]: ${JSON.stringify(MARKUP)}, toString: 'z'.repeat(3_000), many: Array.from({ length: 2_000 }, (_, place) => place), constructor: null }
  return { score: 1e308, direction: 'bullish', data, strategies: [${JSON.stringify(MARKUP)}, 'Long Call'] }
}
`
