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
