import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, storeError, syncFolder, withStoreErrors } from './durable-files.ts'
import { takeImportLock, tryImportLock } from './import-lock.ts'

const TEMPORARY = 'temporary'

/**
 * The folder of a store: its finished parts in a folder of their own, each moved there whole, and what a writer works on
 * in `temporary/`. There is one writer at a time, of any process; what one that died has left is removed by the next.
 */
export class StoreFolder {
  readonly path: string
  readonly #parts: string
  readonly #known: () => ReadonlySet<string>

  /**
   * @param parts the name of the folder of finished parts
   * @param known names of the parts that belong to the store
   */
  constructor(path: string, parts: string, known: () => ReadonlySet<string>) {
    this.path = path
    this.#parts = parts
    this.#known = known
    makeFolder(join(path, parts))
    makeFolder(join(path, TEMPORARY))
  }

  /** Where a finished part is. */
  partPath(name: string): string {
    return join(this.path, this.#parts, name)
  }

  /** Runs `work` as the only writer, with a temporary folder of its own. Throws `store_busy`, `store_unwritable` or `store_disk_full`. */
  async writing<T>(purpose: string, waitMs: number, work: (temporary: string) => Promise<T>): Promise<T> {
    const lock = await takeImportLock(this.path, purpose, waitMs)
    const temporary = join(this.path, TEMPORARY, randomBytes(8).toString('hex'))
    try {
      this.sweep()
      makeFolder(temporary)
      return await work(temporary)
    } catch (error) {
      throw storeError(this.path, error)
    } finally {
      rmSync(temporary, { recursive: true, force: true })
      lock.release()
    }
  }

  /** Removes what a writer left that died, unless another one is at work. */
  sweepIfFree(): void {
    if (this.#leftovers().length === 0) return
    const lock = tryImportLock(this.path, 'clearing leftovers')
    if (lock === null) return
    try {
      this.sweep()
    } finally {
      lock.release()
    }
  }

  /** Removes all parts that do not belong to the store; only for the writer. */
  sweep(): void {
    const leftovers = this.#leftovers()
    if (leftovers.length === 0) return
    withStoreErrors(this.path, () => {
      for (const path of leftovers) rmSync(path, { recursive: true, force: true })
      syncFolder(join(this.path, this.#parts))
    })
  }

  #leftovers(): string[] {
    const known = this.#known()
    const list = (name: string) => withStoreErrors(this.path, () => readdirSync(join(this.path, name)))
    return [
      ...list(TEMPORARY).map((name) => join(this.path, TEMPORARY, name)),
      ...list(this.#parts).filter((name) => !known.has(name)).map((name) => this.partPath(name)),
    ]
  }
}
