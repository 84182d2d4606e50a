import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestHost, type Hosted, type TestHost } from './support/hosting.ts'
import { gatheredInNode } from './support/several-lists.ts'

/** Scripts that go through several lists of symbols: their rows are the hits that plain Node has of them. */

let test: TestHost
beforeAll(async () => {
  test = await openTestHost()
})
afterAll(() => test.close())

const LISTS = "const TECH = ['AAPL', 'MSFT', 'V']\nconst AUTOS = ['F', 'HD', 'V']\n"
const LOOPS = "for (const s of TECH) if (s !== 'MSFT') hits.push({ symbol: s, from: 'tech' })\nfor (const s of AUTOS) if (s === 'F') hits.push({ symbol: s, from: 'autos' })\n"
const SCAN_ALL = "const hits = []\nasync function scanAll(list, from) { for (const s of list) { await null; if (s !== 'MSFT' && s !== 'HD' && (s !== 'V' || from === 'tech')) hits.push({ symbol: s, from }) } }\n"

const FORMS: Record<string, string> = {
  'at the top level': `${LISTS}const hits = []\n${LOOPS}`,
  'inside of main': `${LISTS}const hits = []\nasync function main() {\n${LOOPS}}\nmain()`,
  'through one function': `${LISTS}${SCAN_ALL}async function main() { await scanAll(TECH, 'tech'); await scanAll(AUTOS, 'autos') }\nmain()`,
  'in functions of their own': `${LISTS}const hits = []\nconst check = (symbol, from) => (symbol === 'MSFT' || symbol === 'HD' || (symbol === 'V' && from === 'autos') ? null : { symbol, from })\nTECH.forEach((s) => { const hit = check(s, 'tech'); if (hit) hits.push(hit) })\nAUTOS.forEach((s) => { const hit = check(s, 'autos'); if (hit) hits.push(hit) })`,
  'frozen, and as a Set': `const TECH = Object.freeze(['AAPL', 'MSFT', 'V'])\nconst AUTOS = new Set(['F', 'HD', 'V'])\nconst hits = []\n${LOOPS}`,
  'of objects': "const hits = []\nconst TECH = [{ symbol: 'AAPL', w: 1 }, { symbol: 'MSFT', w: 2 }, { symbol: 'V', w: 1 }]\nconst AUTOS = [{ symbol: 'F', w: 1 }, { symbol: 'HD', w: 2 }]\nfor (const { symbol, w } of TECH) if (w === 1) hits.push({ symbol, from: 'tech' })\nfor (const a of AUTOS) if (a.w === 1) hits.push({ symbol: a.symbol, from: 'autos' })",
  'as groups of one object': `const WATCH = { tech: ['AAPL', 'MSFT', 'V'], autos: ['F', 'HD', 'V'] }\nconst hits = []\n${LOOPS.replace('TECH', 'WATCH.tech').replace('AUTOS', 'WATCH.autos')}`,
  'inside of a function that is invoked at once': `const hits = []\n;(async () => {\n${LISTS}${LOOPS}})()`,
  'in an exported main': `const hits = []\n${LISTS}async function main() {\n${LOOPS}return hits }\nmodule.exports = { main }\nmain()`,
  'in a file that awaits': `${LISTS}const hits = []\nawait null\n${LOOPS}`,
  'one of them under a usual name': `${LISTS.replace('AUTOS', 'SYMBOLS')}const hits = []\n${LOOPS.replace('AUTOS', 'SYMBOLS')}`,
}

/** The forms that take most of their own; the others are for the long suite. */
const QUICK = ['through one function', 'in functions of their own', 'as groups of one object', 'in a file that awaits']
const FORMS_NOW = process.env.TEST_LONG === '1' ? Object.keys(FORMS) : QUICK

const seen = ({ rows }: Hosted): unknown[] => rows.filter(({ status }) => status === 'hit').map(({ data }) => data).toSorted(bySymbol)
const bySymbol = (one: unknown, other: unknown): number => JSON.stringify(one).localeCompare(JSON.stringify(other))

describe('a script that goes through several lists of symbols', () => {
  it.each(FORMS_NOW)('%s: its own cover all, and its hits are those of plain Node', async (form) => {
    const source = FORMS[form]!
    const hosted = await test.run(source)
    expect(hosted.run.error).toBeNull()
    expect(hosted.run.warnings).toEqual([])
    expect(hosted.rows.map(({ symbol }) => symbol).toSorted()).toEqual(['AAPL', 'F', 'HD', 'MSFT', 'V'])
    expect(seen(hosted)).toEqual(gatheredInNode(source).toSorted(bySymbol))
  })

  it.each(['auto', 'never', 'always'] as const)('given others, each list keeps its own, split %s', async (split) => {
    const { rows, run } = await test.run(FORMS['inside of main']!, { symbols: ['F', 'JPM', 'MSFT', 'V', 'HD'], split })
    expect(run.error).toBeNull()
    expect(rows.map(({ symbol, status, data }) => [symbol, status, (data as { from: string } | null)?.from])).toEqual([
      ['F', 'hit', 'autos'], ['JPM', 'hit', 'tech'], ['MSFT', 'miss', undefined], ['V', 'hit', 'tech'], ['HD', 'miss', undefined],
    ])
    expect(run.warnings).toMatchObject([{ code: 'lists_several', count: 2, samples: ['JPM (put in `TECH`)', 'AAPL (left out)'], message: expect.stringContaining('`TECH`, `AUTOS`') }])
  })

  it.each([
    ['a parameter', 'module.exports = scanAll'],
    ['a wrapped function', 'const wrap = (f) => (...all) => f(...all)\nmodule.exports = wrap(scanAll)'],
    ['a function that is applied', 'const again = (fn) => function (...all) { return fn.apply(this, all) }\nmodule.exports = again(scanAll)'],
    ['a function that hands on', 'module.exports = function () { return scanAll.apply(this, arguments) }'],
    ['a group of each', 'module.exports = (groups = { tech: TECH, autos: AUTOS }) => scanAll(Object.values(groups))'],
    ['a name for it', 'const LISTS = [TECH, AUTOS]\nmodule.exports = (lists = LISTS) => scanAll(lists)'],
    ['a member', 'module.exports.scan = ({ lists = [TECH, AUTOS] } = {}) => scanAll(lists)'],
    ['groups under a usual name', 'module.exports.main = (symbols = { tech: TECH, autos: AUTOS }) => scanAll(Object.values(symbols))'],
  ])('as the default of %s: that stands, and each list keeps its own', async (_, exported) => {
    const code = `${LISTS}function scanAll(lists = [TECH, AUTOS]) { const out = []; for (const l of lists) for (const symbol of l) if (symbol !== 'MSFT') out.push({ symbol, of: lists.indexOf(l) }); return out }\n${exported}`
    const own = await test.run(code, { filename: 'a.cjs' })
    expect(own.run.warnings.map(({ code }) => code)).toEqual(['hits_repeated'])
    expect(own.rows.map(({ symbol, status }) => [symbol, status]).toSorted()).toEqual([['AAPL', 'hit'], ['F', 'hit'], ['HD', 'hit'], ['MSFT', 'miss'], ['V', 'hit']])
    const plain = gatheredInNode(`${code}\nconst hits = (module.exports.scan ?? module.exports.main ?? module.exports)()`)
    expect(seen(own).flat().toSorted(bySymbol)).toEqual(plain.toSorted(bySymbol))
    const given = await test.run(code, { filename: 'a.cjs', symbols: ['AAPL', 'F', 'JPM', 'MSFT'] })
    expect(given.rows.map(({ symbol, status, data }) => [symbol, status, (data as { of: number } | null)?.of])).toEqual([['AAPL', 'hit', 0], ['F', 'hit', 1], ['JPM', 'hit', 0], ['MSFT', 'miss', undefined]])
    expect(given.run.warnings).toMatchObject([{ code: 'lists_several' }])
  })

  it('lists within a default that no name holds stay, and that is said', async () => {
    const { rows, run } = await test.run("module.exports = (lists = [['AAPL', 'V'], ['F']]) => lists.flatMap((l) => l.map((symbol) => ({ symbol })))", { filename: 'a.cjs', symbols: ['AAPL', 'F', 'V', 'T'] })
    expect(rows.map(({ symbol, status }) => [symbol, status])).toEqual([['AAPL', 'hit'], ['F', 'hit'], ['V', 'hit'], ['T', 'miss']])
    expect(run.warnings.map(({ code }) => code)).toEqual(['takes_no_symbols'])
  })

  it.each([['a name that says nothing', '(list = TECH)'], ['no name', "(list = ['AAPL', 'MSFT', 'V'])"]])('a plain list under %s as a default is the list of the run', async (_, params) => {
    const code = `${LISTS}module.exports = ${params} => { const out = []; for (const symbol of list) if (symbol !== 'V') out.push({ symbol }); return out }`
    const own = await test.run(code, { filename: 'a.cjs' })
    expect(own.rows.map(({ symbol, status }) => [symbol, status])).toEqual([['AAPL', 'hit'], ['MSFT', 'hit'], ['V', 'miss']])
    const given = await test.run(code, { filename: 'a.cjs', symbols: ['AAPL', 'F', 'V'] })
    expect(given.rows.map(({ symbol, status }) => [symbol, status])).toEqual([['AAPL', 'hit'], ['F', 'hit'], ['V', 'miss']])
    expect([...own.run.warnings, ...given.run.warnings]).toEqual([])
  })

  it.each([
    ['a list that it reads beside', "const SYMBOLS = ['AAPL', 'F']\nconst BENCHMARKS = ['SPY', 'QQQ']\nconst seen = {}\nconst hits = []\nfor (const b of BENCHMARKS) seen[b] = 1\nfor (const symbol of SYMBOLS) if (seen.SPY) hits.push({ symbol })"],
    ['a list of what it loads', "const SYMBOLS = ['AAPL', 'F']\nconst BASES = ['SPY', 'QQQ']\nconst seen = {}\nconst hits = []\nfor (const b of BASES) seen[b] = { bars: 1 }\nfor (const symbol of SYMBOLS) if (seen.SPY) hits.push({ symbol })"],
    ['a list of what is no symbol', "const SYMBOLS = ['AAPL', 'F']\nconst COLUMNS = ['OPEN', 'CLOSE']\nconst hits = []\nfor (const symbol of SYMBOLS) hits.push({ symbol, of: COLUMNS.map((name) => name + symbol) })"],
  ])('%s stays as it is', async (_, source) => {
    const own = await test.run(source)
    expect(own.rows.map(({ symbol, status }) => [symbol, status])).toEqual([['AAPL', 'hit'], ['F', 'hit']])
    const given = await test.run(source, { symbols: ['V'] })
    expect(given.rows.map(({ symbol, status }) => [symbol, status])).toEqual([['V', 'hit']])
    expect([...own.run.warnings, ...given.run.warnings]).toEqual([])
  })
})
