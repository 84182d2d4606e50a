import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { findCompiler, SpareCompiler } from '../../../runtime/intake/compiler-process.ts'
import { inspectScript, startInspector, warmUpInspector } from '../../../runtime/intake/inspect.ts'
import { transpile } from '../../../runtime/intake/transpile.ts'
import { Spares, type Spare } from '../../../runtime/pool/spares.ts'

const until = async <T>(look: () => T | null): Promise<T> => {
  for (let left = 400; left > 0; left--) {
    const found = look()
    if (found !== null) return found
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('it never came')
}

describe('a process that stands by to read scripts', () => {
  it('has read one of ours by then, and answers for the author\'s alone', async () => {
    const spares = new Spares(1, {
      start: startInspector,
      warmUp: (process, answers) => {
        if (answers === 0) warmUpInspector(process)
        return answers > 0
      },
      mayBeTakenEarly: false,
    })
    try {
      spares.fill()
      const spare = await until<Spare>(() => spares.take())
      const { report, diagnostics } = await inspectScript({
        filename: 'own.js', bytes: Buffer.from("const SYMBOLS = ['OWN']\nexport function main() { return [] }\n"), modules: {}, maxBytes: 10_000, deadlineMs: 20_000, takeSpare: () => spare,
      })
      expect([report?.filename, report?.pattern, report?.symbols.sample, diagnostics.filter(({ severity }) => severity === 'error')]).toEqual(['own.js', 'main', ['OWN'], []])
    } finally {
      spares.close()
    }
  })
})

describe.skipIf(findCompiler() === null)('a compiler that stands by', () => {
  it('compiles as one that is started for it, is used once, and leaves nothing behind', async () => {
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = mkdtempSync(join(tmpdir(), 'strikescan-spare-compiler-'))
    const spare = new SpareCompiler()
    try {
      const source = 'const a: number = 1\nexport const b = a satisfies number\n'
      const fresh = await transpile(source, { filename: 'a.ts', loader: 'ts' })
      expect(spare.take('ts')).toBe(null)
      spare.open()
      const taken = await until(() => spare.take('ts'))
      expect(spare.take('ts')).toBe(null)
      expect(await transpile(source, { filename: 'a.ts', loader: 'ts', takeCompiler: () => taken })).toEqual(fresh)
      expect(taken.child.exitCode).toBe(0)
    } finally {
      spare.close()
      await until(() => (readdirSync(process.env['TMPDIR']!).length === 0 ? true : null))
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
  })
})
