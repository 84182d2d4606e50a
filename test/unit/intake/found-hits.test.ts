import { describe, expect, it } from 'vitest'

import { codesOf, analyzeText, planOf } from './support.ts'

const MAIN = "const SYMBOLS = ['AAPL', 'MSFT']\nasync function main() { return SYMBOLS.map((symbol) => ({ symbol })) }\n"

describe('the call whose value is what a script found', () => {
  const startOf = (start: string, filename?: string): string | null => {
    const { startCall, code } = planOf(MAIN + start, filename)
    return startCall === undefined ? null : code.slice(startCall.start, startCall.start + startCall.alias.length)
  }

  it.each([
    ['main().then((hits) => hits.forEach((h) => console.log(h.symbol)))'],
    ['main().then((hits) => { console.table(hits.slice(0, 10)) })'],
    ['main().catch(console.error).then(console.log)'],
    ['const found = main()\nfound.then((hits) => hits.forEach((h) => console.log(h.score > 1 ? "a" : "b")))'],
    ['for (const hit of await main()) console.log(hit.symbol)'],
    ['(async () => { const { length } = await main(); console.log(length) })()'],
  ])('is that of main: %s', (start) => {
    expect(startOf(start, 'scan.mjs')).toBe('main')
  })

  it.each([
    ['some is picked by a filter', 'main().then((rows) => rows.filter((r) => r.score > 1).forEach((r) => console.log(r.symbol)))'],
    ['some is picked by a test', 'main().then((rows) => { for (const r of rows) if (r.score) console.log(r.symbol) })'],
    ['some is picked by an operator', 'main().then((rows) => rows.forEach((r) => r.score && console.log(r.symbol)))'],
    ['some is picked by a function of the file', 'main().then(show)\nfunction show(rows) { rows.sort().forEach((r) => { if (r.ok) console.log(r) }) }'],
    ['it is called for each', 'for (const s of SYMBOLS) main(s).then((r) => console.log(r))'],
  ])('is none where %s', (_, start) => {
    expect(startOf(start)).toBeNull()
  })

  it('gets a name of its length that the file has not', () => {
    expect(planOf(`${MAIN}const $ain = 1\nmain().then(console.log)`).startCall).toMatchObject({ name: 'main', alias: '_ain' })
  })
})

describe('a script that asks the market for its symbols', () => {
  const asks = (expression: string): boolean => {
    const analysis = analyzeText(`async function main() { const answer = await fetch(${expression}); console.table((await answer.json()).results) }\nmain()`)
    return analysis.plan?.asksSymbols === true && codesOf(analysis).includes('symbols_asked')
  }

  it.each([
    ["'https://api.polygon.io/v3/reference/tickers?market=stocks&apiKey=k'"],
    ['`${BASE}/v3/reference/tickers?${query}`'],
    ["'/v2/snapshot/locale/us/markets/stocks/gainers'"],
    ['`https://api.polygon.io/v2/aggs/grouped/locale/us/market/stocks/${day}`'],
  ])('runs: %s', (expression) => {
    expect(asks(expression)).toBe(true)
  })

  it.each([
    ['`https://api.polygon.io/v3/reference/tickers/${symbol}`'],
    ["'https://api.polygon.io/v3/reference/tickers/AAPL'"],
    ["'https://api.polygon.io/v2/snapshot/locale/us/markets/stocks/tickers?tickers=AAPL,MSFT'"],
    ["'https://api.polygon.io/v2/snapshot/locale/us/markets/stocks/tickers/AAPL'"],
    ["'https://example.com/symbols'"],
  ])('is refused where it asks for one, or elsewhere: %s', (expression) => {
    expect(asks(expression)).toBe(false)
  })

  it('has its own list where there is one', () => {
    expect(planOf("const SYMBOLS = ['AAPL']\nasync function main() { await fetch('https://api.polygon.io/v3/reference/tickers'); return SYMBOLS.map((symbol) => ({ symbol })) }\nmain()").asksSymbols).toBeUndefined()
  })

  it('that has its symbols from elsewhere in the midst of a run is refused at the line of their name', () => {
    const { diagnostics } = analyzeText("async function main() {\n  const tickers = await load()\n  for (const t of tickers) console.log(t)\n}\nmain()")
    expect(diagnostics[0]).toMatchObject({ severity: 'error', code: 'symbols_computed', line: 2, message: expect.stringContaining('`tickers`') })
  })
})

describe('an object or a Map that is filled key by key', () => {
  const symbolsOf = (source: string) => planOf(`${source}\nfunction main() { return Object.keys(WATCH).map((symbol) => ({ symbol })) }\nmain()`).symbols

  it('holds the symbols that its keys are', () => {
    expect(symbolsOf("const WATCH = {}\nWATCH.AAPL = 1\nWATCH['BRK.B'] = 2\nWATCH.AAPL = 3")).toMatchObject({ form: 'object', staticValue: ['AAPL', 'BRK.B'], pieceIndex: 3 })
  })

  it.each([
    ['something else adds to it', "const WATCH = {}\nWATCH.AAPL = 1\nfor (const s of load()) WATCH[s] = 1\nfunction load() { return [] }"],
    ['something is taken away', 'const WATCH = {}\nWATCH.AAPL = 1\nWATCH.MSFT = 1\ndelete WATCH.AAPL'],
    ['its keys are no symbols', 'const WATCH = {}\nWATCH.minimumVolume = 1\nWATCH.maximumPrice = 2'],
  ])('is no list where %s', (_, source) => {
    expect(() => symbolsOf(source)).toThrow(/symbols_/)
  })

  it('thousands of them stay cheap', () => {
    const source = Array.from({ length: 5_000 }, (_, i) => `const a${i} = {}\na${i}.AAPL = 1`).join('\n')
    expect(codesOf(analyzeText(`${source}\nfunction main() {}\nmain()`))).toContain('symbols_not_found')
  })
})
