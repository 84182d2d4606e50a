const scan = (body: string): string => `export function scan(symbol, bars) { ${body} }`

/** Scanners whose rows must be the same bytes in every run, by file name. */
export const HONEST: Record<string, string> = {
  'scan.js': scan(`console.log('at', symbol); return bars.at(-1).close > bars.at(-2).close ? { score: bars.at(-1).close, n: bars.length } : null`),
  'main.js': `export async function main(symbols, dates) {
    const hits = []
    for (const symbol of symbols) {
      const { results } = await (await fetch('https://api.polygon.io/v2/aggs/ticker/' + symbol + '/range/1/day/2024-01-01/2026-12-31')).json()
      if (results && results.at(-1).c > 20) hits.push({ symbol, date: dates.at(-1), score: results.at(-1).c })
    }
    return hits
  }`,
  'typed.ts': `import { defineScanner } from 'strikescan'
    export default defineScanner({ name: 'typed', lookback: 40, scan: ({ bars, ta }) => ({ score: ta.rsi(bars.close, 14).at(-1) as number }) })`,
  'random.js': scan(`return Math.random() < 0.5 ? { score: Math.random() } : null`),
  'failing.js': scan(`if (symbol.charCodeAt(0) % 2) throw new Error('no good: ' + symbol); return null`),
}

/** Means harm to one symbol: the others are soon done, and a run takes no longer than it must. */
const harm = (body: string): string => scan(`if (symbol === 'AAPL') { ${body} } return { score: bars.length }`)

/** Scanners that mean harm. */
export const HOSTILE: Record<string, string> = {
  'hangs.js': harm('for (;;) {}'),
  'proxy.js': harm('throw new Proxy({}, { get() { for (;;) {} } })'),
  'eats.js': harm('const kept = []; for (;;) kept.push(new Float64Array(1e6).fill(1))'),
  'heap.js': harm("const kept = []; for (;;) kept.push({ a: [1, 2, 3], b: 'x'.repeat(100) })"),
  'floods.js': harm("for (let i = 0; i < 20000; i++) console.log('line', i, 'of', symbol)"),
  'huge.js': harm("return { blob: 'x'.repeat(50e6) }"),
  'exits.js': scan(`process.exit(1)`),
  'loads.js': `throw { get message() { return this.message } }\n${scan('return null')}`,
  'never.js': `export async function main() { await new Promise(() => {}) }`,
  'poisons.js': `Array.prototype.push = () => 0; JSON.stringify = () => '{'; Object.prototype.status = 'hit'\n${scan('return { score: 1 }')}`,
  'broken.js': `export function scan( {`,
}
