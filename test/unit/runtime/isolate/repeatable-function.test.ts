import { describe, expect, it } from 'vitest'

import { isRepeatable, repeatableFunction } from '../../../../runtime/isolate/repeatable-function.ts'
import { planOf } from '../../intake/support.ts'

const LISTS = "const SYMBOLS = ['AAPL', 'MSFT']\nconst DATES = ['2026-11-20']\n"
const MAIN = 'const results = []\nfunction main() { for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date }) }\n'

type Unit = (lists: object, offer: (bindings: Record<string, () => unknown>) => void, ...rest: unknown[]) => unknown

/** Runs a script's function as the guest does; what its start came to, and its top-level values. */
function runOnce(source: string, symbols: string[], dates: string[]) {
  let bindings: Record<string, () => unknown> = {}
  const unit = (0, eval)(repeatableFunction(planOf(source))) as Unit
  const returned = unit({ symbols, dates }, (given) => (bindings = given), {}, null, null, '/scan.js', '/')
  return { returned, value: (name: string) => bindings[name]!() }
}

describe('a script as one function', () => {
  it('runs with the lists that it is given, and new top-level values each time', () => {
    const source = `${LISTS}${MAIN}main()\n`
    for (const symbols of [['NVDA'], ['TSLA', 'AMD']]) {
      const { value } = runOnce(source, symbols, ['2026-11-19'])
      expect(value('results')).toEqual(symbols.map((symbol) => ({ symbol, date: '2026-11-19' })))
      expect(value('SYMBOLS')).toEqual(symbols)
    }
  })

  it.each([
    ["const SYMBOLS = new Set(['A', 'B'])", [...new Set(['X', 'Y'])]],
    ["let SYMBOLS = 'A,B'", 'X,Y'],
    ["const SYMBOLS = { tech: ['A'], banks: ['B'] }", ['X', 'Y']],
    ["const SYMBOLS = [{ symbol: 'A', weight: 1 }, { symbol: 'B' }]", ['X', 'Y']],
    ["const SYMBOLS = Object.freeze(['A', 'B'])", ['X', 'Y']],
  ])('puts a list in the place of %s', (declaration, expected) => {
    const { value } = runOnce(`${declaration}\nconst results = []\nfunction main() { for (const entry of Array.isArray(SYMBOLS) || typeof SYMBOLS !== 'object' ? SYMBOLS : []) results.push(entry) }\n\nmain()\n`, ['X', 'Y'], [])
    const flat = (list: unknown): unknown => (typeof list === 'string' ? list : list instanceof Set ? [...list] : Array.isArray(list) ? list.map((entry) => (entry as { symbol?: string }).symbol ?? entry) : Object.values(list as object).flat())
    expect(flat(value('SYMBOLS'))).toEqual(expected)
  })

  it('gives what the start came to, on the author\'s own lines and columns', () => {
    const source = `${LISTS}async function main() {\n  for (const symbol of SYMBOLS) for (const date of DATES) throw new Error(symbol + date)\n}\n// before the start\n\nmain()\n`
    const plan = planOf(source)
    const lines = repeatableFunction(plan).split('\n').slice(1)
    const own = source.split('\n')
    for (const line of [2, 3, 5, 6, 7]) expect(lines[line], `line ${line + 1}`).toBe(own[line])
    expect(runOnce(source, [], []).returned).toBeInstanceOf(Promise)
    expect(runOnce(`${LISTS}function none() {}\n// ;\n;(() => SYMBOLS.map((symbol) => ({ symbol, date: DATES[0] })))()\n`, ['A'], ['B']).returned).toEqual([{ symbol: 'A', date: 'B' }])
  })

  it('shows no value of a declaration that was not reached', () => {
    const source = `${LISTS}${MAIN}main()\nconst later = 1\n`
    expect(runOnce(source, ['A'], ['B']).value('later')).toBe(1)
  })

  it.each([
    ['an export', `${LISTS}${MAIN}export const out = results\nmain()\n`],
    ['a start behind a condition', `${LISTS}${MAIN}if (require.main === module) main()\n`],
    ['a start on the line of another statement', `${LISTS}${MAIN.trimEnd()}; main()\n`],
    ['top-level await', `${LISTS}${MAIN}await main()\n`],
    ['text that is run', `${LISTS}${MAIN}eval('1')\nmain()\n`],
    ['a module with a state of its own', `const fs = require('fs')\n${LISTS}${MAIN}main()\n`],
    ['another pattern', 'export default (symbol, bars) => bars.length > 1\n'],
  ])('is not what %s becomes', (_, source) => expect(isRepeatable(planOf(source, source.includes('export') || source.includes('await') ? 'scan.mjs' : 'scan.js'))).toBe(false))

  it('is what a plain script becomes, with requests, sleeps and axios too', () => {
    expect(isRepeatable(planOf(`const axios = require('axios')\n${LISTS}${MAIN}main()\n`))).toBe(true)
    expect(isRepeatable(planOf(`import axios from 'axios'\n${LISTS}${MAIN}main().catch(console.error)\n`, 'scan.mjs'))).toBe(true)
  })
})
