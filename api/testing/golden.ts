import { AssertionError } from 'node:assert'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

import { pathOf } from './file-path.ts'

/** How `matchGolden` treats its file. */
export interface GoldenOptions {
  /** Writes the file as it should be now; by default where UPDATE_GOLDEN is set to anything but 0. */
  readonly update?: boolean | undefined
}

/**
 * Compares a value with the JSON file of what it was when somebody last looked, and throws an AssertionError with both
 * where they differ. The file is written where it is not there yet, except where CI is set, and where an update is asked
 * for: run the tests with UPDATE_GOLDEN=1, then look at what changed.
 * @param value anything JSON can hold; what it cannot (NaN, a function, a cycle) is refused rather than changed
 * @param file path, or the URL of a file, such as `new URL('./gap.golden.json', import.meta.url)`
 */
export function matchGolden(value: unknown, file: string | { readonly href: string }, options: GoldenOptions = {}): void {
  const path = pathOf('matchGolden', file)
  const actual = `${JSON.stringify(plain(value, 'value'), null, 2)}\n`
  const expected = readGolden(path)
  if (expected === actual) return
  const isUpdate = options.update ?? isSet(process.env['UPDATE_GOLDEN'])
  if (isUpdate || (expected === null && !isSet(process.env['CI']))) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, actual)
    return
  }
  if (expected === null) {
    throw new AssertionError({
      message: `The golden file ${path} is not there: run the test once with UPDATE_GOLDEN=1 and keep the file it writes.`,
      actual,
      expected: '',
    })
  }
  const message = `The result differs from ${path}, first at line ${firstDifference(actual, expected)}. If it should, run the test with UPDATE_GOLDEN=1.\n${excerpt(actual, expected)}`
  throw new AssertionError({ message, actual, expected, operator: 'matchGolden' })
}

function readGolden(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const isSet = (variable: string | undefined): boolean =>
  variable !== undefined && variable !== '' && variable !== '0' && variable !== 'false'

/** The value with the keys of its objects in order, those of undefined left out; refuses what else JSON would change without a word. */
function plain(value: unknown, field: string, above: readonly unknown[] = []): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (value === undefined) throw new TypeError(`matchGolden: ${field} is undefined, which JSON cannot hold`)
  if (typeof value !== 'object') {
    throw new TypeError(`matchGolden: ${field} is ${typeof value === 'number' ? value : `a ${typeof value}`}, which JSON cannot hold`)
  }
  if (above.includes(value)) throw new TypeError(`matchGolden: ${field} refers back to itself`)
  const path = [...above, value]
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return Array.from(value as ArrayLike<unknown>, (entry, at) => plain(entry, `${field}[${at}]`, path))
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null && prototype?.constructor?.name !== 'Object') {
    throw new TypeError(`matchGolden: ${field} is no plain object`)
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, entry]) => [key, plain(entry, `${field}.${key}`, path)]),
  )
}

function firstDifference(actual: string, expected: string): number {
  const [found, wanted] = [actual.split('\n'), expected.split('\n')]
  return found.findIndex((line, at) => line !== wanted[at]) + 1 || found.length + 1
}

/** The first lines that differ, as runners without a diff of their own would show them. */
function excerpt(actual: string, expected: string): string {
  const from = Math.max(0, firstDifference(actual, expected) - 2)
  const show = (text: string, mark: string): string[] =>
    text
      .split('\n')
      .slice(from, from + 4)
      .map((line) => `${mark} ${line}`)
  return [...show(expected, '-'), ...show(actual, '+')].join('\n')
}
