import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { findsOf, MAIN, packed } from './support/finds.ts'
import { openTestHost, type TestHost } from './support/hosting.ts'

/** Where scripts keep their symbols and leave their hits, in the ways that people write them. */
describe('what a script finds, and where it has its symbols from', () => {
  let test: TestHost
  beforeAll(async () => {
    test = await openTestHost()
  })
  afterAll(() => test.close())

  describe('what main comes to counts, whoever shows it', () => {
    const STARTS: Record<string, string> = {
      'a callback that goes through it': 'main().then((hits) => hits.forEach((h) => console.log(h.symbol, h.score))).catch(console.error)',
      'a function called at once, behind a semicolon': ';(async () => {\n  try {\n    const hits = await main()\n    for (const h of hits) console.log(h.symbol)\n  } catch (error) { console.error(error) }\n})()',
    }

    it.each(Object.entries(STARTS))('%s', async (_, start) => {
      expect(findsOf(await test.run(MAIN + start))).toEqual(['AAPL 1', 'NVDA 1'])
    })

    it('but where some of it is picked, only what is shown as a list', async () => {
      expect(findsOf(await test.run(`${MAIN}main().then((rows) => console.table(rows.filter((r) => r.symbol === 'AAPL')))`))).toEqual(['AAPL 1'])
      const { run, rows } = await test.run(`${MAIN}main().then((rows) => { for (const r of rows) if (r.score > 1) console.log(r.symbol) })`)
      expect(rows.filter(({ status }) => status === 'hit')).toEqual([])
      expect(run.warnings.map(({ code }) => code)).toContain('hits_not_found')
    })

    it('and the script sees none of that', async () => {
      const source = `${MAIN.replace('return out', "console.log(main.toString().startsWith('async function main() {'), Object.keys(globalThis).length, arguments.length); return out")}main(7).then((hits) => { hits.forEach((h) => console.log(h.symbol)); null.x })`
      const { logs } = await test.run(source)
      expect(logs[0]?.text).toBe('true 0 1')
      const throwing = 'main(7).then((hits) => { hits.forEach((h) => console.log(h.symbol)); null.here })'
      expect(await test.run(MAIN + throwing)).toMatchObject({ rows: [{ error: { line: 3, column: throwing.indexOf('here') + 1 } }, {}, {}] })
    })
  })

  it('all tables that hold hits are taken, a hit that two of them show once, and no table of something else', async () => {
    const source = `const SYMBOLS = ['AAPL', 'MSFT']
const DATES = ['2026-11-19', '2026-11-20']
function main() {
  const rows = []
  for (const date of DATES) {
    rows.length = 0
    for (const symbol of SYMBOLS) rows.push({ symbol, date, score: 3 })
    console.table(rows)
  }
}
main()
console.table([{ symbol: 'AAPL', date: '2026-11-20', score: 3 }])
console.table({ TOTAL: { count: 4 }, LOST: { count: 0 } })
console.table([{ symbols: 2, hits: 4 }])
`
    const { run, rows } = await test.run(source)
    expect(rows.map(({ symbol, date, status, score, data }) => [symbol, date, status, score, Array.isArray(data)])).toEqual([
      ['AAPL', '2026-11-19', 'hit', 3, false], ['AAPL', '2026-11-20', 'hit', 3, false], ['MSFT', '2026-11-19', 'hit', 3, false], ['MSFT', '2026-11-20', 'hit', 3, false],
    ])
    expect(run.warnings.map(({ code }) => code).filter((code) => code !== 'logs_repeated')).toEqual([])
  })

  it('a symbol is known by another spelling, unless two are spelled alike', async () => {
    const source = "export function main() { return [{ symbol: ' nasdaq:aapl', score: 1 }, { symbol: 'MSFT.US', score: 2 }, { symbol: 'XYZ' }] }"
    const { run, rows } = await test.run(source, { filename: 'scan.mjs', symbols: ['AAPL', 'MSFT'] })
    expect(rows.map(({ symbol, score }) => [symbol, score])).toEqual([['AAPL', 1], ['MSFT', 2]])
    expect(run.warnings.find(({ code }) => code === 'stray_hits')).toMatchObject({ count: 1, samples: ['XYZ'] })
  })

  describe('symbols that the script asks the market for', () => {
    const LISTED = `async function universe() {
  const found = []
  let url = 'https://api.polygon.io/v3/reference/tickers?market=stocks&active=true&limit=7&apiKey=k'
  while (url) {
    const page = await (await fetch(url)).json()
    found.push(...page.results.map((t) => t.ticker))
    url = page.next_url ? page.next_url + '&apiKey=k' : null
  }
  return found
}
async function main() {
  const tickers = await universe()
  return tickers.map((symbol) => ({ symbol, score: tickers.length }))
}
main().then((hits) => hits.forEach((h) => console.log(h.symbol)))`

    it('are those of the run, page by page, and all of them get their row', async () => {
      const all = await test.run(LISTED)
      expect(all.run.split).toEqual({ mode: 'whole', reason: 'line 3 asks Polygon for its list of tickers, so it runs once over all of them' })
      expect(all.rows.map(({ status, score }) => [status, score])).toEqual(Array.from({ length: 60 }, () => ['hit', 60]))
      expect(findsOf(await test.run(LISTED, { symbols: ['MSFT', 'AAPL', 'SPY'], dates: ['2026-11-19', '2026-11-20'] }))).toEqual(['MSFT', 'AAPL', 'SPY'].flatMap((symbol) => [`${symbol} 2026-11-19 3`, `${symbol} 2026-11-20 3`]))
    })

  })

  it.each([
    ['an object, key by key', "const WATCH = {}\nWATCH.AAPL = { min: 1 }\nWATCH['MSFT'] = { min: 2 }\nfunction main() { return Object.keys(WATCH).map((symbol) => ({ symbol, score: WATCH[symbol].min })) }\nmain()"],
  ])('symbols filled into %s', async (_, source) => {
    expect(findsOf(await test.run(source))).toEqual(['AAPL 1', 'MSFT 2'])
  })

  describe('files that came with the script', () => {
    const LIST = '["AAPL", "MSFT"]'

    it.each([
      ['read inside main', 'scan.mjs', "import { readFile } from 'node:fs/promises'\nimport path from 'node:path'\nasync function main() {\n  const symbols = JSON.parse(await readFile(path.join(import.meta.dirname, 'symbols.json'), 'utf8'))\n  return symbols.map((symbol) => ({ symbol, score: 1 }))\n}\nmain()"],
    ])('hold the symbols, %s', async (_, filename, source) => {
      const upload = packed({ [filename]: source, 'symbols.json': LIST })
      expect(findsOf(await test.run(upload, { filename }))).toEqual(['AAPL 1', 'MSFT 1'])
      expect(findsOf(await test.run(upload, { filename, symbols: ['NVDA', 'AAPL'] }))).toEqual(['NVDA 1', 'AAPL 1'])
    })

    it('can be read, and no other file', async () => {
      const source = `const fs = require('fs')
const SYMBOLS = fs.readFileSync('lists/watch.txt', 'utf8').split('\\n').filter(Boolean)
fs.writeFileSync('lists/watch.txt', 'changed')
console.log(fs.existsSync('lists/watch.txt'), fs.readdirSync('lists').join(), fs.statSync('./lists/watch.txt').isFile(), fs.readFileSync('lists/watch.txt', 'utf8'))
for (const path of ['/etc/passwd', '../../lists/other.txt', 'scan.js']) try { fs.readFileSync(path); console.log('read', path) } catch (error) { console.log(error.code) }
function main() { return SYMBOLS.map((symbol) => ({ symbol, score: 1 })) }
main()`
      const { rows, logs } = await test.run(packed({ 'scan.js': source, 'lists/watch.txt': 'AAPL\nMSFT\n\n', 'picture.png': '\u0000\u0001' }))
      expect(rows.map(({ symbol, status }) => `${symbol} ${status}`)).toEqual(['AAPL hit', 'MSFT hit'])
      expect(logs.map(({ text }) => text)).toEqual(['true watch.txt true changed', 'ENOENT', 'ENOENT', 'ENOENT'])
    })
  })
})
