import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Run } from '../../../../runtime/scan/run.ts'
import { RunFiles } from '../../../../runtime/scan/run-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strikescan-run-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Keeps what batches wrote under one name, in the order in which they end; what then stands in the folder, by name. */
function kept(path: string, written: readonly [batch: number, text: string][]): Record<string, string> {
  const run = {} as Run
  const files = new RunFiles(run, folder, () => {})
  for (const [batch, text] of written) files.keep([{ path, text, base64: false, isList: text.startsWith('[') }], batch)
  for (const file of run.files ?? []) expect(readFileSync(join(folder, file.path)).byteLength).toBe(file.bytes)
  return Object.fromEntries((run.files ?? []).map((file) => [file.path, readFileSync(join(folder, file.path), 'utf8')]))
}

describe('a file that several batches write', () => {
  test('is one table where it is CSV under one header, in the order of the batches', () => {
    expect(kept('result.csv', [[2, 'symbol,score\nC,3'], [1, 'symbol,score\nA,1\nB,2\n'], [3, 'symbol,score\n']])).toEqual({ 'result.csv': 'symbol,score\nA,1\nB,2\nC,3' })
    expect(kept('of-windows.csv', [[1, 'symbol;score\r\nA;1'], [2, 'symbol;score\r\nB;2\r\n']])).toEqual({ 'of-windows.csv': 'symbol;score\r\nA;1\nB;2\r\n' })
  })

  test('is one list where it is a list in JSON', () => {
    expect(kept('hits.json', [[2, '[2]'], [1, '[1]']])).toEqual({ 'hits.json': '[1,2]' })
  })

  test('is kept of each batch where the parts are no one file', () => {
    expect(kept('result.csv', [[1, 'symbol,score\nA,1'], [2, 'symbol,gap\nB,2']])).toEqual({ 'result.csv': 'symbol,score\nA,1', 'result.2.csv': 'symbol,gap\nB,2' })
    expect(kept('mixed.csv', [[1, 'symbol,score\nA,1'], [2, '[1, 2]']])).toEqual({ 'mixed.csv': 'symbol,score\nA,1', 'mixed.2.csv': '[1, 2]' })
    expect(kept('notes.txt', [[1, 'a,b'], [2, 'a,b']])).toEqual({ 'notes.txt': 'a,b', 'notes.2.txt': 'a,b' })
    expect(kept('symbols.csv', [[1, 'A'], [2, 'A']])).toEqual({ 'symbols.csv': 'A', 'symbols.2.csv': 'A' })
  })
})
