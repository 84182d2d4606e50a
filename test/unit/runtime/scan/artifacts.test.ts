import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { readArtifact } from '../../../../runtime/scan/artifacts.ts'
import type { Run } from '../../../../runtime/scan/run.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'strikescan-artifacts-'))
  mkdirSync(join(home, 'artifacts/r1/out'), { recursive: true })
  writeFileSync(join(home, 'artifacts/r1/out/hits.json'), '[1]')
  writeFileSync(join(home, 'secret.txt'), 'secret')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const read = (path: string, listed = [path]): string => Buffer.from(readArtifact(home, { id: 'r1', files: listed.map((name) => ({ path: name, bytes: 3 })) } as Run, path)).toString()
const codeOf = (work: () => unknown): string => {
  try {
    return String(work())
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('a file that a script wrote', () => {
  it('is read where the run lists it', () => {
    expect(read('out/hits.json')).toBe('[1]')
    expect(codeOf(() => read('out/hits.json', []))).toBe('artifact_unknown')
    expect(codeOf(() => readArtifact(home, { id: 'r1' } as Run, 'out/hits.json'))).toBe('artifact_unknown')
  })

  it('is never one outside of the run, whatever its name or a link says', () => {
    symlinkSync(join(home, 'secret.txt'), join(home, 'artifacts/r1/link.txt'))
    for (const path of ['../../secret.txt', 'link.txt', 'out', 'none.txt', '']) expect(codeOf(() => read(path)), path).toBe('artifact_gone')
  })
})
