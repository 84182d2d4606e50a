import { describe, expect, test } from 'vitest'

import { analyzeText, codesOf, planOf } from './support.ts'

const SCAN = 'export function scan(symbol, bars) { return bars.length > 1 }'
const START = 'async function main() { for (const d of DATES) for (const s of SYMBOLS) console.log(d, s) }\nmain()'

/** The statement behind which a list is put in place. */
function placeOf(source: string, role: 'symbols' | 'dates'): string {
  const plan = planOf(source)
  const { start, end } = plan.pieces[plan[role]!.pieceIndex]!
  return plan.code.slice(start, end)
}

describe('a list that further statements fill', () => {
  test.each<[string, string]>([
    ['a loop', "for (const s of ['A', 'B']) SYMBOLS.push(s)"],
    ['a callback', ";['A', 'B'].forEach((s) => SYMBOLS.push(s))"],
    ['places', "for (let i = 0; i < 2; i++) { SYMBOLS[i] = 'AB'[i] }"],
    ['a function called for it', "fill()"],
    ['a function called at once', ";(function () { SYMBOLS.unshift('A') })()"],
    ['a condition', "if (!SYMBOLS.includes('A')) SYMBOLS.push('A')"],
  ])('by %s', (_, statement) => {
    const source = `const SYMBOLS = []\nfunction fill() { SYMBOLS.push('A') }\nconst DATES = ['2026-11-20']\n${statement}\n${START}`
    expect(placeOf(source, 'symbols')).toBe(statement.replace(/^;/, ''))
    expect(planOf(source).symbols!.staticValue).toBeNull()
  })

  test('a Set, and a list that holds something before', () => {
    expect(placeOf(`const SYMBOLS = new Set()\nSYMBOLS.add('A').add('B')\nSYMBOLS.add('C')\nconst DATES = []\n${START}`, 'symbols')).toBe("SYMBOLS.add('C')")
    expect(placeOf(`const SYMBOLS = ['A']\nSYMBOLS.push('B')\nconst DATES = []\n${START}`, 'symbols')).toBe("SYMBOLS.push('B')")
  })

  test('dates of a scan and of a main', () => {
    const dates = "const DATES = []\nfor (let i = 0; i < 3; i++) DATES.push(`2026-11-${16 + i}`)\n"
    expect(placeOf(dates + SCAN, 'dates')).toMatch(/^for/)
    const main = planOf(`${dates}const SYMBOLS = ['A']\nexport async function main(symbols, dates) { return symbols }`)
    expect(main.pieces[main.dates!.pieceIndex]!.roles).toEqual(['dates'])
  })

  test.each<[string, string]>([
    ['works through it', "while (SYMBOLS.length > 0) { const s = SYMBOLS.shift(); console.log(s); SYMBOLS.push() }"],
    ['goes through it', 'for (const s of SYMBOLS) { console.log(s); SYMBOLS.push() }'],
    ['only declares a function', "const later = () => SYMBOLS.push('B')"],
  ])('a statement that %s fills nothing', (_, statement) => {
    const source = `const SYMBOLS = ['A']\nconst DATES = ['2026-11-20']\n${statement}\n${START}`
    expect(planOf(source).symbols).toMatchObject({ pieceIndex: 0, staticValue: ['A'] })
  })

  test('twenty thousand statements that may fill a list stay cheap', () => {
    const source = `const SYMBOLS = []\nfunction add(s) { ${'s = s + 1;'.repeat(2_000)} SYMBOLS.push(s) }\n${"add('A');".repeat(9_000)}\n${SCAN}`
    const started = process.cpuUsage()
    expect(planOf(source).symbols!.pieceIndex).toBe(9_000)
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(20)
  })
})

describe('lists beside a scan', () => {
  test.each<[string, string]>([
    ['an object', "export default { symbols: ['A', 'B'], dates: ['2026-11-20'], scan(symbol, bars) { return true } }"],
    ['a class', "class S { symbols = ['A', 'B']; constructor() { this.dates = ['2026-11-20'] } scan(symbol, bars) { return true } }\nexport default new S()"],
    ['exports', "exports.symbols = ['A', 'B']\nexports.dates = ['2026-11-20']\nexports.scan = (symbol, bars) => true"],
    ['module.exports', "module.exports = { symbols: 'A B'.split(' '), dates: ['2026-11-20'], scan: (symbol, bars) => true }"],
  ])('of %s are those of the run', (_, source) => {
    const { plan, report, diagnostics } = analyzeText(source)
    expect(plan).toMatchObject({ symbols: { staticValue: ['A', 'B'] }, dates: { staticValue: ['2026-11-20'] } })
    expect(report!.symbols).toMatchObject({ count: 2, declaredAs: 'symbols' })
    expect(diagnostics).toEqual([])
  })
})

describe('a list that is known only in the midst of a run is not taken, and that is said', () => {
  test.each<[string, string, string, number]>([
    ['a function assigns it', `let DATES\nfunction init() { DATES = ['2026-11-20'] }\ninit()\n${SCAN}`, 'DATES', 1],
    ['the default of a parameter', "export async function main(symbols, dates = lastDays()) { return symbols }\nfunction lastDays() { return [] }", 'dates', 1],
    ['a member', 'export default { dates: lastDays(),\n scan(symbol, bars) { return true } }\nfunction lastDays() { return [] }', 'dates', 1],
    ['worked out inside', "const SYMBOLS = ['A']\nfunction lastDays() { return [] }\nasync function main() {\n  const dates = lastDays(5)\n  for (const date of dates) for (const s of SYMBOLS) console.log(s, date)\n}\nmain()", 'dates', 4],
    ['a unit that keeps its names', `const DATES = [1].map(String)\nif (DATES.length === 9) return\nexports.scan = (symbol, bars) => true`, 'DATES', 1],
  ])('%s', (_, source, name, line) => {
    const analysis = analyzeText(source)
    expect(analysis.plan!.unread).toEqual([expect.objectContaining({ role: 'dates', name, line })])
    expect(analysis.diagnostics.find(({ code }) => code === 'list_unread')).toMatchObject({ severity: 'warning', line, message: expect.stringContaining(`\`${name}\``) })
  })

  test.each<[string, string]>([
    ['dates of a chart', "const SYMBOLS = ['A']\nasync function main() { for (const s of SYMBOLS) { const r = await (await fetch(s)).json(); const dates = r.map((b) => b.t); for (const d of dates) console.log(d) } }\nmain()"],
    ['the dates that main is given', 'export async function main(symbols, dates) { for (const d of dates) console.log(d); return symbols }'],
    ['a list that running shows', `const DATES = [1].map(String)\n${SCAN}`],
    ['such a list of a module that awaits', `const DATES = await [1].map(String)\n${SCAN}`],
    ['a number of days', `const days = 20\n${SCAN}`],
  ])('nothing is said of %s', (_, source) => {
    expect(codesOf(analyzeText(source))).not.toContain('list_unread')
  })

  test('dates that only the run uses are used', () => {
    expect(codesOf(analyzeText(`const DATES = ['2026-11-20']\n${SCAN}`))).toEqual([])
    expect(codesOf(analyzeText("const SYMBOLS = ['A']\nconst DATES = ['2026-11-20']\nfor (const s of SYMBOLS) console.log(s)"))).toContain('dates_unused')
  })
})

describe('starts', () => {
  test.each<[string, string, string]>([
    ['a result that is awaited and exported', "const SYMBOLS = ['A']\nasync function main() { return SYMBOLS.map((symbol) => ({ symbol })) }\nexport default await main()", 'script'],
    ['a call behind a guard, and what prints it', "const SYMBOLS = ['A']\nexport async function scanAll(list) { return list }\nif (import.meta.main) { const rows = await scanAll(SYMBOLS); console.table(rows) }", 'script'],
    ['a main that is given its settings', "const config = { symbols: ['A', 'B'], days: 3 }\nasync function main(cfg) { for (const s of cfg.symbols) console.log(s) }\nmain(config)", 'script'],
    ['a main that is given symbols', 'async function main(symbols) { return symbols }\nmain([])', 'main'],
  ])('%s', (_, source, pattern) => {
    expect(planOf(source).pattern).toBe(pattern)
  })

  test.each([["export function scan({ symbol, bars }) { return true }"], ["export default ({ bars } = {}) => true"], ["module.exports = { scan: ({ symbol }) => true }"]])('%s is refused: what it is called with is no object', (source) => {
    expect(codesOf(analyzeText(source))).toEqual(['scan_takes_context'])
  })
})
