import { createContext, Script } from 'node:vm'
import { describe, expect, it } from 'vitest'

import { unitFunction } from '../../../../runtime/isolate/module-body.ts'
import { planOf } from '../../intake/support.ts'

interface ModuleResult {
  exports: Record<string, unknown>
  bindings: Record<string, unknown>
  returned: unknown
}

const LIST = (symbols: string[]) => ({ value: JSON.stringify(symbols), fill: `SYMBOLS.length=0;SYMBOLS.push(...${JSON.stringify(symbols)})` })

/** The function of a file, compiled as the isolate does: its wrapper stands on the line before the author's first. */
function compiled(source: string, filename: string, symbols?: string[]): (...args: unknown[]) => unknown {
  const plan = planOf(source, filename)
  const text = unitFunction(plan, new Map(symbols && plan.symbols ? [[plan.symbols, LIST(symbols)]] : []))
  return new Script(text, { filename, lineOffset: -1 }).runInContext(createContext({ globalThis: undefined })) as () => unknown
}

const module = (source: string, symbols?: string[]) => compiled(source, 'scan.mjs', symbols)() as Promise<ModuleResult>

function commonjs(source: string, symbols?: string[]): unknown {
  const target = { exports: {} as unknown }
  compiled(source, 'scan.cjs', symbols)(target.exports, () => ({}), target, '/scan.cjs', '/')
  return target.exports
}

/** Line and column of the author's file where an error was made. */
function placeOf(error: unknown): string | undefined {
  return /scan\.[mc]js:(\d+:\d+)/.exec((error as Error).stack ?? '')?.[1]
}

describe('a module with await at its top level', () => {
  it('gives its exports, by the names they are exported under', async () => {
    const { exports } = await module('await 0\nexport const lookback = 5\nfunction inner(symbol) { return symbol + lookback }\nexport { inner as scan }\n')
    expect(Object.keys(exports)).toEqual(['lookback', 'scan'])
    expect((exports['scan'] as (symbol: string) => string)('A')).toBe('A5')
  })

  it.each([
    ['a function', 'export default function scan() { return 7 }'],
    ['a function without a name', 'export default function () { return 7 }'],
    ['an arrow', 'export default () => 7'],
    ['an expression over lines', 'export default (\n  () => 7\n)'],
    ['a name', 'const seven = () => 7\nexport default seven'],
  ])('gives %s as its default export', async (_, source) => {
    const { exports } = await module(`await 0\n${source}\n`)
    expect((exports['default'] as () => number)()).toBe(7)
  })

  it('gives its top-level values', async () => {
    const { bindings } = await module('const found = []\nvar count = 2\nlet last\nawait 0\nfound.push(1)\nlast = 3\nexport function scan() {}\n')
    expect(bindings).toMatchObject({ found: [1], count: 2, last: 3 })
  })

  it('gives what the call of its main function comes to', async () => {
    const { returned } = await module("const SYMBOLS = ['A']\nasync function main() { return SYMBOLS.map((symbol) => ({ symbol })) }\nawait main()\n", ['X', 'Y'])
    expect(await returned).toEqual([{ symbol: 'X' }, { symbol: 'Y' }])
  })

  it('runs in strict mode', async () => {
    const { bindings } = await module('const self = (function () { return this })()\nawait 0\nexport function scan() {}\n')
    expect(bindings['self']).toBeUndefined()
  })

  it.each([
    ["import { ta } from 'strikescan'\nawait 0\nexport const a = 1\n  throw new Error('x')\nexport function scan() {}\n", '4:9'],
    ["await 0\nexport default (() => { throw new Error('x') })()\n", '2:31'],
    ["/* é */ export const a = await 1; throw new Error('x')\nexport function scan() {}\n", '1:41'],
  ])('throws at the author’s own place', async (source, expected) => {
    const error = await module(source).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(placeOf(error)).toBe(expected)
  })

  it('keeps line ends of every kind', async () => {
    const error = await module("await 0\r\n// x\u2028export const a = 1\r\n  throw new Error('x')\r\nexport function scan() {}\r\n").then(() => null, (thrown: unknown) => thrown)
    expect(placeOf(error)).toBe('4:9')
  })
})

describe('a CommonJS file', () => {
  it('that returns at its top level runs to there', () => {
    expect(commonjs('exports.scan = () => 1\nif (true) return\nexports.scan = () => 2\n')).toEqual({ scan: expect.any(Function) })
  })

  it('keeps this, exports and module.exports one', () => {
    expect(commonjs('if (exports !== module.exports) return\nmodule.exports = { scan() {}, same: true }\nreturn\n')).toMatchObject({ same: true })
  })

  it('throws at the author’s own place', () => {
    let error: unknown = null
    try {
      commonjs("const a = 1\n  throw new Error('x')\nmodule.exports = { scan() {} }\nif (a) return\n")
    } catch (thrown) {
      error = thrown
    }
    expect(placeOf(error)).toBe('2:9')
  })

  it.each([
    ["'use strict'\nexports.self = (function () { return this })()\nexports.scan = () => 1\nif (1) return\n", undefined],
  ])('is as strict as it says', (source, expected) => {
    expect((commonjs(source) as { self: unknown }).self).toBe(expected)
  })
})
