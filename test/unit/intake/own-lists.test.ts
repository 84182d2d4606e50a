import { describe, expect, test } from 'vitest'

import { analyzeText, codesOf, planOf } from './support.ts'

const SYMBOLS = "const SYMBOLS = ['AAPL', 'HD']\nconst DATES = ['2026-11-20']\n"

describe('what an exported function is handed, and which of its lists stand for the rest', () => {
  test.each<[string, string, string, unknown]>([
    ['no parameters', 'exports.scan = () => SYMBOLS', 'main', { order: [], replaced: ['symbols', 'dates'] }],
    ['a list', 'exports.main = (list) => list || SYMBOLS', 'main', { order: ['symbols'], replaced: ['symbols', 'dates'] }],
    ['symbols', 'exports.main = (symbols) => symbols', 'main', { order: ['symbols'], replaced: ['dates'] }],
    ['both', 'exports.main = (symbols, dates) => [symbols, dates]', 'main', { order: ['symbols', 'dates'], replaced: [] }],
    ['dates first', 'exports.main = (dates, tickers) => [tickers, dates]', 'main', { order: ['dates', 'symbols'], replaced: [] }],
    ['options', 'exports.main = (opts) => [opts, SYMBOLS]', 'main', { order: [null], replaced: ['symbols', 'dates'] }],
    ['arguments', 'exports.main = function () { return arguments[0] }', 'main', { order: ['symbols', 'dates'], replaced: ['symbols', 'dates'] }],
    ['all there is', 'exports.main = (...all) => all[0]', 'main', { order: ['symbols', 'dates'], replaced: ['symbols', 'dates'] }],
    ['lists in a list', 'exports.scan = (lists = [SYMBOLS, DATES]) => lists', 'main', { order: [null], replaced: ['symbols', 'dates'] }],
    ['groups under a usual name', 'exports.main = (symbols = { all: SYMBOLS }, dates) => [symbols, dates]', 'main', { order: [null, 'dates'], replaced: ['symbols'] }],
    ['lists in a member', 'exports.scan = ({ lists = [SYMBOLS] } = {}) => lists', 'main', { order: [null], replaced: ['symbols', 'dates'] }],
    ['lists that it hands on to', 'const all = (lists = [SYMBOLS]) => lists\nexports.scan = (...given) => all(...given)', 'main', { order: [], replaced: ['symbols', 'dates'] }],
    ['a list in its stead', 'exports.scan = (list = SYMBOLS) => list', 'main', { order: ['symbols'], replaced: ['symbols', 'dates'] }],
    ['a list for each scan', 'exports.scan = (symbols) => symbols', 'main', { order: ['symbols'], replaced: ['dates'] }],
    ['a symbol', 'exports.scan = (symbol) => SYMBOLS.includes(symbol)', 'scan', undefined],
    ['a symbol that it does not read', 'exports.scan = (symbol, bars) => SYMBOLS.length > 0', 'scan', undefined],
    ['its arguments, as a scan', 'exports.scan = function () { return SYMBOLS.includes(arguments[0]) }', 'scan', undefined],
    ['the bars of its object', 'exports.scan = function () { return SYMBOLS.length < this.bars.length }', 'scan', undefined],
    ['nothing, and reads no list', 'exports.scan = () => true', 'scan', undefined],
  ])('%s', (_, source, pattern, taken) => {
    const plan = planOf(SYMBOLS + source)
    expect([plan.pattern, plan.taken]).toEqual([pattern, taken])
  })

  test('check names the list that stands for the symbols', () => {
    const { diagnostics } = analyzeText(`${SYMBOLS}exports.scan = () => [SYMBOLS, DATES]`)
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([['own_lists', expect.stringMatching(/^`scan` takes no symbols.*`SYMBOLS`/)]])
  })

  test('a list that is worked out inside is refused', () => {
    expect(codesOf(analyzeText('module.exports = async () => { const symbols = await load(); return symbols }\nconst load = async () => []'))).toEqual(['symbols_computed'])
    expect(codesOf(analyzeText('exports.main = async () => { const symbols = await load(); return symbols }\nconst load = async () => []'))).toEqual(['symbols_computed'])
  })

  test('two lists of words that only their use tells are none', () => {
    expect(codesOf(analyzeText("(() => { for (const key of ['RSI', 'EMA']) key; for (const symbol of ['AAPL', 'HD']) symbol })()"))).toEqual(['symbols_not_found'])
  })
})

describe('an exported class', () => {
  test.each<[string, string, object]>([
    ['whose objects need nothing', 'class S { scan(symbol, bars) {} }\nmodule.exports = S', { export: 'default', member: 'scan', isClass: true }],
    ['by its name', 'export class S { constructor(min = 3) {} scan(symbol, bars) {} }', { export: 'S', member: 'scan', isClass: true }],
    ['with a scan of its own', 'module.exports = class { static scan(symbol, bars) {} }', { export: 'default', member: 'scan' }],
    ['that has its scan of another', 'class B { scan(symbol, bars) {} }\nexport default class S extends B {}', { export: 'default', member: 'scan', isClass: true }],
  ])('%s', (_, source, entry) => {
    expect(planOf(source).entry).toMatchObject(entry)
  })

  test.each([
    ['whose constructor asks for something', 'class S { constructor(min) {} scan(symbol, bars) {} }\nmodule.exports = S'],
    ['beside another', 'class A { scan(symbol, bars) {} }\nclass B { scan(symbol, bars) {} }\nmodule.exports = { A, B }'],
  ])('%s is refused with what to export', (_, source) => {
    const [problem] = analyzeText(source).diagnostics
    expect(problem).toMatchObject({ code: 'class_not_made', hint: expect.stringContaining('module.exports = new') })
  })
})

test('what is exported is not said to be exported by nothing', () => {
  const [problem] = analyzeText(`${SYMBOLS}function scanAll() { return SYMBOLS }\nmodule.exports = { scanAll }`).diagnostics
  expect(problem).toMatchObject({ code: 'no_entry' })
  expect(problem!.message).toContain('exports `scanAll`')
  expect(problem!.message).not.toContain('nothing exports')
})
