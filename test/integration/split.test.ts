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
  'a budget of time': `
    const SYMBOLS = ['AAPL']
    const start = Date.now()
    const hits = []
    async function main() {
      for (const symbol of SYMBOLS) {
        await new Promise((resolve) => setTimeout(resolve, 250))
        if (Date.now() - start > 20_000) continue
        hits.push({ symbol })
      }
    }
    main()`,
  'a counter in a file': `
    const fs = require('fs')
    const SYMBOLS = ['AAPL']
    const hits = []
    fs.writeFileSync('n.txt', '0')
    for (const symbol of SYMBOLS) {
      const n = Number(fs.readFileSync('n.txt', 'utf8')) + 1
      fs.writeFileSync('n.txt', String(n))
      if (n <= 60) hits.push({ symbol })
    }`,
  'an indicator that all symbols feed': `
    const { SMA } = require('technicalindicators')
    const SYMBOLS = ['AAPL']
    const sma = new SMA({ period: 20, values: [] })
    const hits = []
    async function main() {
      for (const symbol of SYMBOLS) {
        const { results } = await (await fetch('https://api.polygon.io/v2/aggs/ticker/' + symbol + '/prev')).json()
        if (results[0].c > sma.nextValue(results[0].c)) hits.push({ symbol })
      }
    }
    main()`,
}

/** What one date leaves to the next of the same symbol, in the loop over the dates. */
const OVER_DATES: Record<string, [turn: string, said: string]> = {
  'a streak': ['streak = bar.close < bar.open ? streak + 1 : 0; if (streak >= 2) hits.push({ symbol, date, streak })', 'all dates at once: line 10 keeps `streak` from one of the dates to the next'],
  'something that only a trial finds': ['if (Reflect.get(Array, symbol)) hits.push({ symbol, date }); Reflect.set(Array, symbol, bar.close)', 'all dates at once: a sample of 5 dates gave other rows one by one'],
  'nothing': ['if (bar.close < bar.open) hits.push({ symbol, date })', 'date by date: the dates are worked on one by one, and nothing gathered over them is compared, counted or reordered'],
}

describe('splitting never changes meaning', () => {
  let test: TestHost
  beforeAll(async () => {
    test = await openTestHost({ 'market.simulatedSymbols': 200 })
  })
  afterAll(() => test.close())

  // Every other one; unit tests of the analysis have them all, and so has the long suite.
  it.each(Object.entries(SCRIPTS).filter((_, place) => process.env.TEST_LONG === '1' || place % 2 === 0))('%s', async (_, source) => {
    const whole = await test.run(source, { universe: 'all', split: 'never' })
    // Two, so that a trial that spreads over both would find nothing of what each of them keeps.
    const auto = await test.run(source, { universe: 'all', limits: { workers: 2 } })
    expect(whole.run.status).toBe('completed')
    expect(whole.run.ledger.hit).toBeGreaterThan(0)
    expect(auto.rows.map(({ symbol, status, score }) => [symbol, status, score])).toEqual(whole.rows.map(({ symbol, status, score }) => [symbol, status, score]))
    expect(auto.run.split?.mode).toBe('whole')
  })

  it.each(Object.entries(OVER_DATES))('%s carried over dates', async (_, [turn, said]) => {
    const source = `
    const SYMBOLS = ['AAPL', 'MSFT', 'INTC', 'SPY', 'NVDA', 'AMD']
    const DATES = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20']
    const hits = []
    async function main() {
      for (const symbol of SYMBOLS) {
        let streak = 0
        for (const date of DATES) {
          const bar = await (await fetch('https://api.polygon.io/v1/open-close/' + symbol + '/' + date)).json()
          ${turn}
        }
      }
    }
    main()`
    const whole = await test.run(source, { split: 'never' })
    const auto = await test.run(source, { limits: { workers: 2 } })
    expect(whole.run.ledger.hit).toBeGreaterThan(0)
    expect(auto.rows.map(({ symbol, date, status, data }) => ({ symbol, date, status, data }))).toEqual(whole.rows.map(({ symbol, date, status, data }) => ({ symbol, date, status, data })))
    expect(auto.run.split).toEqual({ mode: 'batch', reason: expect.stringContaining(said), dates: said.startsWith('all') ? 'together' : 'apart' })
    expect(whole.run.split).toEqual({ mode: 'whole', reason: 'asked for (--split never); all dates at once, as asked for', dates: 'together' })
  })
})
