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

    const SCANNER = "const SYMBOLS = ['AAPL', 'MSFT', 'NVDA']\nclass Scanner {\n  #symbols\n  constructor(symbols) { this.#symbols = symbols }\n  async init() {}\n  async run() { const out = []; for (const symbol of this.#symbols) if (symbol !== 'MSFT') out.push({ symbol, score: 1 }); return out }\n}\n"
    const OBJECTS: Record<string, string> = {
      'an object that a function called at once makes': '(async () => { const sc = new Scanner(SYMBOLS); await sc.run() })()',
      'an object made before the function called at once': 'const sc = new Scanner(SYMBOLS)\n;(async () => { await sc.init(); const hits = await sc.run(); for (const h of hits) console.log(h.symbol) })()',
      'an object made where it is called': 'new Scanner(SYMBOLS).run().then((hits) => hits.forEach((h) => console.log(h.symbol)))',
      'an object of a module that awaits it': 'const hits = await new Scanner(SYMBOLS).run()\nexport {}\nfor (const h of hits) console.log(h.symbol)\nconsole.log(Object.keys(Scanner.prototype).length, Object.keys(new Scanner([])).length)',
    }

    it.each(Object.entries(OBJECTS))('of a method of %s', async (_, start) => {
      expect(findsOf(await test.run(SCANNER + start, start.includes('export') ? { filename: 'scan.mjs' } : {}))).toEqual(['AAPL 1', 'NVDA 1'])
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

  it('a list read by lines, names by digests and a stream of rows are those of the run', async () => {
    const source = `import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
async function main() {
  const symbols = []
  for await (const line of createInterface({ input: createReadStream('watch.txt') })) symbols.push(line)
  console.log(createHash('md5').update(symbols.join()).digest('hex'), randomUUID())
  await pipeline(Readable.from(['symbol,score\\n', ...SYMBOLS.filter((symbol) => symbols.includes(symbol)).map((symbol) => symbol + ',1\\n')]), createWriteStream('hits.csv'))
}
const SYMBOLS = ['AAPL', 'KO']
await main()
`
    const files = packed({ 'scan.mjs': source, 'watch.txt': 'AAPL\nMSFT\n' })
    const [first, second] = [await test.run(files), await test.run(files)]
    expect([findsOf(first), findsOf(second)]).toEqual([['AAPL 1'], ['AAPL 1']])
    expect(first.logs.map(({ text }) => text)).toEqual([expect.stringMatching(/^d713b0736342485c4a6ba5e281113133 [\da-f-]{36}$/)])
    expect(second.logs).toEqual(first.logs)
  })

  describe('what is shown for each date is one answer', () => {
    const DATES = "const SYMBOLS = ['AAPL', 'MSFT']\nconst DATES = ['2026-11-19', '2026-11-20']\n"
    const FOUND = "SYMBOLS.filter((symbol) => symbol !== 'MSFT').map((symbol) => ({ symbol, date, score: 3 }))"
    const SHOWN: Record<string, string> = {
      'as JSON': `function main() { for (const date of DATES) console.log(JSON.stringify(${FOUND}, null, 2)) }\nmain()\nconsole.log(JSON.stringify([{ symbol: 'AAPL', date: '2026-11-20', score: 3 }]))`,
      'as files of JSON, beside one of what failed': `const fs = require('fs')\nfunction main() { fs.writeFileSync('skipped.json', JSON.stringify([{ symbol: 'MSFT', why: 'thin' }])); for (const date of DATES) fs.writeFileSync('out/scan-' + date + '.json', JSON.stringify(${FOUND})) }\nmain()`,
      'as files of CSV, beside one of all rows': `const fs = require('fs')\nfunction main() { fs.writeFileSync('all.csv', 'symbol,date\\nMSFT,2026-11-20'); for (const date of DATES) fs.writeFileSync('hits_' + date + '.csv', 'symbol,date,score\\n' + ${FOUND}.map((hit) => Object.values(hit).join(',')).join('\\n')) }\nmain()`,
      'as tables of a list that is emptied': `const rows = []\nfunction main() { for (const date of DATES) { rows.length = 0; rows.push(...${FOUND}); console.table(rows) } }\nmain()`,
      'as JSON of a list that is made anew, and empty at last': `let hits = []\nasync function main() { for (const date of [...DATES, '2026-11-18']) { hits = []; for (const hit of ${FOUND}) if (date > '2026-11-18') hits.push(hit); console.log(JSON.stringify(hits)) } }\nmain()`,
    }
    it.each(Object.entries(SHOWN))('%s', async (_, source) => {
      expect(findsOf(await test.run(DATES + source, { split: 'never' }))).toEqual(['AAPL 2026-11-19 3', 'AAPL 2026-11-20 3'])
    })
  })

  it.each([
    ['the part that is shown, at the top level', 'const wide = results.filter((row) => row.score > 3)\nconsole.log(JSON.stringify(wide))', ['AAPL 4', 'MSFT 4']],
    ['the part that is shown, inside main', 'function main() { const wide = results.filter((row) => row.score > 3); console.table(wide) }\nmain()', ['AAPL 4', 'MSFT 4']],
    ['all, where all is shown as well', 'const wide = results.filter((row) => row.score > 3)\nconsole.table(wide)\nconsole.table(results)', ['AAPL 4', 'F 1', 'MSFT 4']],
    ['all, where several parts are shown', 'const wide = results.filter((row) => row.score > 3)\nconst small = results.filter((row) => row.score < 3)\nconsole.table(wide)\nconsole.table(small)', ['AAPL 4', 'F 1', 'MSFT 4']],
  ])('of a list that is filtered it is %s, that was found', async (_, shown, finds) => {
    const source = `const SYMBOLS = ['AAPL', 'F', 'MSFT']\nconst results = []\nfor (const symbol of SYMBOLS) results.push({ symbol, score: symbol.length })\n${shown}`
    expect(findsOf(await test.run(source))).toEqual(finds)
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

    const LOOP = "  const hits = []\n  for (const symbol of symbols) hits.push({ symbol, score: symbols.length })\n  console.log(JSON.stringify(hits))\n}\nmain()"
    it.each([
      ['by lines', "import { createReadStream } from 'node:fs'\nimport { createInterface } from 'node:readline'\nasync function main() {\n  const symbols = []\n  for await (const line of createInterface({ input: createReadStream('./watch.txt') })) if (line.trim()) symbols.push(line.trim())\n"],
      ['as a table, into a list at the top level', "import fs from 'node:fs'\nlet symbols = []\nconst load = (file) => fs.readFileSync(file, 'utf8').split('\\n').slice(1).map((row) => row.split(',')[0]).filter(Boolean)\nasync function main() {\n  symbols = load(new URL('watch.csv', import.meta.url).pathname)\n"],
      ['as part of the settings', "import { readFileSync } from 'node:fs'\nconst config = JSON.parse(readFileSync('config.json', 'utf8'))\nasync function main() {\n  const { symbols } = config\n"],
    ])('hold the symbols that a script reads in the midst of its run, %s', async (_, reading) => {
      const upload = packed({ 'scan.mjs': reading + LOOP, 'watch.txt': 'AAPL\nMSFT\n', 'watch.csv': 'symbol,name\nAAPL,Apple\nMSFT,Microsoft\n', 'config.json': '{"symbols": ["AAPL", "MSFT"]}' })
      const own = await test.run(upload)
      expect(own.run.split).toEqual({ mode: 'whole', reason: expect.stringContaining('reads its symbols from `') })
      expect(findsOf(own)).toEqual(['AAPL 2', 'MSFT 2'])
      expect(findsOf(await test.run(upload, { symbols: ['NVDA', 'AAPL', 'F'] }))).toEqual(['NVDA 3', 'AAPL 3', 'F 3'])
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
