import { AssertionError } from 'node:assert'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { matchGolden } from '../../../../api/testing/golden.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strikescan-golden-'))
  vi.stubEnv('CI', '')
  vi.stubEnv('UPDATE_GOLDEN', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})
const file = (): string => join(folder, 'deep', 'rows.json')

describe('matchGolden', () => {
  it('writes what is not there yet, and is content with the same, in whatever order its keys come', () => {
    matchGolden([{ b: 1, a: [Float64Array.of(1, 2)] }], file())
    expect(readFileSync(file(), 'utf8')).toBe('[\n  {\n    "a": [\n      [\n        1,\n        2\n      ]\n    ],\n    "b": 1\n  }\n]\n')
    matchGolden([{ a: [[1, 2]], b: 1 }], pathToFileURL(file()))
    writeFileSync(file(), readFileSync(file(), 'utf8').replaceAll('\n', '\r\n'))
    matchGolden([{ a: [[1, 2]], b: 1 }], file())
  })

  it('says where the two differ, and shows both', () => {
    matchGolden({ a: 1, b: 2, c: 3 }, file())
    const compare = () => matchGolden({ a: 1, b: 5, c: 3 }, file())
    expect(compare).toThrow(AssertionError)
    expect(compare).toThrow(/differs from .*rows\.json, first at line 3\. If it should, run the test with UPDATE_GOLDEN=1\./)
    expect(compare).toThrow(expect.objectContaining({ expected: expect.stringContaining('"b": 2'), actual: expect.stringContaining('"b": 5'), message: expect.stringMatching(/- {3}"b": 2[^]*\+ {3}"b": 5/) }))
    expect(readFileSync(file(), 'utf8')).toContain('"b": 2')
  })

  it('is updated where that is asked for', () => {
    matchGolden(1, file())
    vi.stubEnv('UPDATE_GOLDEN', '0')
    expect(() => matchGolden(2, file())).toThrow(/first at line 1/)
    vi.stubEnv('UPDATE_GOLDEN', '1')
    matchGolden(2, file())
    expect(() => matchGolden(3, file(), { update: false })).toThrow(/differs/)
    matchGolden(3, file(), { update: true })
    expect(readFileSync(file(), 'utf8')).toBe('3\n')
  })

  it('does not write a file that nobody looked at where CI runs', () => {
    vi.stubEnv('CI', 'true')
    expect(() => matchGolden(1, file())).toThrow(/The golden file .*rows\.json is not there: run the test once with UPDATE_GOLDEN=1/)
  })

  const circle: unknown[] = []
  circle.push({ circle })
  it.each<[unknown, RegExp]>([
    [{ a: Number.NaN }, /value\.a is NaN, which JSON cannot hold/],
    [{ a: [1, undefined] }, /value\.a\[1\] is undefined, which JSON cannot hold/],
    [undefined, /value is undefined/],
    [[() => 1], /value\[0\] is a function/],
    [{ n: 1n }, /value\.n is a bigint/],
    [circle, /value\[0\]\.circle refers back to itself/],
    [{ at: new Date(0) }, /value\.at is no plain object/],
  ])('refuses what JSON would change without a word', (value, message) => {
    expect(() => matchGolden(value, file())).toThrow(message)
  })
})
