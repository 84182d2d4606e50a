import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { withStoreErrors } from './durable-files.ts'

const LOCK_FILE = 'import.lock'
const HOLDER_FILE = 'import.holder.json'
const RETRY_MS = 50

/** The right to write to a bar store, held by one process at a time. */
export interface ImportLock {
  release(): void
}

/**
 * Takes the write lock of the market folder, or gives null where another process holds it.
 *
 * The lock is an open write transaction on a database of its own: the operating system drops it when the process dies,
 * however it dies, and readers of the catalogue never meet it.
 */
export function tryImportLock(folder: string, purpose: string): ImportLock | null {
  const database = withStoreErrors(folder, () => new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 }))
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5) return null
    return withStoreErrors(folder, () => {
      throw error
    })
  }
  const holder = join(folder, HOLDER_FILE)
  try {
    withStoreErrors(folder, () => writeFileSync(holder, JSON.stringify({ pid: process.pid, purpose })))
  } catch (error) {
    database.close()
    throw error
  }
  return {
    release() {
      rmSync(holder, { force: true })
      database.close()
    },
  }
}

/** Takes the write lock, waiting up to `waitMs` for another process to finish; then throws `store_busy`, naming the holder. */
export async function takeImportLock(folder: string, purpose: string, waitMs: number): Promise<ImportLock> {
  for (let waited = 0; ; waited += RETRY_MS) {
    const lock = tryImportLock(folder, purpose)
    if (lock !== null) return lock
    if (waited >= waitMs) throw new StrikescanError('store_busy', { folder, holder: holderOf(folder), waited: waitMs / 1000 })
    await sleep(RETRY_MS)
  }
}

function holderOf(folder: string): string {
  try {
    const { pid, purpose } = JSON.parse(readFileSync(join(folder, HOLDER_FILE), 'utf8'))
    return `process ${pid} (${purpose})`
  } catch {
    // The holder has just begun or just ended.
    return 'another process'
  }
}
