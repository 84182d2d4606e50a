import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which each file of tests has its temporary folder. */
    temporaryRoot: string
  }
}

const NAME = /^strikescan-tests-(\d+)-/
const NAMES_TOLD = 20

/** Before all tests: one folder for what they keep for a while, and none of runs that were killed. After them: the folder is gone, and what somebody left in it is told. */
export default function setup(project: TestProject): () => void {
  for (const name of readdirSync(tmpdir())) {
    const pid = NAME.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
  const root = mkdtempSync(join(tmpdir(), `strikescan-tests-${process.pid}-`))
  project.provide('temporaryRoot', root)
  return () => {
    // Each file's own folder went with it: what is here came after its end, from what it did not stop.
    const left = readdirSync(root, { recursive: true, encoding: 'utf8' })
    if (left.length > 0) console.error(`Left in the temporary folder, by something that outlived its test: ${left.slice(0, NAMES_TOLD).join(', ')}${left.length > NAMES_TOLD ? `, and ${left.length - NAMES_TOLD} more` : ''}`)
    rmSync(root, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
