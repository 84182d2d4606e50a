import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestHost, type TestHost } from './support/hosting.ts'
import { compareWithNode, FORMS, GIVEN } from './support/own-lists.ts'

/** Functions that a file exports and that go through lists of their own: their rows are the hits that plain Node has of them. */

let test: TestHost
beforeAll(async () => {
  test = await openTestHost()
})
afterAll(() => test.close())

describe('an exported function over its own lists', () => {
  it.each(['module.exports of a function', 'an exported main', 'a class by its name', 'a wrapped function', 'a bound function', 'a symbol that it never looks at', 'one parameter, with a list in its stead'])('%s', (name) => compareWithNode(test, FORMS[name]!, GIVEN))

  it.each([
    ['gathers its hits at the top level', "const hits = []\nexports.main = async () => { for (const symbol of SYMBOLS) if (symbol !== 'HD') hits.push({ symbol }) }"],
    ['prints its hits', "exports.main = async () => console.table(SYMBOLS.filter((s) => s !== 'HD').map((symbol) => ({ symbol })))"],
    ['is called per symbol where it takes one', "module.exports = (symbol, bars) => SYMBOLS.length > 0 && symbol !== 'HD' && { symbol }"],
  ])('that %s', async (_, code) => {
    const { rows, run } = await test.run(`const SYMBOLS = ['AAPL', 'HD', 'F']\n${code}`, { symbols: ['V', 'F', 'HD'] })
    expect(rows.map(({ symbol, status }) => [symbol, status])).toEqual([['V', 'hit'], ['F', 'hit'], ['HD', 'miss']])
    expect(run.warnings).toEqual([])
  })

  it('without a list or parameters its misses are said to be none that one can rely on', async () => {
    const { rows, run } = await test.run("exports.main = () => [{ symbol: 'AAPL' }]", { symbols: ['AAPL', 'V'] })
    expect(rows.map(({ status }) => status)).toEqual(['hit', 'miss'])
    expect(run.warnings.map(({ code }) => code)).toEqual(['takes_no_symbols'])
  })

  it('and so does a script that starts itself and never reads its list', async () => {
    const source = "const SYMBOLS = ['AAPL', 'HD']\nfunction main() { console.table([{ symbol: 'AAPL' }, { symbol: 'V' }]) }\nmain()"
    const own = await test.run(source)
    expect(own.rows.map(({ symbol, status }) => [symbol, status])).toEqual([['AAPL', 'hit'], ['HD', 'miss']])
    expect(own.run.warnings.map(({ code }) => code)).toEqual(['takes_no_symbols', 'stray_hits'])
    const given = await test.run(source, { symbols: ['V', 'F'] })
    expect(given.rows.map(({ symbol, status }) => [symbol, status])).toEqual([['V', 'hit'], ['F', 'miss']])
    expect(given.run.split?.mode).toBe('whole')
  })
})

describe('a scan of one symbol that returns the hits of all', () => {
  it.each([
    ['a list', "SYMBOLS.filter((s) => s !== 'HD').map((s) => ({ symbol: s, score: 1, at: symbol }))"],
    ['a list in an object', "({ hits: SYMBOLS.filter((s) => s !== 'HD').map((s) => ({ symbol: s, score: 1, at: symbol })), bars: bars.length })"],
    ['a Set', "new Set(SYMBOLS.filter((s) => s !== 'HD' && symbol))"],
    ['a list of symbols', "SYMBOLS.filter((s) => s !== 'HD' && symbol)"],
  ])('as %s: a row is a hit where its own symbol is among them', async (_, value) => {
    const { rows, run } = await test.run(`const SYMBOLS = ['AAPL', 'HD', 'F']\nexports.scan = (symbol, bars) => ${value}`)
    expect(rows.map(({ symbol, status }) => [symbol, status])).toEqual([['AAPL', 'hit'], ['HD', 'miss'], ['F', 'hit']])
    expect(run.warnings.find(({ code }) => code === 'symbol_differs')).toMatchObject({ count: 3, message: expect.stringMatching(/"(AAPL|F)" at (AAPL|HD|F)/) })
    if (value.includes('score')) expect(rows.map(({ score, data }) => [score, data])).toEqual([[1, { symbol: 'AAPL', score: 1, at: 'AAPL' }], [null, null], [1, { symbol: 'F', score: 1, at: 'F' }]])
  })

  it('other texts are the data that they are', async () => {
    const { rows, run } = await test.run("const SYMBOLS = ['AAPL', 'HD']\nexports.scan = (symbol) => (SYMBOLS.includes(symbol) ? ['RSI', 'MACD'] : [])", { symbols: ['AAPL', 'V'] })
    expect(rows.map(({ status, data }) => [status, data])).toEqual([['hit', ['RSI', 'MACD']], ['miss', null]])
    expect(run.warnings).toEqual([])
  })

  it('what a function from outside of the file makes of another runs whole', async () => {
    const { run } = await test.run(FORMS['a promisified function']![1].replace(/^/, "const SYMBOLS = ['AAPL', 'F']\nconst DATES = ['2026-11-20']\n"), { filename: 'a.cjs' })
    expect(run.split).toMatchObject({ mode: 'whole', reason: expect.stringContaining('outside of the file') })
  })
})

it.each([
  ['a list', "(async () => { const watch = ['AAPL', 'HD', 'F']; const out = []; for (const symbol of watch) if (symbol !== 'HD') out.push({ symbol }); console.table(out) })()"],
  ['a list without a name', "const out = []\n;(async () => { for (const symbol of ['AAPL', 'HD', 'F']) if (symbol !== 'HD') out.push({ symbol }) })()"],
])('%s inside a function that is invoked at once is the run\'s', async (_, source) => {
  const { rows, run } = await test.run(source, { symbols: ['V', 'F', 'HD'] })
  expect(run.error).toBeNull()
  expect(rows.map(({ symbol, status }) => [symbol, status])).toEqual([['V', 'hit'], ['F', 'hit'], ['HD', 'miss']])
})

it.each([
  ['a copy of a Set', "const watch = new Set(['AAPL', 'HD', 'F'])\nconst hits = []\nfor (const symbol of [...watch]) if (symbol !== 'HD') hits.push({ symbol })"],
  ['a list made of a Set', "const watch = new Set(['AAPL', 'HD', 'F'])\nconst hits = []\nArray.from(watch).forEach((symbol) => symbol !== 'HD' && hits.push({ symbol }))"],
  ['a list of hits in an object', "const SYMBOLS = ['AAPL', 'HD', 'F']\nconst state = { alerts: [], errors: 0 }\nfor (const symbol of SYMBOLS) if (symbol !== 'HD') state.alerts.push({ symbol })"],
  ['a Map of hits in an object', "const SYMBOLS = ['AAPL', 'HD', 'F']\nconst store = { hits: new Map() }\nfor (const symbol of SYMBOLS) if (symbol !== 'HD') store.hits.set(symbol, { score: 1 })"],
])('%s is found', async (_, source) => {
  const { rows, run } = await test.run(source, { symbols: ['V', 'F', 'HD'] })
  expect(run.error).toBeNull()
  expect(rows.map(({ symbol, status }) => [symbol, status])).toEqual([['V', 'hit'], ['F', 'hit'], ['HD', 'miss']])
  expect(run.warnings).toEqual([])
})

it('figures beside the symbols of a printed list of pairs are no hits', async () => {
  const { rows, run } = await test.run("const SYMBOLS = ['AAPL', 'HD', 'F']\nconst hits = []\nfor (const symbol of SYMBOLS) if (symbol !== 'HD') hits.push([symbol, '1.00%', '-3.2', '2026-11-20', '$12.50'])\nconsole.log(hits)")
  expect(rows.map(({ symbol, status }) => [symbol, status])).toEqual([['AAPL', 'hit'], ['HD', 'miss'], ['F', 'hit']])
  expect(run.warnings).toEqual([])
})

it('texts that may be symbols are said where nobody asked for them', async () => {
  const { run } = await test.run("const SYMBOLS = ['AAPL']\nconst hits = []\nfor (const symbol of SYMBOLS) hits.push([symbol, '0700.HK', '005930', 'up'])")
  expect(run.warnings).toMatchObject([{ code: 'stray_hits', count: 3 }])
})
