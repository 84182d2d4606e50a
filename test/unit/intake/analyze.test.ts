import vm from 'node:vm'
import { describe, expect, test } from 'vitest'
import { analyze, needsTranspile } from '../../../runtime/intake/analyze.ts'
import { codeFrame } from '../../../runtime/intake/code-frame.ts'
import { inspectScript } from '../../../runtime/intake/inspect.ts'
import { pieceSource, replaceInitializers, spliceWhole } from '../../../runtime/intake/piece-source.ts'
import { createPositionMapper } from '../../../runtime/intake/positions.ts'
import { transpile } from '../../../runtime/intake/transpile.ts'
import { analyzeText, codesOf, MODULES, planOf } from './support.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const analyzeBytes = (data: Uint8Array, filename = 'scan.js') => analyze({ bytes: data, filename, modules: MODULES })

/** In a process of its own, with the compiler beside it, where that has a part in it. */
async function inspectNamed(filename: string, source: string) {
  const isCompiled = filename.endsWith('.ts') || /: (number|string)/.test(source)
  return isCompiled ? inspectScript({ filename, bytes: bytes(source), modules: MODULES, maxBytes: 1 << 20, deadlineMs: 20_000 }) : analyzeBytes(bytes(source), filename)
}

describe('files that are no scripts', () => {
  test.each<[name: string, data: Uint8Array, code: string]>([
    ['empty', new Uint8Array(), 'file_empty'],
    ['blank', bytes(' \n\t'), 'file_empty'],
    ['comments only', bytes('// nothing'), 'no_entry'],
    ['50 MB', new Uint8Array(50_000_000).fill(0x20), 'file_too_large'],
    ['binary', new Uint8Array(4096).map((_, index) => (index * 7) % 256), 'file_binary'],
    ['zip', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), 'file_binary'],
    ['UTF-16 with a mark', new Uint8Array([0xff, 0xfe, 0x61, 0, 0x62, 0]), 'file_utf16'],
    ['UTF-16 without a mark', new Uint8Array(Buffer.from('const SYMBOLS = []', 'utf16le')), 'file_utf16'],
    ['invalid UTF-8', new Uint8Array([...bytes('const a = "'), 0xe9, 0x22]), 'file_invalid_utf8'],
    ['a NUL byte', bytes('const SYMBOLS = ["A"]\0\nmain()'), 'file_nul_byte'],
    ['HTML', bytes('<!DOCTYPE html><html></html>'), 'file_not_script'],
    ['JSON', bytes('{"symbols": ["AAPL"]}'), 'file_not_script'],
    ['a notebook', bytes('{"cells": [], "nbformat": 4}'), 'file_not_script'],
    ['Python', bytes('import pandas as pd\n\ndef main():\n    print("x")\n'), 'file_not_script'],
    ['Pine Script', bytes('//@version=5\nindicator("x")\nplot(close)\nif close > 3\n    x := 4\n'), 'file_not_script'],
    ['typographic quotes', bytes('const a = ‘b’'), 'syntax_error'],
    ['cut off', bytes('function main() { if (true) {'), 'syntax_error'],
    ['deep brackets', bytes(`const a = ${'['.repeat(5000)}${']'.repeat(5000)}`), 'nested_too_deeply'],
    ['deep arrows', bytes(`const a = ${'a=>'.repeat(100_000)}1`), 'nested_too_deeply'],
    ['deep negation', bytes(`const a = ${'!'.repeat(300_000)}1`), 'nested_too_deeply'],
    ['deep ifs', bytes(`${'if(1)'.repeat(100_000)}a()`), 'nested_too_deeply'],
  ])('%s', (_, data, code) => {
    const analysis = analyzeBytes(data)
    expect(analysis.plan).toBeNull()
    expect(analysis.report).toBeNull()
    expect(codesOf(analysis)[0]).toBe(code)
    expect(analysis.diagnostics[0]?.message).not.toMatch(/[{}]/)
  })

  test.each<[name: string, source: string, kind: RegExp]>([
    ['bars.csv', 'symbol,date,close\nAAPL,2026-11-20,1.5\nMSFT,2026-11-20,2.5\n', /^bars\.csv is a table with commas/],
    // Each line of it is JavaScript.
    ['bars.js', '"symbol","close"\n"AAPL",1.5\n', /is a table with commas/],
    ['bars.ts', 'symbol;close\nAAPL;1,5\n', /is a table with semicolons/],
    ['large.txt', `symbol\tclose\n${'AAPL\t1.5\n'.repeat(200_000)}`, /is a table with tabs/],
    ['quoted.csv', 'name,close (USD)\n"Apple, Inc.",1.5\n', /is a table with commas/],
    ['symbols.txt', 'AAPL\nBRK.B\n', /is a list of symbols/],
    ['rows.ndjson', '{"a": 1}\n{"a": 2}\n', /is JSON data/],
    ['scan.py', 'SYMBOLS = ["AAPL"]\nprint(SYMBOLS)\n', /is Python/],
    ['scan.js', '#!/usr/bin/env python3\nprint(1)\n', /is Python/],
    ['scan.cs', 'using System;\npublic class A { }\n', /is C#/],
  ])('tells what %s is in place of an error of its syntax', async (filename, source, kind) => {
    const { plan, diagnostics } = await inspectNamed(filename, source)
    expect(plan).toBeNull()
    expect(diagnostics).toMatchObject([{ code: 'file_not_script', message: expect.stringMatching(kind) }])
  })

  test.each([
    ['scan.csv', 'export const scan = () => true'],
    ['scan.py', '#!/usr/bin/env node\nprint = console.log\nexport const scan = () => True\nconst True = 1, None = 0, self = 1'],
    ['list.csv', "const SYMBOLS = [\n'AAPL',\n'MSFT',\n]\nexport const scan = () => true"],
    ['scan.md', 'let a: number = 3\nexport const scan = (symbol: string) => true'],
  ])('never takes the script %s for what its name or its lines look like', async (filename, source) => {
    expect((await inspectNamed(filename, source)).plan).not.toBeNull()
  })

  test.each([
    ['scan.md', 'const a = 1\nexport fnction scan() {}'],
    ['cut.js', "const SYMBOLS = ['A',\n'B',\n'C'\n"],
    ['calls.js', 'f(1, 2)\ng(3, 4)\nh(5, 6\n'],
    ['prose.txt', 'This is my scanner, it looks for gaps\nand it is a good one.\n'],
  ])('says of the broken script %s where it is broken', async (filename, source) => {
    expect((await inspectNamed(filename, source)).diagnostics).toMatchObject([{ code: 'syntax_error' }])
  })

  test('says where the bad byte and the error stand', () => {
    expect(analyzeBytes(new Uint8Array([...bytes('const a = "é'), 0xe9, 0x22])).diagnostics[0]?.message).toContain('offset 13')
    expect(analyzeText('const a = 1\nconst b = = 2').diagnostics[0]).toMatchObject({ code: 'syntax_error', line: 2, column: 11 })
    expect(analyzeText('\ufeffconst a = = 2').diagnostics[0]).toMatchObject({ line: 1, column: 11 })
  })

  test('brackets in texts, templates and patterns do not count as nesting', () => {
    const source = `const SYMBOLS = ['A']\nconst t = '${'('.repeat(2000)}', u = \`${'['.repeat(2000)}\`, v = /[({]${'\\('.repeat(900)}/\nexport function scan() {}`
    expect(analyzeText(source).plan).not.toBeNull()
  })
})

describe('patterns', () => {
  const symbols = "const SYMBOLS = ['AAPL']\n"
  test.each<[name: string, source: string, pattern: string]>([
    ['defineScanner', "import { defineScanner } from 'strikescan'\nexport default defineScanner({ scan() {} })", 'defineScanner'],
    ['defineScanner by a name', "import { defineScanner } from 'strikescan'\nconst s = defineScanner({ scan() {} })\nexport default s", 'defineScanner'],
    ['defineScanner renamed', "import { defineScanner as d } from 'strikescan'\nexport { s as default }\nconst s = d({ scan() {} })", 'defineScanner'],
    ['defineScanner by require', "const { defineScanner } = require('strikescan')\nmodule.exports = defineScanner({ scan() {} })", 'defineScanner'],
    ['default function', 'export default function (symbol, bars) {}', 'default'],
    ['default arrow', 'export default async (symbol, bars) => 1', 'default'],
    ['default by a name', 'const f = (symbol, bars) => 1\nexport default f', 'default'],
    ['module.exports function', 'module.exports = function (symbol, bars) {}', 'default'],
    ['export scan', 'export async function scan(symbol, bars) {}', 'scan'],
    ['exports.scan', 'exports.scan = (symbol, bars) => 1', 'scan'],
    ['module.exports object', 'function scan(symbol, bars) {}\nmodule.exports = { scan }', 'scan'],
    ['export list', 'const f = (s, b) => 1\nexport { f as scan }', 'scan'],
    ['export main', 'export async function main(symbols, dates) {}', 'main'],
    ['default main', 'export default async function main(symbols, dates) {}', 'main'],
    ['main()', `${symbols}async function main() { for (const s of SYMBOLS) {} }\nmain()`, 'script'],
    ['await main()', `${symbols}async function main() { for (const s of SYMBOLS) {} }\nawait main()`, 'script'],
    ['void main()', `${symbols}const main = async () => { SYMBOLS.map(String) }\nvoid main()`, 'script'],
    ['main().then().catch()', `${symbols}async function main() { for (const s of SYMBOLS) {} }\nmain().then(console.log).catch(console.error)`, 'script'],
    ['immediately invoked', `${symbols};(async () => { for (const s of SYMBOLS) {} })()`, 'script'],
    ['behind require.main', `${symbols}function main() { for (const s of SYMBOLS) {} }\nif (require.main === module) main()`, 'script'],
    ['exported and started', `${symbols}export function main() { for (const s of SYMBOLS) {} }\nmain()`, 'script'],
    ['a plain loop', `${symbols}for (const s of SYMBOLS) console.log(s)`, 'script'],
    ['a plain forEach', `${symbols}SYMBOLS.forEach((s) => console.log(s))`, 'script'],
    ['main with a list of its own', "async function main(symbols) { for (const s of symbols) {} }\nmain(['AAPL'])", 'main'],
    ['an instance of a class', 'class Gap { scan(symbol, bars) { return true } }\nexport default new Gap()', 'scan'],
    ['scan not exported', 'function scan(symbol, bars) { return true }', 'scan'],
  ])('%s', (_, source, pattern) => {
    expect(planOf(source).pattern).toBe(pattern)
  })

  test('nothing to call shows the accepted forms', () => {
    const { diagnostics } = analyzeText('function helper() {}\nconst x = 3')
    expect(diagnostics[0]).toMatchObject({ code: 'no_entry', severity: 'error' })
    expect(diagnostics[0]?.hint).toContain('export default function (symbol, bars)')
  })

  test.each([
    ['a call that reads no list', "const SYMBOLS = ['AAPL', 'MSFT']\nasync function main() { console.log('hello') }\nmain()"],
    ['a script that makes nothing of it', "const SYMBOLS = ['AAPL', 'MSFT']\nconsole.table([])"],
  ])('a list that nothing reads is named, and the script runs whole: %s', (_, source) => {
    const { diagnostics, plan } = analyzeText(source)
    expect(diagnostics[0]).toMatchObject({ code: 'symbols_unused', severity: 'warning', line: 1, column: 7, message: expect.stringMatching(/^`SYMBOLS` is declared but never used/), hint: expect.stringContaining('for (const symbol of SYMBOLS)') })
    expect(plan).toMatchObject({ pattern: 'script', symbols: { name: 'SYMBOLS', isUnused: true }, split: { symbols: { mode: 'whole' } } })
  })

  test('a list that nothing reads, beside a start that nothing calls, is refused', () => {
    const { diagnostics } = analyzeText("const SYMBOLS = ['AAPL']\nrequire('dotenv').config()\nasync function main() { console.log('hello') }")
    expect(diagnostics[0]).toMatchObject({ code: 'symbols_unread', severity: 'error' })
  })

  test('functions that are called are not said not to be', () => {
    const { diagnostics } = analyzeText("const SYMBOLS = ['AAPL']\nrequire('dotenv').config()\nasync function one(s) {}\nasync function main() { for (const s of SYMBOLS) await one(s) }")
    expect(diagnostics[0]?.message).toContain('it has functions `main` that nothing exports or calls, the list `SYMBOLS`')
  })

  test('a list inside the function is replaced where it stands', () => {
    expect(analyzeText("async function main() {\n  const symbols = ['A', 'B']\n  for (const s of symbols) {}\n}\nmain()").plan).toMatchObject({ pattern: 'script', symbols: { staticValue: ['A', 'B'], injection: 'replaceInitializer', isInner: true, line: 2 } })
  })

  test('the self-start of an exported entry is left out', () => {
    const plan = planOf("export async function main(symbols) {}\nmain(['A'])")
    expect(plan.pieces.map((piece) => piece.skip)).toEqual([false, true])
  })

  test.each([
    ["exports.main = async (symbols) => []\nif (!module.parent) exports.main(['A'])"],
    ["module.exports = { main }\nif (require.main === module) module.exports.main(['A']).then(console.log)\nasync function main(symbols) { return [] }"],
    ["module.exports = async function (symbols, dates) { return [] }\nif (require.main === module) module.exports(['A'])"],
    ["exports.scan = (symbol, bars) => null\nif (!module.parent) { for (const s of ['A']) exports.scan(s, []) }"],
  ])('so is a call of what is exported, behind a guard: %s', (text) => {
    const { pieces } = planOf(text)
    expect(pieces.filter(({ skip }) => skip)).toHaveLength(text.includes('for (const') ? 0 : 1)
    expect(pieces[0]!.skip).toBe(false)
  })
})

describe('lists', () => {
  const inScript = (declaration: string, name = 'SYMBOLS') => planOf(`${declaration}\nasync function main() { for (const s of ${name}) console.log(s) }\nmain()`).symbols
  test.each<[declaration: string, name: string, form: string, injection: string, value: string[] | null]>([
    ["const SYMBOLS = ['AAPL', 'MSFT']", 'SYMBOLS', 'array', 'inPlace', ['AAPL', 'MSFT']],
    ["let tickers = ['AAPL']", 'tickers', 'array', 'reassign', ['AAPL']],
    ["var WATCHLIST = ['AAPL'].concat(['MSFT'])", 'WATCHLIST', 'array', 'reassign', ['AAPL', 'MSFT']],
    ["const A = ['X'], SYMBOLS = [...A, 'Y']", 'SYMBOLS', 'array', 'inPlace', ['X', 'Y']],
    ["const SYMBOLS = 'AAPL, MSFT'.split(',').map(s => s.trim())", 'SYMBOLS', 'array', 'inPlace', ['AAPL', 'MSFT']],
    ['const SYMBOLS = `\n  AAPL\n  MSFT\n`.trim().split(/\\s+/)', 'SYMBOLS', 'array', 'inPlace', ['AAPL', 'MSFT']],
    ["const UNIVERSE = new Set(['AAPL'])", 'UNIVERSE', 'set', 'inPlace', ['AAPL']],
    ["const SYMBOLS = Object.freeze(['AAPL'])", 'SYMBOLS', 'array', 'replaceInitializer', ['AAPL']],
    ["const symbols = fs.readFileSync('s.txt', 'utf8').split('\\n')", 'symbols', 'unknown', 'replaceInitializer', null],
    ["const MAP = { AAPL: 1, MSFT: 2 }; const SYMBOLS = Object.keys(MAP)", 'SYMBOLS', 'array', 'inPlace', ['AAPL', 'MSFT']],
    ["const STOCKS = [{ symbol: 'AAPL', name: 'Apple' }, { symbol: 'F', name: 'Ford' }]", 'STOCKS', 'objects', 'inPlace', ['AAPL', 'F']],
    ["const NAMES = ['AAPL', 'MSFT']", 'NAMES', 'array', 'inPlace', ['AAPL', 'MSFT']],
    ['let symbols;\nsymbols = ["AAPL"];', 'symbols', 'array', 'reassign', ['AAPL']],
    ["const SYMBOLS = ['AAPL'], COUNT = SYMBOLS.length", 'SYMBOLS', 'array', 'replaceInitializer', ['AAPL']],
    ['const SYMBOLS = loadThem()', 'SYMBOLS', 'unknown', 'inPlace', null],
  ])('%s', (declaration, name, form, injection, value) => {
    expect(inScript(declaration, name)).toMatchObject({ name, form, injection, staticValue: value })
  })

  test('texts, keys and groups', () => {
    expect(inScript("const SYMBOLS = 'AAPL,MSFT'", "SYMBOLS.split(',')")).toMatchObject({ form: 'string', separator: ',', injection: 'replaceInitializer' })
    expect(inScript("const SYMBOL = 'AAPL'", '[SYMBOL]')).toMatchObject({ form: 'single' })
    expect(inScript('const WATCHLIST = { AAPL: { n: 1 }, F: { n: 2 } }', 'Object.keys(WATCHLIST)')).toMatchObject({ form: 'object', staticValue: ['AAPL', 'F'] })
    expect(inScript("const SYMBOLS = { tech: ['AAPL'], cars: ['F'] }", 'SYMBOLS.tech')).toMatchObject({ form: 'groups', staticValue: ['AAPL', 'F'] })
  })

  test('the list in use is chosen, a local of the same name never', () => {
    const plan = planOf("const SYMBOLS = ['A']\nconst WATCHLIST = ['B']\nfunction other() { const WATCHLIST = ['C']; return WATCHLIST }\nasync function main() { for (const s of WATCHLIST) other(s) }\nmain()")
    expect(plan.symbols).toMatchObject({ name: 'WATCHLIST', staticValue: ['B'] })
    expect(plan.candidates.symbols.map((list) => list.name)).toEqual(['WATCHLIST', 'SYMBOLS'])
  })

  test('spreads that double without end stay cheap', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `const L${index + 1} = [...L${index}, ...L${index}]`)
    const plan = planOf(`const L0 = ['A', 'B']\n${lines.join('\n')}\nconst SYMBOLS = L60\nfor (const s of SYMBOLS) console.log(s)`)
    expect(plan.symbols?.staticValue).toBeNull()
  })
})

describe('imports', () => {
  test('every refusal is listed with its place', () => {
    const { diagnostics } = analyzeText("import a from './helper.js'\nimport cp from 'node:child_process'\nimport l from 'lodash'\nexport { x } from 'pg'\nimport t from 'technicalindicators'\nexport default (s) => require('ws')\nimport k from 'strikescan/testing'")
    expect(diagnostics.filter((entry) => entry.severity === 'error').map(({ code, line }) => [code, line])).toEqual([
      ['import_relative', 1], ['import_unavailable', 2], ['import_unknown', 3], ['import_unavailable', 4], ['import_unavailable', 6], ['import_unavailable', 7],
    ])
    expect(diagnostics.find(({ line }) => line === 7)?.message).toBe('`strikescan/testing` is not available: it runs scanners, from a test, and is not there inside of one.')
  })

  test.each([
    ["const fs = require('fs')\nconst axios = require('axios')\nconst l = require('lodash')\nexports.scan = () => l && fs", '--platform=node --format=cjs --external:axios --outfile=bundled.cjs'],
    ["import l from 'lodash'\nexport const scan = () => l", '--platform=node --format=cjs --outfile=bundled.cjs'],
    ["import l from 'lodash'\nimport ti from 'technicalindicators'\nconst SYMBOLS = ['AAPL', 'F']\nfor (const s of SYMBOLS) await l(s)", '--platform=node --format=esm --external:technicalindicators --outfile=bundled.mjs'],
  ])('a package that is not allowed: how to bundle %j', (code, options) => {
    const { diagnostics } = analyzeText(code)
    expect(diagnostics.find(({ code }) => code === 'import_unknown')?.hint).toContain(`npx esbuild scan.js --bundle ${options})`)
  })

  test('a package that is allowed and not installed is told as that', () => {
    const { diagnostics } = analyze({ bytes: new TextEncoder().encode("const l = require('lodash')\nexports.scan = () => l"), filename: 'scan.js', modules: { lodash: 'absent', axios: 'standin' } })
    expect(diagnostics).toMatchObject([{ code: 'import_absent', message: expect.stringContaining('not installed beside Strikescan'), hint: expect.stringContaining('npm install lodash') }])
  })

  test('node: prefixes, bindings and dynamic imports', () => {
    const plan = planOf("import fs, { readFileSync as r } from 'node:fs'\nimport * as ti from 'technicalindicators'\nexport const scan = async (s) => (await import('axios')).default")
    expect(plan.imports).toMatchObject([
      { specifier: 'node:fs', resolution: 'standin', names: [{ imported: 'default', local: 'fs' }, { imported: 'readFileSync', local: 'r' }] },
      { specifier: 'technicalindicators', resolution: 'bundled', names: [{ imported: '*', local: 'ti' }] },
    ])
    expect(pieceSource(plan, plan.pieces[0]!).source).toContain("await $impt$('axios')")
  })
})

describe('pieces run as the author wrote them', () => {
  function run(source: string, filename?: string): vm.Context {
    const plan = planOf(source, filename)
    const context = vm.createContext({ console, module: { exports: {} } })
    for (const name of plan.varNames) context[name] = undefined
    for (const first of [true, false]) {
      for (const piece of plan.pieces) {
        if ((piece.kind === 'function') !== first || piece.skip) continue
        const { source: text, lineOffset, columnOffset } = pieceSource(plan, piece)
        const value = new vm.Script(text, { filename: 'scan.js', lineOffset, columnOffset }).runInContext(context)
        if (piece.kind === 'exportDefaultExpression') context.defaultValue = value
      }
    }
    return context
  }

  test('functions first, var before its statement, exports skipped', () => {
    const context = run("#!/usr/bin/env node\nvar early = typeof later\nvar later = helper()\nfunction helper() { return 7 }\nexport const scan = (s) => later\nexport default (s) => later + 1")
    expect(context.early).toBe('undefined')
    expect(context.defaultValue()).toBe(8)
  })

  test('errors stand at the author\'s line and column', () => {
    const source = "export const SYMBOLS = ['A']; export function scan() { throw new Error('here') }"
    const context = run(source)
    const stack = String(vm.runInContext("try { scan() } catch (e) { e.stack }", context))
    expect(stack).toContain(`scan.js:1:${source.indexOf('new Error') + 1}`)
    expect(vm.runInContext('scan.toString()', context)).toBe("function scan() { throw new Error('here') }")
  })

  test('a replaced initializer keeps lines and columns', () => {
    const plan = planOf("const SYMBOLS = `AAPL\nMSFT`, AFTER = 1\nfor (const s of SYMBOLS.split('\\n')) console.log(s, AFTER)")
    expect(replaceInitializers(plan, plan.pieces[plan.symbols!.pieceIndex]!, [{ list: plan.symbols!, expression: '$list' }])).toBe("const SYMBOLS = $list\n     , AFTER = 1")
  })

  test('whole files keep their lines', () => {
    const source = "#!/usr/bin/env node\nconst SYMBOLS = ['A']\nconst DATES = Object.freeze([\n  '2026-11-20',\n])\nfor (const d of DATES) for (const s of SYMBOLS) await fetch(s + d)\n"
    const plan = planOf(source)
    expect(plan).toMatchObject({ mode: 'whole', moduleKind: 'module', strict: true })
    const text = spliceWhole(plan, new Map([[plan.symbols!, { value: '[]', fill: '$fill(SYMBOLS)' }], [plan.dates!, { value: '$dates', fill: '' }]]))
    expect(text.split('\n').map((line) => line.trimEnd())).toEqual(['', "const SYMBOLS = ['A'];$fill(SYMBOLS);", 'const DATES = $dates', '', '', 'for (const d of DATES) for (const s of SYMBOLS) await fetch(s + d)', ''])
  })

  test('return at the top level runs whole', () => {
    expect(planOf("const SYMBOLS = ['A']\nif (!SYMBOLS.length) return\nfor (const s of SYMBOLS) console.log(s)")).toMatchObject({ mode: 'whole', moduleKind: 'script' })
  })
})

describe('TypeScript', () => {
  const source = "import { Bar } from './types'\nconst SYMBOLS = ['AAPL', 'MSFT'] as const satisfies readonly string[]\ninterface Hit { symbol: string }\nasync function main(): Promise<Hit[]> {\n  const hits: Hit[] = []\n  for (const symbol of SYMBOLS) hits.push({ symbol })\n  hits.sort()\n  return hits\n}\nmain()\n"
  test('is compiled, mapped back to the author\'s lines, and judged', async () => {
    expect(needsTranspile('scan.ts', bytes(source))).toMatchObject({ loader: 'ts', because: 'extension' })
    const { transpiled } = await transpile(source, { filename: 'scan.ts', loader: 'ts' })
    const { plan } = analyze({ bytes: bytes(source), filename: 'scan.ts', transpiled: transpiled!, modules: MODULES })
    expect(plan).toMatchObject({ language: 'typescript', pattern: 'script', symbols: { staticValue: ['AAPL', 'MSFT'] }, split: { symbols: { mode: 'whole', line: 7 } } })
    const main = plan!.pieces.find((piece) => piece.names[0] === 'main')!
    expect(createPositionMapper(plan!)(main.line, main.column).line).toBe(4)
  })

  test('under a JavaScript name is noticed', async () => {
    expect(needsTranspile('scan.js', bytes(source))).toMatchObject({ loader: 'ts', because: 'syntax' })
    expect(needsTranspile('scan.js', bytes('const a = 1'))).toBeNull()
    const { transpiled } = await transpile(source, { filename: 'scan.js', loader: 'ts' })
    expect(codesOf(analyze({ bytes: bytes(source), filename: 'scan.js', transpiled: transpiled!, modules: MODULES }))).toContain('treated_as_typescript')
  })

  test('mistakes come with their place', async () => {
    const result = await transpile("const é = 'é'; const x: = 4", { filename: 'a.ts', loader: 'ts' })
    expect(result.diagnostics).toMatchObject([{ code: 'typescript_error', line: 1, column: 25 }])
  })

  test('a compiler that takes too long is killed; a missing one is the system\'s fault', async () => {
    expect((await transpile(`const a = ${'a=>'.repeat(3000)}1`, { filename: 'a.ts', loader: 'ts', deadlineMs: 300 })).diagnostics[0]?.code).toBe('compile_timeout')
    expect((await transpile('const a = 1', { filename: 'a.ts', loader: 'ts', binary: '/nowhere/esbuild' })).diagnostics[0]?.code).toBe('compiler_failed')
  })
})

test('parameters and the name of a scanner are read from its text', () => {
  const source = "import { defineScanner } from 'strikescan'\nexport default defineScanner({ name: 'Gap', params: { minGap: { default: 0.03, min: 0.005, max: 0.5, help: 'gap' }, days: 5, side: { default: 'long', options: ['long', 'short'] } }, scan() {} })"
  expect(analyzeText(source).report).toMatchObject({
    name: 'Gap',
    params: [{ name: 'minGap', default: 0.03, min: 0.005, max: 0.5, help: 'gap' }, { name: 'days', default: 5 }, { name: 'side', default: 'long', options: ['long', 'short'] }],
  })
})

test('hazards are named at their place', () => {
  const source = "const API_KEY = 'pk_live_8f3KJh29dkQ81'\nexport async function scan(symbol) {\n  Date.now(); Math.random(); setInterval(() => {}, 5)\n  while (true) { symbol += 1 }\n  process.exit(1)\n}\nconst url = 'https://evil.example.com/x', ok = 'https://api.tradier.com/v1'"
  const found = analyzeText(source).diagnostics.map(({ code, line }) => `${code}:${line}`)
  expect(found.toSorted()).toEqual(['clock_read:3', 'infinite_loop:4', 'interval_timer:3', 'process_exit:5', 'random_values:3', 'secret_in_source:1', 'unknown_host:7'])
})

test('a code frame shows the line with its neighbours and a caret', () => {
  expect(codeFrame('one\r\n\ttwo()\r\nthree', 2, 2)).toBe('  1 | one\n> 2 | \ttwo()\n    | \t^\n  3 | three')
  expect(codeFrame('one', 5, 1)).toBeNull()
  expect(codeFrame(`${'x'.repeat(5000)}!`, 1, 5001)!.length).toBeLessThan(300)
})
