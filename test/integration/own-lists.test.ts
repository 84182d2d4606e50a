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
  it.each(['module.exports of a function', 'an exported main', 'a class by its name', 'one parameter, with a list in its stead'])('%s', (name) => compareWithNode(test, FORMS[name]!, GIVEN))

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

it.each([
  ['a list', "[{ symbol: 'HD' }]"],
  ['a list in an object', "{ hits: [{ symbol: 'HD' }] }"],
])('%s of hits of others, returned by the scan of one symbol, is said to be that', async (_, value) => {
  const { run } = await test.run(`exports.scan = (symbol, bars) => (${value})`, { symbols: ['AAPL'] })
  expect(run.warnings.find(({ code }) => code === 'symbol_differs')?.message).toContain('"HD" at AAPL')
})

it.each([
  ['a list', "(async () => { const watch = ['AAPL', 'HD', 'F']; const out = []; for (const symbol of watch) if (symbol !== 'HD') out.push({ symbol }); console.table(out) })()"],
  ['a list without a name', "const out = []\n;(async () => { for (const symbol of ['AAPL', 'HD', 'F']) if (symbol !== 'HD') out.push({ symbol }) })()"],
])('%s inside a function that is invoked at once is the run\'s', async (_, source) => {
  const { rows, run } = await test.run(source, { symbols: ['V', 'F', 'HD'] })
  expect(run.error).toBeNull()
  expect(rows.map(({ symbol, status }) => [symbol, status])).toEqual([['V', 'hit'], ['F', 'hit'], ['HD', 'miss']])
})
