import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Analysis } from '../../../../runtime/intake/analyze.ts'
import { KeptAnalyses } from '../../../../runtime/service/kept-analyses.ts'

const ANALYSIS = { plan: { code: 'const π = "π"\n' }, report: { filename: 'a.js' }, diagnostics: [] } as unknown as Analysis
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strikescan-kept-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('what was kept is found by another process, under its own key alone', () => {
  new KeptAnalyses(join(folder, 'new')).write('a', ANALYSIS)
  expect(new KeptAnalyses(join(folder, 'new')).read('a')).toEqual(ANALYSIS)
  expect(new KeptAnalyses(join(folder, 'new')).read('b')).toBeNull()
})

test('a file that was changed, cut off or put under another key is not found', () => {
  const kept = new KeptAnalyses(folder)
  kept.write('a', ANALYSIS)
  const file = join(folder, readdirSync(folder)[0]!)
  const text = readFileSync(file, 'utf8')
  for (const damaged of [text.replace('"a.js"', '"b.js"'), text.slice(0, -1), '', '\n', text.slice(text.indexOf('\n') + 1)]) {
    writeFileSync(file, damaged)
    expect(kept.read('a')).toBeNull()
  }
  kept.write('b', ANALYSIS)
  const other = readdirSync(folder).map((name) => join(folder, name)).find((name) => name !== file)!
  writeFileSync(other, text)
  expect(kept.read('b')).toBeNull()
  writeFileSync(file, text)
  expect(kept.read('a')).toEqual(ANALYSIS)
})

test('the oldest go when there are many', () => {
  const kept = new KeptAnalyses(folder)
  for (let place = 0; place < 300; place++) {
    const before = new Set(readdirSync(folder))
    kept.write(`script ${place}`, ANALYSIS)
    for (const name of readdirSync(folder)) if (!before.has(name)) utimesSync(join(folder, name), 1_000 + place, 1_000 + place)
  }
  expect(readdirSync(folder).length).toBeLessThanOrEqual(256)
  expect(kept.read('script 0')).toBeNull()
  expect(kept.read('script 299')).toEqual(ANALYSIS)
})

test('a folder that cannot be made is no error', () => {
  writeFileSync(join(folder, 'file'), '')
  const kept = new KeptAnalyses(join(folder, 'file', 'below'))
  kept.write('a', ANALYSIS)
  expect(kept.read('a')).toBeNull()
})
