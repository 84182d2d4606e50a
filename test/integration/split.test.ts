import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestHost, type TestHost } from './support/hosting.ts'

/** Scripts that relate symbols in ways that a text hardly shows; each must give, by default, the rows that it gives whole. */
const SCRIPTS: Record<string, string> = {
  'a limit kept two calls away': `
    const seen = []
    function push(list, value) { add(list, value) }
    function add(list, value) { list.push(value) }
    exports.scan = (symbol, bars) => { if (seen.length >= 10) return null; push(seen, symbol); return bars.at(-1).close }`,
  'a limit in a field of an instance': `
    class Turnstile { taken = 0; take = () => ++this.taken <= 10 }
    const turnstile = new Turnstile()
    exports.scan = (symbol, bars) => (turnstile.take() ? bars.at(-1).close : null)`,
  'a limit in a static field': `
    class Limit { static used = 0; static take() { this.used++; return this.used <= 10 } }
    exports.scan = (symbol, bars) => (Limit.take() ? bars.at(-1).close : null)`,
  'the first of each letter, by getOrInsert': `
    const first = new Map()
    exports.scan = (symbol, bars) => (first.getOrInsert(symbol[0], symbol) === symbol ? bars.at(-1).close : null)`,
  'the last of each letter, by a Map of pairs': `
    const SYMBOLS = ['AAPL']
    async function main() {
      const pairs = SYMBOLS.map((symbol) => [symbol[0], { symbol }])
      return [...new Map(pairs).values()]
    }
    main()`,
  'a count kept where only a trial finds it': `
    exports.scan = (symbol, bars) => { const counts = [].constructor; counts['of' + symbol] = (counts['of' + symbol] ?? 0) + 1; return { score: counts['of' + symbol] } }`,
  'an early end of an async generator': `
    const SYMBOLS = ['AAPL']
    async function* all(symbols) { for (const symbol of symbols) yield { symbol } }
    async function main() {
      const hits = []
      for await (const hit of all(SYMBOLS)) { hits.push(hit); if (hits.length >= 10) break }
      return hits
    }
    main()`,
}

describe('splitting never changes meaning', () => {
  let test: TestHost
  beforeAll(async () => {
    test = await openTestHost({ 'market.simulatedSymbols': 200 })
  })
  afterAll(() => test.close())

  it.each(Object.entries(SCRIPTS))('%s', async (_, source) => {
    const whole = await test.run(source, { universe: 'all', split: 'never' })
    // Two, so that a trial that spreads over both would find nothing of what each of them keeps.
    const auto = await test.run(source, { universe: 'all', limits: { workers: 2 } })
    expect(whole.run.status).toBe('completed')
    expect(whole.run.ledger.hit).toBeGreaterThan(0)
    expect(auto.rows.map(({ symbol, status, score }) => [symbol, status, score])).toEqual(whole.rows.map(({ symbol, status, score }) => [symbol, status, score]))
    expect(auto.run.split?.mode).toBe('whole')
  })
})
