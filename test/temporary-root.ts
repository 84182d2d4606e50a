import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which each file of tests has its temporary folder. */
    temporaryRoot: string
  }
}

const NAME = /^strikescan-tests-(\d+)-/
const NAMES_TOLD = 20
const AFTER_ABORT = fileURLToPath(new URL('after-abort.ts', import.meta.url))

/**
 * Before all tests: one folder for what they keep for a while, and none of runs that were killed. After them: the folder is gone,
 * and what somebody left in it is told. A process that stands by ends what they started and left running, also where they are killed.
 */
export default function setup(project: TestProject): () => void {
  for (const name of readdirSync(tmpdir())) {
    const pid = NAME.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
  const root = mkdtempSync(join(tmpdir(), `strikescan-tests-${process.pid}-`))
  project.provide('temporaryRoot', root)
  // In a group of its own, so that what ends this process from a terminal does not end that one.
  const standby = spawn(process.execPath, [AFTER_ABORT, root], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  standby.on('error', (error) => console.error(`What the tests start is not ended if they are killed: ${error.message}`))
  standby.unref()
  return () => {
    standby.stdin.destroy()
    // Each file's own folder went with it, but where all its tests were skipped: what is in one came after its end, from what it did not stop.
    const left = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes(sep))
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
