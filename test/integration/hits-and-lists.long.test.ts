import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { findsOf, MAIN, packed } from './support/finds.ts'
import { openTestHost, type TestHost } from './support/hosting.ts'

/** More of the ways of hits-and-lists.test.ts. */
describe('what a script finds, and where it has its symbols from', () => {
  let test: TestHost
  beforeAll(async () => {
    test = await openTestHost()
  })
  afterAll(() => test.close())

  describe('what main comes to counts, whoever shows it', () => {
    it.each([
      ['a function of the file', 'function report(rows) { for (const r of rows) console.log(r.symbol) }\nmain().then(report)'],
      ['the best of it alone', 'main().then((hits) => hits.sort((a, b) => b.score - a.score).slice(0, 1).forEach((h) => console.log(h.symbol)))'],
      ['a promise with a name', 'const found = main()\nfound.then((hits) => hits.forEach((h) => console.log(h.symbol)))'],
      ['a guarded start', 'if (require.main === module) {\n  main().then((hits) => { hits.forEach((h) => console.log(h.symbol)); process.exit(0) })\n}'],
    ])('%s', async (_, start) => {
      expect(findsOf(await test.run(MAIN + start))).toEqual(['AAPL 1', 'NVDA 1'])
    })

    it('also awaited at the top level of a module', async () => {
      expect(findsOf(await test.run(`${MAIN}await main().then((hits) => hits.forEach((h) => console.log(h.symbol)))`, { filename: 'scan.mjs' }))).toEqual(['AAPL 1', 'NVDA 1'])
    })
  })

  it.each([
    ['a snapshot of all tickers', "const { tickers } = await (await fetch('https://api.polygon.io/v2/snapshot/locale/us/markets/stocks/tickers?apiKey=k')).json(); console.table(tickers.map((t) => ({ symbol: t.ticker, score: t.day.c > 0 ? 1 : 0 })))"],
    ['grouped daily bars', "const day = '2026-11-20'; const { results } = await (await fetch(`https://api.polygon.io/v2/aggs/grouped/locale/us/market/stocks/${day}?apiKey=k`)).json(); console.log(JSON.stringify(results.map((r) => ({ ticker: r.T, score: r.c > 0 ? 1 : 0 }))))"],
    ["the vendor's client", "const { restClient } = await import('@polygon.io/client-js'); const { results } = await restClient('k').reference.tickers({ limit: 1000 }); return results.map((t) => ({ symbol: t.ticker, score: 1 }))"],
  ])('symbols asked for by %s', async (_, body) => {
    expect(findsOf(await test.run(`async function main() { ${body} }\nmain()`, { filename: 'scan.mjs', symbols: ['MSFT', 'AAPL'] }))).toEqual(['MSFT 1', 'AAPL 1'])
  })

  it.each([
    ['a Map, key by key', "const watch = new Map()\nwatch.set('AAPL', 1)\nwatch.set('MSFT', 2)\nfunction main() { const out = []; for (const [symbol, score] of watch) out.push({ symbol, score }); return out }\nmain()"],
    ['an object named as the symbols, in a loop', "const symbols = {}\nlet n = 0\nfor (const s of ['AAPL', 'MSFT']) symbols[s] = ++n\nfunction main() { const out = []; for (const symbol in symbols) out.push({ symbol, score: symbols[symbol] }); return out }\nmain()"],
  ])('symbols filled into %s', async (_, source) => {
    expect(findsOf(await test.run(source))).toEqual(['AAPL 1', 'MSFT 2'])
  })

  it.each([
    ['read at the top level', 'scan.js', "const fs = require('fs')\nconst symbols = JSON.parse(fs.readFileSync(__dirname + '/symbols.json'))\nfunction main() { return symbols.map((symbol) => ({ symbol, score: 1 })) }\nmain()"],
    ['imported', 'scan.mjs', "import symbols from './symbols.json' with { type: 'json' }\nfunction main() { return symbols.map((symbol) => ({ symbol, score: 1 })) }\nmain()"],
    ['required', 'scan.js', "const symbols = require('./symbols.json')\nfunction main() { return symbols.map((symbol) => ({ symbol, score: 1 })) }\nmain()"],
  ])('symbols in a file that came along, %s', async (_, filename, source) => {
    const upload = packed({ [filename]: source, 'symbols.json': '["AAPL", "MSFT"]' })
    expect(findsOf(await test.run(upload, { filename }))).toEqual(['AAPL 1', 'MSFT 1'])
    expect(findsOf(await test.run(upload, { filename, symbols: ['NVDA', 'AAPL'] }))).toEqual(['NVDA 1', 'AAPL 1'])
  })
})
