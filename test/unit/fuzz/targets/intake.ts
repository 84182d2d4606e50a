import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

import { analyze, needsTranspile } from '../../../../runtime/intake/analyze.ts'
import { packFiles, resolveFile, unpackFiles } from '../../../../runtime/intake/archive.ts'
import { pieceSource, pieceText, spliceWhole } from '../../../../runtime/intake/piece-source.ts'
import { transpile, type Transpiled } from '../../../../runtime/intake/transpile.ts'
import { ScannerDefinitionError, ScannerParameterError } from '../../../../sdk/errors.ts'
import { describeDefinitions, resolveValues } from '../../../../sdk/parameters.ts'
import { MODULES } from '../../intake/support.ts'
import { hostile } from '../support/mutations.ts'
import { target, type Target } from '../support/run.ts'

const textsIn = (folder: string, names: RegExp): Uint8Array[] => {
  const home = fileURLToPath(new URL(`../../../../${folder}/`, import.meta.url))
  return readdirSync(home).filter((name) => names.test(name)).map((name) => readFileSync(home + name))
}
const SCRIPTS = [...textsIn('test/fixtures/injection', /\.[mc]?js$/), ...textsIn('examples', /\.[mc]?js$/)]

const WORDS = [
  'const ', 'let ', 'var ', 'function ', 'async ', 'await ', 'class ', 'export ', 'default ', 'import ', 'from ', "'strikescan'", 'SYMBOLS', 'DATES', 'main', 'scan', '(', ')', '{', '}', '[', ']', ' = ', '=> ', ';', '\n', '\r', '\u2028', ',', '...', '`', '${', "'AAPL'",
  '"MSFT"', '.push', '.map', 'require', 'module.exports', '/', '/*', '*/', '//', '#!', '<!--', '-->', '\\u0061', 'new.target', 'import.meta', 'with', 'label: ', 'if (1) ', 'for (const x of y) ', 'return ', 'yield ', '?.', '??', '**', 'enum ', ': string', '<T>', ' as any', '@x ', 'defineScanner', 'params', '__proto__', 'eval', '\0',
]
const soup = fc.array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...WORDS) }, { weight: 1, arbitrary: fc.string({ maxLength: 6 }) }), { maxLength: 60 }).map((words) => Buffer.from(words.join('')))
/** Scripts with words where no word belongs. */
const spliced = fc.tuple(fc.constantFrom(...SCRIPTS.keys()), fc.array(fc.tuple(fc.nat(10_000), fc.constantFrom(...WORDS), fc.nat(20)), { minLength: 1, maxLength: 5 })).map(([index, edits]) => {
  let text = Buffer.from(SCRIPTS[index]!).toString('utf8')
  for (const [at, word, cut] of edits) {
    const place = Math.round((at / 10_000) * text.length)
    text = text.slice(0, place) + word + text.slice(place + cut)
  }
  return Buffer.from(text)
})
const script: fc.Arbitrary<Uint8Array> = fc.oneof({ weight: 3, arbitrary: spliced }, { weight: 2, arbitrary: hostile(SCRIPTS) }, { weight: 2, arbitrary: soup })

const lineCount = (bytes: Uint8Array): number => Buffer.from(bytes).toString('utf8').split(/\r\n|[\n\r\u2028\u2029]/).length

function checkAnalysis(bytes: Uint8Array, filename: string, transpiled?: Transpiled): void {
  needsTranspile(filename, bytes)
  const { plan, report, diagnostics } = analyze({ bytes, filename, modules: MODULES, transpiled })
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  expect(plan === null).toBe(errors.length > 0)
  expect(report === null).toBe(plan === null)
  expect(diagnostics.some(({ code }) => code === 'intake_crashed')).toBe(false)
  for (const { message, hint, line, column } of diagnostics) {
    expect(message).toMatch(/^[^\0-\x08\x0b-\x1f\x7f-\x9f]{5,2000}$/)
    expect(hint.length).toBeGreaterThan(0)
    expect(line === null || (Number.isInteger(line) && line >= 1 && line <= lineCount(bytes))).toBe(true)
    expect(column === null || column >= 1).toBe(true)
  }
  if (plan === null) return
  // The author's text, piece by piece and whole, nothing moved.
  let end = 0
  for (const piece of plan.pieces) {
    expect(piece.start).toBeGreaterThanOrEqual(end)
    end = piece.end
    expect(pieceText(plan, piece).length).toBe(piece.end - piece.start)
    expect(pieceSource(plan, piece).source).toContain(pieceText(plan, piece))
  }
  expect(end).toBeLessThanOrEqual(plan.code.length)
  expect(spliceWhole(plan, new Map()).split('\n').length).toBe(plan.code.split('\n').length)
  JSON.stringify({ plan, report })
}

const word = fc.constantFrom('minGap', 'days', 'side', 'a1', '__proto__', 'constructor', 'toString', '1x', '')
const anything = fc.oneof(fc.double(), fc.integer(), fc.boolean(), fc.string(), fc.constantFrom<unknown>(null, undefined, -0, '0.5', ' 3 ', 'true', '1e999', 'NaN', '0x10', [], {}, 5n, Symbol.iterator, () => 1))
const choice = fc.constantFrom('both', 'long', 'short').map((side) => ({ default: side, options: ['both', 'long', 'short'] }))
const path = fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join('/')}.js`)
const files = fc.uniqueArray(fc.record({ path, bytes: fc.uint8Array({ maxLength: 1_200 }) }), { minLength: 1, maxLength: 5, selector: (file) => file.path })
const packed = [packFiles([{ path: 'scan.mjs', bytes: Buffer.from('export default () => 1') }, { path: 'lib/x.js', bytes: Buffer.alloc(700, 'x') }])]

export const intakeTargets: readonly Target[] = [
  target('intake: any script is taken apart or refused with a reason', { quick: 120, long: 10_000 }, [script, fc.constantFrom('scan.js', 'scan.mjs', 'scan.cjs')], checkAnalysis),

  target('intake: any script, compiled as TypeScript, is taken apart or refused with a reason', { quick: 3, long: 40 }, [script], async (bytes) => {
    const need = needsTranspile('scan.ts', bytes)
    if (need === null) return checkAnalysis(bytes, 'scan.ts')
    const { transpiled, diagnostics } = await transpile(need.text, { filename: 'scan.ts', loader: need.loader })
    expect(transpiled === null).toBe(diagnostics.length > 0)
    if (transpiled !== null) checkAnalysis(bytes, 'scan.ts', transpiled)
  }),

  target('params: any definition and any value is used as it is, or refused', { quick: 300, long: 10_000 }, [fc.dictionary(word, fc.oneof(anything, fc.record({ default: anything, min: anything, max: anything, integer: anything, options: fc.array(anything), help: fc.string() }, { requiredKeys: [] }), choice), { maxKeys: 3 }), fc.dictionary(word, anything, { maxKeys: 3 })], (definitions, given) => {
    try {
      const descriptions = describeDefinitions(definitions)
      const values = resolveValues(descriptions, given)
      expect(Object.keys(values).sort()).toEqual(descriptions.map(({ name }) => name).sort())
      for (const { name, type, min, max, options } of descriptions) {
        const value = values[name]
        expect(typeof value).toBe(type === 'enum' ? 'string' : type)
        if (typeof value === 'number') expect(Number.isFinite(value) && value >= (min ?? -Infinity) && value <= (max ?? Infinity)).toBe(true)
        if (options !== undefined) expect(options).toContain(value)
        if (Object.hasOwn(given, name) && typeof given[name] === typeof value && given[name] !== undefined) expect(value).toBe(given[name])
      }
    } catch (error) {
      if (!(error instanceof ScannerDefinitionError || error instanceof ScannerParameterError)) throw error
      expect(error.message.length).toBeGreaterThan(10)
    }
  }),

  target('intake: files of a script come out as they went in', { quick: 150, long: 10_000 }, [files], (sent) => {
    expect(unpackFiles(packFiles(sent))?.map((file) => [file.path, [...file.bytes]])).toEqual(sent.map((file) => [file.path, [...file.bytes]]))
  }),

  target('intake: any archive is files of its own bytes, or none', { quick: 120, long: 10_000 }, [hostile(packed)], (bytes) => {
    const found = unpackFiles(bytes)
    for (const file of found ?? []) {
      expect(file.path.split('/')).not.toContain('..')
      expect(file.path.startsWith('/')).toBe(false)
      expect(Buffer.from(bytes).includes(file.bytes)).toBe(true)
    }
  }),

  target('intake: no import of a file leads out of its folder', { quick: 200, long: 10_000 }, [path, fc.array(fc.constantFrom('..', '.', 'a', 'lib', '', '/', '\\', '%2e%2e', 'x.js'), { maxLength: 8 })], (from, parts) => {
    const found = resolveFile(from, parts.join('/'), () => true)
    if (found !== null) expect(found.startsWith('/') || found.split('/').includes('..')).toBe(false)
  }),
]
