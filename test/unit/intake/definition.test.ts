import { describe, expect, test } from 'vitest'
import { analyzeText } from './support.ts'

const HEAD = "import { defineScanner } from 'strikescan'\n"
const problemOf = (text: string) => analyzeText(HEAD + text).diagnostics.find(({ severity }) => severity === 'error') ?? null
const define = (parts: string, before = ''): string => `${before}export default defineScanner({\n  ${parts}\n  scan: () => true,\n})`

describe('a definition that defineScanner will refuse', () => {
  test.each([
    ['a default out of its range', 'params: { gap: { default: 3, min: 0, max: 1 } },', 3, 20, /params\.gap\.default is 3, but the parameter takes a number from 0 to 1/],
    ['a misspelt key', 'lokback: 5,', 3, 3, /unknown key "lokback"; did you mean lookback\?/],
    ['a negative number', 'universe: { minPrice: -1 },', 3, 15, /universe\.minPrice must be a number of 0 or more, not -1/],
    ['a wrong kind', "lookback: '60',", 3, 3, /lookback must be a whole number of sessions/],
    ['a function that is none', 'before: 5,', 3, 3, /before must be a function, not 5/],
  ])('is told at its place: %s', (_, parts, line, column, message) => {
    expect(problemOf(define(parts))).toMatchObject({ code: 'definition_invalid', line, column, message: expect.stringMatching(message) })
  })

  test('also behind names that nothing changes', () => {
    expect(problemOf(define('params: PARAMS,', 'const MOST = 1\nconst PARAMS = {\n  gap: { default: 3, max: MOST },\n}\n'))).toMatchObject({ code: 'definition_invalid', line: 4, column: 10 })
  })

  test('also where there is no scan', () => {
    expect(problemOf("export default defineScanner({ name: 'x' })")).toMatchObject({ code: 'definition_invalid', message: expect.stringContaining('scan must be a function, not nothing') })
  })
})

describe('a definition that only running tells', () => {
  test.each([
    ['an unknown default', 'params: { gap: { default: pick(), max: 1 } },', ''],
    ['a spread', '...base,', 'const base = { lookbak: 3 }\n'],
    ['a name that is changed', 'lookback: days,', 'let days = 0\ndays = 5\n'],
    ['an object that another place changes', 'universe,', 'const universe = { limit: 0 }\nuniverse.limit = 5\n'],
    ['a computed key', "['look' + 'bak']: 5,", ''],
    ['an accessor', 'get lookbak() { return 3 },', ''],
    ['a prototype', '__proto__: null,', ''],
    ['expressions', 'lookback: 4 * 5, params: { gap: 1 / 3, on: !0, at: `x` }, rank: pick(),', ''],
    ['a scan that is made', 'name: `a`,', ''],
  ])('is left to that: %s', (_, parts, before) => {
    expect(problemOf(define(parts, before))).toBeNull()
  })

  test('functions from anywhere are functions', () => {
    expect(problemOf('const scan = make()\nfunction before() {}\nexport default defineScanner({ scan, before, after() {}, rank: async () => [] })')).toBeNull()
  })
})
