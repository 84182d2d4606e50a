import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'vitest'

import type { Hosted, TestHost } from './hosting.ts'

export interface Lists {
  symbols: string[]
  dates: string[]
}
interface Hit {
  symbol: string
  date: string
}

export const OWN: Lists = { symbols: ['AAPL', 'HD', 'F'], dates: ['2026-11-19', '2026-11-20'] }
export const GIVEN: Lists = { symbols: ['V', 'F', 'HD'], dates: ['2026-11-18', '2026-11-20'] }
const declared = ({ symbols, dates }: Lists): string => `const SYMBOLS = ${JSON.stringify(symbols)}\nconst DATES = ${JSON.stringify(dates)}\n`

/** The body of a function that finds all but two symbols. */
const body = (symbols = 'SYMBOLS', dates = 'DATES'): string =>
  `{ const out = []; for (const date of ${dates}) for (const symbol of ${symbols}) { await null; if (symbol !== 'HD' && symbol !== 'V') out.push({ symbol, date, seen: symbol + date }) } return out }`

/** Ways to export such a function, by what they are. */
export const FORMS: Record<string, [filename: string, code: string]> = {
  'module.exports of a function': ['a.cjs', `module.exports = async function () ${body()}`],
  'module.exports.scan': ['a.cjs', `module.exports.scan = async () => ${body()}`],
  'module.exports = { main }': ['a.cjs', `async function main() ${body()}\nmodule.exports = { main }`],
  'an exported main': ['b.mjs', `export async function main() ${body()}`],
  'an exported arrow': ['c.mjs', `export const main = async () => ${body()}`],
  'a default main': ['d.mjs', `export default async function main() ${body()}`],
  'a default arrow': ['e.mjs', `export default async () => ${body()}`],
  'TypeScript': ['a.ts', `export default async function (): Promise<object[]> ${body()}`],
  'a method of an object': ['f.mjs', `export default { async scan() ${body()} }`],
  'a class': ['b.cjs', `class Scanner { async scan() ${body()} }\nmodule.exports = Scanner`],
  'a class by its name': ['g.mjs', `export class Scanner { constructor(list = SYMBOLS) { this.list = list }\nasync scan() ${body('this.list')} }`],
  'a module that awaits': ['h.mjs', `await null\nexport async function main() ${body()}`],
  'one parameter, with a list in its stead': ['c.cjs', `exports.main = async (list) => ${body('(list || SYMBOLS)')}`],
  'one parameter of a default function': ['d.cjs', `module.exports = async (list) => ${body('(list ?? SYMBOLS)')}`],
  'settings as its parameter': ['e.cjs', `module.exports = async ({ symbols = SYMBOLS, dates = DATES } = {}) => ${body('symbols', 'dates')}`],
  'options as its parameter': ['f.cjs', `exports.main = async (options = {}) => ${body('(options.symbols ?? SYMBOLS)')}`],
  'parameters that it never reads': ['g.cjs', `module.exports = async (event, context) => ${body()}`],
  'parameters with both lists': ['h.cjs', `exports.main = async (symbols = SYMBOLS, dates = DATES) => ${body('symbols', 'dates')}`],
  'a wrapped function': ['j.cjs', `const wrap = (fn) => async (...args) => { try { return await fn(...args) } catch (error) { console.error(error); return [] } }\nmodule.exports = wrap(async () => ${body()})`],
  'a wrapped function by its name': ['j.mjs', `function retry(fn, times) { return async function again() { for (let left = times; ; left--) try { return await fn() } catch (error) { if (left === 0) throw error } } }\nasync function all() ${body()}\nexport const scan = retry(all, 2)`],
  'a promisified function': ['k.cjs', `const { promisify } = require('util')\nasync function all() ${body()}\nmodule.exports = promisify((done) => { all().then((out) => done(null, out)) })`],
  'what a function of the file makes of its list': ['l.cjs', `const createScanner = ({ symbols, dates }) => async () => ${body('symbols', 'dates')}\nmodule.exports = createScanner({ symbols: SYMBOLS, dates: DATES })`],
  'a bound function': ['m.cjs', `module.exports = (async (symbols, dates) => ${body('symbols', 'dates')}).bind(null, SYMBOLS, DATES)`],
  'a wrapped function in exports': ['n.cjs', `const timed = (fn) => () => fn()\nconst scan = timed(async () => ${body()})\nmodule.exports = { scan }`],
  'a symbol that it never looks at': ['o.cjs', `exports.scan = async (symbol) => ${body()}`],
  'a symbol whose name its own loop takes': ['p.cjs', `module.exports = (symbol) => DATES.flatMap((date) => SYMBOLS.filter((symbol) => symbol !== 'HD' && symbol !== 'V').map((symbol) => ({ symbol, date, seen: symbol + date })))`],
  'dates before symbols': ['i.mjs', `export const main = async (dates = DATES, symbols = SYMBOLS) => ${body('symbols', 'dates')}`],
}

/** What the exported function returns in plain Node, with the lists in the text of a file in the folder. */
async function inPlainNode(folder: string, filename: string, code: string, lists: Lists): Promise<Hit[]> {
  const file = join(folder, `${lists === OWN ? 'own' : 'given'}-${filename}`)
  writeFileSync(file, declared(lists) + code)
  const namespace = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>
  const exported = (namespace.default ?? namespace) as Record<string, unknown>
  const named = typeof exported === 'object' ? (exported.scan ?? exported.main ?? exported.Scanner) : exported
  const holder = typeof named === 'function' && named.prototype !== undefined && 'scan' in named.prototype ? new (named as new () => { scan(): Promise<Hit[]> })() : null
  return holder === null ? (named as () => Promise<Hit[]>)() : holder.scan()
}

const hitsOf = ({ rows }: Hosted): unknown[] => rows.filter(({ status }) => status === 'hit').map(({ data }) => data).toSorted(bySeen)
const bySeen = (one: unknown, other: unknown): number => JSON.stringify(one) < JSON.stringify(other) ? -1 : 1

/** Runs a form over some lists, and holds its rows to the hits of plain Node. */
export async function compareWithNode(test: TestHost, [filename, code]: [string, string], lists: Lists): Promise<void> {
  const hosted = await test.run(declared(OWN) + code, { filename, ...(lists !== OWN && lists) })
  expect(hosted.run.error).toBeNull()
  expect(hosted.run.warnings).toEqual([])
  expect(hosted.rows).toHaveLength(lists.symbols.length * lists.dates.length)
  expect(hosted.rows.filter(({ status }) => status !== 'hit' && status !== 'miss')).toEqual([])
  const folder = mkdtempSync(join(tmpdir(), 'strikescan-own-'))
  try {
    expect(hitsOf(hosted)).toEqual((await inPlainNode(folder, filename, code, lists)).toSorted(bySeen))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
