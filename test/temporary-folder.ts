import { mkdtempSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, expect, inject } from 'vitest'
import { endFile } from './at-end.ts'

/*
 * Runs before each file of tests, also where files share a process: the file, and every process that it starts, finds its
 * temporary files in a folder of its own, which is gone when it ends. Tests need not remove what they make there.
 */
const outer = process.env['TMPDIR']
const folder = mkdtempSync(join(inject('temporaryRoot'), `${basename(expect.getState().testPath ?? 'tests', '.test.ts')}-`))
process.env['TMPDIR'] = folder

// The first hook to be set is the last to run: whatever a file closes at its end is closed by then.
afterAll(async () => {
  await endFile()
  if (outer === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = outer
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})
