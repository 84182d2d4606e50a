import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { inPairs, openTestHost, type Hosted, type TestHost } from './support/hosting.ts'
import { runAllInNode, type PlainOutcome } from './support/plain-node.ts'

/** Every error points at the author's line and column, in each way that a file can be run. `/*!*\/` stands right before the place. */

interface Case {
  filename: string
  source: string
  /** Text of the error's message. */
  says: RegExp
  /** False where plain Node can not run the file, or reports it elsewhere. */
  plain?: boolean
  /** The whole run fails, before any symbol. */
  atTopLevel?: boolean
}

const PREAMBLE = '// first line\nconst unused = `\n\n`\n'
const scanThat = (body: string, head = ''): string => `${PREAMBLE}${head}exports.scan = (symbol, bars) => {\n  ${body}\n}\n`
const moduleThat = (body: string, head = ''): string => `${PREAMBLE}${head}export const scan = async (symbol, bars) => {\n\t${body}\n}\n`

const CASES: Record<string, Case> = {
  'in a statement': { filename: 'a.js', source: scanThat("throw /*!*/new TypeError('boom')"), says: /boom/ },
  'in a function declared above': { filename: 'a.js', source: scanThat('return f(null)', 'function f(x) { return x./*!*/close }\n'), says: /close/ },
  'in a function declared below': { filename: 'a.js', source: `${scanThat('return f(null)')}\n\n  function f(x) { return [1].map((y) => x./*!*/close) }`, says: /close/ },
  'in a callback': { filename: 'a.js', source: scanThat('return [3, 1].sort((a, b) => bars[a + 9999]./*!*/close - b)'), says: /close/ },
  'in a getter': { filename: 'a.js', source: scanThat("return { score: 1, data: { get x() { throw /*!*/new Error('in getter') } } }"), says: /in getter/, plain: false },
  'in toJSON': { filename: 'a.js', source: scanThat("return { data: { toJSON() { throw /*!*/new Error('in toJSON') } } }"), says: /in toJSON/, plain: false },
  'in a class': { filename: 'a.js', source: scanThat('return new A().b', 'class A {\n  #x\n  get b() {\n    return this.#x./*!*/close }\n}\n'), says: /close/ },
  'in an async function': { filename: 'a.mjs', source: moduleThat("await null; await Promise.all([1].map(async () => { await 1; throw /*!*/new Error('later') }))"), says: /later/ },
  'in a timer\'s promise': { filename: 'a.mjs', source: moduleThat('await new Promise((resolve, reject) => setTimeout(() => { try { null./*!*/x } catch (e) { reject(e) } }, 5))'), says: /null/ },
  'behind an export keyword': { filename: 'a.mjs', source: 'export const lookback = 3; export function scan(s, bars) { throw /*!*/new Error(s) }', says: /AAPL/ },
  'in a default function': { filename: 'a.mjs', source: 'const a = 1; export default function (symbol) { return symbol.x./*!*/y }', says: /undefined/, plain: false },
  'in a default arrow': { filename: 'a.mjs', source: '\n\nexport default (symbol) => { throw /*!*/new RangeError(symbol) }', says: /AAPL/ },
  'in strict CommonJS': { filename: 'a.cjs', source: `'use strict'; exports.scan = (s) => { missing /*!*/= 1 }`, says: /missing/ },
  'in a file with a byte order mark': { filename: 'a.js', source: `\ufeffexports.scan = (s) => { throw /*!*/new Error(s) }`, says: /AAPL/ },
  'in a file with Windows line ends': { filename: 'a.js', source: scanThat("throw /*!*/new Error('crlf')").replaceAll('\n', '\r\n'), says: /crlf/ },
  'in an executable file': { filename: 'a.js', source: `#!/usr/bin/env node\nexports.scan = (s) => { throw /*!*/new Error(s) }`, says: /AAPL/ },
  'after top-level await': { filename: 'a.mjs', source: `await null\nexport function scan(s) { throw /*!*/new Error(s) }`, says: /AAPL/ },
  'after top-level await, behind an export keyword': { filename: 'a.mjs', source: `const a = await 1; export const scan = (s) => { throw /*!*/new Error(s) }`, says: /AAPL/ },
  'in a default export after top-level await': { filename: 'a.mjs', source: `const a = await 1; export default (s) => { throw /*!*/new Error(s) }`, says: /AAPL/ },
  'with a top-level return': { filename: 'a.cjs', source: `const a = 1; exports.scan = (s) => { throw /*!*/new Error(s) }; if (a) return`, says: /AAPL/ },
  'with a top-level this': { filename: 'a.cjs', source: `this.scan = exports.scan = (s) => { throw /*!*/new Error(s) }`, says: /AAPL/ },
  'in a dynamic import file': { filename: 'a.mjs', source: `export async function scan(s) { const { ta } = await import('strikescan'); throw /*!*/new Error(typeof ta.sma) }`, says: /function/, plain: false },
  'of a value that is no error': { filename: 'a.js', source: scanThat("throw 'just text'"), says: /^just text$/, plain: false },
  'in erasable TypeScript': { filename: 'a.ts', source: `interface Bar { close: number }\ntype A = { [k: string]: Bar }\nexport function scan(symbol: string, bars: Bar[]): null {\n  const x = (bars as unknown as Bar[][])[9999] as Bar[]; return x./*!*/length as never\n}`, says: /length/ },
  'in TypeScript with an enum': { filename: 'a.ts', source: `enum Kind { A = 'a', B = 'b' }\nconst kinds: Record<Kind, number> = { [Kind.A]: 1, [Kind.B]: 2 }\nexport function scan(symbol: string) {\n  const found: Kind = Kind.A\n  throw /*!*/new Error(found + kinds[found])\n}`, says: /a1/, plain: false },
  'in TypeScript with parameter properties': { filename: 'a.ts', source: `class Scan<T> {\n  declare x: T\n  constructor(private readonly symbol: string, protected n = 1) {}\n  run(): void { throw /*!*/new Error(this.symbol) }\n}\nexport const scan = (symbol: string): void => new Scan<number>(symbol).run()`, says: /AAPL/, plain: false },
  'in TypeScript with top-level await': { filename: 'a.ts', source: `type T = string\nconst a: T = await Promise.resolve('a')\nexport async function scan(s: string): Promise<void> {\n  const f = async <U,>(u: U): Promise<U> => { throw /*!*/new Error(a + s) }\n  await f(1)\n}`, says: /aAAPL/, plain: false },

  'top level: a throw': { filename: 'a.js', source: `${PREAMBLE}throw /*!*/new Error('top')\nexports.scan = () => 1`, says: /top/, atTopLevel: true },
  'top level: in a function': { filename: 'a.js', source: `const f = (x) => x./*!*/y\nf()\nexports.scan = () => 1`, says: /undefined/, atTopLevel: true },
  'top level: a const used too early': { filename: 'a.js', source: `const f = () => /*!*/later\nf()\nconst later = 1\nexports.scan = () => 1`, says: /Cannot access 'later' before initialization/, atTopLevel: true },
  'top level: after await': { filename: 'a.mjs', source: `await null\nnull./*!*/x\nexport const scan = () => 1`, says: /null/, atTopLevel: true },
  'top level: a default expression': { filename: 'a.mjs', source: `const make = () => { throw /*!*/new Error('made') }\nexport default make()`, says: /made/, atTopLevel: true },
  'top level: with a return': { filename: 'a.cjs', source: `exports.scan = () => 1\nif (exports.x) return\nthrow /*!*/new Error('top')`, says: /top/, atTopLevel: true },
  'top level: TypeScript': { filename: 'a.ts', source: `enum A { B }\nconst x = undefined as unknown as { y: A }\nexport const z: A = x./*!*/y\nexport const scan = () => A.B`, says: /undefined/, atTopLevel: true, plain: false },
  'top level: not an error': { filename: 'a.js', source: `exports.scan = () => 1\nthrow { code: 5 }`, says: /object|code/, atTopLevel: true, plain: false },
  'syntax: an unexpected token': { filename: 'a.js', source: `const a = 1\nexports.scan = (a /*!*/b) => 1`, says: /./, atTopLevel: true, plain: false },
  'syntax: an unclosed brace': { filename: 'a.js', source: `exports.scan = () => {\n  if (1) {\n}\n`, says: /./, atTopLevel: true, plain: false },
  'syntax: a name declared twice': { filename: 'a.js', source: `const a = 1\nlet /*!*/a = 2\nexports.scan = () => 1`, says: /already been declared/, atTopLevel: true, plain: false },
  'syntax: TypeScript': { filename: 'a.ts', source: `const a: number = 1\nconst b: /*!*/= 2\nexport const scan = () => 1`, says: /./, atTopLevel: true, plain: false },
}

/** Where the mark stands; line and column from 1. */
function markOf(source: string): { line: number; column: number } | null {
  const at = source.indexOf('/*!*/')
  if (at < 0) return null
  const before = source.replace(/^\ufeff/, '').slice(0, source.replace(/^\ufeff/, '').indexOf('/*!*/') + 5).split(/\r\n|\n/)
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

let host: TestHost
const outcomes = new Map<string, { hosted: Hosted; plain: PlainOutcome | null }>()
beforeAll(async () => {
  host = await openTestHost({ 'workers.count': 1 })
  const cases = Object.entries(CASES)
  const inNode = cases.filter(([, { plain }]) => plain !== false)
  const outcomesInNode = new Map((await runAllInNode(inNode.map(([, each]) => each))).map((outcome, at) => [inNode[at]![0], outcome]))
  await inPairs(cases, async ([name, { filename, source }]) => {
    outcomes.set(name, { hosted: await host.run(source, { filename, symbols: ['AAPL'] }), plain: outcomesInNode.get(name) ?? null })
  })
})
afterAll(() => host.close())

describe('an error points at its place', () => {
  it.each(Object.keys(CASES).filter((name) => !CASES[name]!.atTopLevel))('%s', (name) => {
    const { source, says } = CASES[name]!
    const { hosted, plain } = outcomes.get(name)!
    const { status, error } = hosted.rows[0]!
    expect(hosted.run).toMatchObject({ status: 'completed', error: null })
    expect(status).toBe('failed')
    expect(error).toMatchObject({ code: 'script_threw' })
    expect(error!.message).toMatch(says)
    const mark = markOf(source)
    if (mark === null) return
    expect({ line: error!.line, column: error!.column }).toEqual(mark)
    const shown = source.replace(/^\ufeff/, '').split(/\r\n|\n/)[mark.line - 1]!
    expect(error!.frame).toContain(`> ${mark.line} | ${shown.trimEnd()}`)
    expect(error!.frame!.split('\n').find((line) => /^\s*\|\s*\^$/.test(line))!.indexOf('^')).toBe(error!.frame!.split('\n').find((line) => line.startsWith('>'))!.indexOf('|') + 1 + mark.column)
    if (plain !== null) expect({ error: { name: error!.message.split(':')[0], line: error!.line, column: error!.column } }).toMatchObject({ error: { line: 'error' in plain ? plain.error.line : 0, column: 'error' in plain ? plain.error.column : 0 } })
  })

  it.each(Object.keys(CASES).filter((name) => CASES[name]!.atTopLevel))('%s', (name) => {
    const { filename, source, says } = CASES[name]!
    const { run, rows } = outcomes.get(name)!.hosted
    expect(run.status).toBe('failed')
    expect(run.error!.message).toMatch(says)
    // The symbol was asked for by name: it has its row, although the script never came to it.
    expect(rows.map(({ symbol, status, error }) => [symbol, status, error!.code])).toEqual([['AAPL', 'failed', run.error!.code]])
    const mark = markOf(source)
    if (mark !== null) expect(run.error!.message).toContain(`${filename}:${mark.line}:${mark.column} `)
  })
})
