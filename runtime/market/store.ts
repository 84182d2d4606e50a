import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { MarketProvider } from '../../sdk/market.ts'
import { Catalogue, type ImportRecord, type SnapshotKind, type SnapshotRecord } from './catalogue.ts'
import { makeFolder, renameDurably, storeError, syncFolder, withStoreErrors } from './durable-files.ts'
import { takeImportLock, tryImportLock } from './import-lock.ts'
import { importInto } from './import/import-into.ts'
import type { ImportOptions, ImportProgress, ImportReport } from './import/report.ts'
import { openSnapshot, type Snapshot } from './snapshot.ts'
import type { SnapshotIndex } from './snapshot-index.ts'
import { SnapshotWriter } from './snapshot-writer.ts'

const BUILD_LOCK_WAIT_MS = 60_000
const IMPORT_LOCK_WAIT_MS = 5000
const RESET_LOCK_WAIT_MS = 5000
const SYMBOLS_PER_PAUSE = 64
const SUMMARY_IMPORTS = 20

/** What is in a store; `current` is what a run would read. */
export interface StoreSummary {
  folder: string
  current: SnapshotRecord | null
  snapshots: SnapshotRecord[]
  /** The last imported files, newest first. */
  imports: ImportRecord[]
}

/** How far the making of a provider's snapshot is. */
export interface BuildProgress {
  symbolsDone: number
  barsDone: number
}

/**
 * The bars of a state folder, in `market/` below it: immutable snapshots and a catalogue that says which is current.
 * Any number of processes may read while one writes; a writer that dies leaves the store as it was.
 */
export class BarStore {
  readonly folder: string
  readonly #catalogue: Catalogue
  readonly #now: () => Date
  #open: Snapshot | null = null

  private constructor(folder: string, now: () => Date) {
    this.folder = folder
    this.#now = now
    makeFolder(join(folder, 'snapshots'))
    makeFolder(join(folder, 'temporary'))
    this.#catalogue = new Catalogue(folder)
  }

  /**
   * Opens the store of a state folder, creating it where there is none, and clears what a killed import left behind.
   * Throws `store_unwritable`, `store_catalogue_damaged` or `store_version`.
   */
  static open(home: string, now: () => Date = () => new Date()): BarStore {
    const store = new BarStore(join(home, 'market'), now)
    try {
      store.#sweepIfFree()
    } catch (error) {
      store.close()
      throw error
    }
    return store
  }

  /** The snapshot that a run reads: imported data before a provider's; null where there is neither. Throws `snapshot_damaged`. */
  current(): Snapshot | null {
    return this.currentOf('imported') ?? this.currentOf('provided')
  }

  /** The current snapshot of a kind, or null. */
  currentOf(kind: SnapshotKind): Snapshot | null {
    const record = this.#catalogue.current(kind)
    return record === undefined ? null : this.snapshot(record.id)
  }

  /** A snapshot by its id, current or not. Throws `snapshot_damaged` where it is not there any more. */
  snapshot(id: string): Snapshot {
    if (this.#open?.id !== id) this.#open = openSnapshot(this.#snapshotFolder(id))
    return this.#open
  }

  summary(): StoreSummary {
    const snapshots = this.#catalogue.snapshots()
    const current = this.#catalogue.current('imported') ?? this.#catalogue.current('provided') ?? null
    return { folder: this.folder, current, snapshots, imports: this.#catalogue.imports(SUMMARY_IMPORTS) }
  }

  /** The report of the last import that finished, or null. */
  lastImport(): ImportReport | null {
    return this.#catalogue.lastReport() as ImportReport | null
  }

  /**
   * The snapshot of everything a provider gives: the stored one where its fingerprint is the same, else made anew.
   * Throws `provider_bars_invalid`, `store_busy`, `store_unwritable` or `store_disk_full`.
   */
  async buildFromProvider(provider: MarketProvider, onProgress: (progress: BuildProgress) => void = () => {}): Promise<Snapshot> {
    const stored = this.#storedFor(provider)
    if (stored !== null) return stored
    return this.#writing(`making the data of ${provider.name}`, BUILD_LOCK_WAIT_MS, async (temporary) => {
      // Another process may have made it while this one waited.
      const meanwhile = this.#storedFor(provider)
      if (meanwhile !== null) return meanwhile
      const folder = join(temporary, 'snapshot')
      const writer = new SnapshotWriter(folder, { provider: provider.name, simulated: provider.simulated })
      let index: SnapshotIndex
      try {
        const progress: BuildProgress = { symbolsDone: 0, barsDone: 0 }
        for (const bars of provider.bars()) {
          writer.add(bars)
          progress.symbolsDone++
          progress.barsDone += bars.day.length
          if (progress.symbolsDone % SYMBOLS_PER_PAUSE === 0) {
            onProgress({ ...progress })
            await breathe()
          }
        }
        onProgress({ ...progress })
        index = writer.finish()
      } finally {
        writer.abort()
      }
      this.#place(folder, index.id)
      this.#catalogue.publish('provided', index, provider.fingerprint, this.#now().toISOString(), [], null)
      return this.snapshot(index.id)
    })
  }

  /**
   * Imports files and folders of daily bars into the store: all of them or, where one fails, none. The order of files,
   * and of imports without `replace`, does not matter. Throws the registry's `import_…` and `store_…` errors.
   */
  async importBars(paths: readonly string[], options: ImportOptions = {}, onProgress: (progress: ImportProgress) => void = () => {}): Promise<ImportReport> {
    return this.#writing('importing bars', options.lockWaitMs ?? IMPORT_LOCK_WAIT_MS, async (temporary) => {
      const base = this.currentOf('imported')
      const folder = join(temporary, 'snapshot')
      const { report, index } = await importInto(folder, temporary, base, paths, options, onProgress)
      if (index === null) return report
      if (!report.unchanged) this.#place(folder, index.id)
      this.#catalogue.publish('imported', index, null, this.#now().toISOString(), report.files, report)
      return report
    })
  }

  /** Removes all data. Throws `store_busy` while another process writes. */
  async reset(): Promise<void> {
    await this.#writing('resetting the store', RESET_LOCK_WAIT_MS, async () => {
      this.#open = null
      this.#catalogue.clear()
      this.#sweep()
    })
  }

  /** Removes all but the current snapshots, those in `used`, and the newest `keep` others of each kind; gives the ids removed. */
  async prune(keep: number, used: ReadonlySet<string> = new Set()): Promise<string[]> {
    return this.#writing('pruning the store', RESET_LOCK_WAIT_MS, async () => {
      const past = this.#catalogue.snapshots().filter((record) => !record.current && !used.has(record.id)).reverse()
      const ids = (['imported', 'provided'] as const).flatMap((kind) => past.filter((record) => record.kind === kind).slice(keep).map((record) => record.id))
      this.#catalogue.forget(ids)
      this.#sweep()
      return ids
    })
  }

  close(): void {
    this.#catalogue.close()
  }

  #storedFor(provider: MarketProvider): Snapshot | null {
    const record = this.#catalogue.current('provided')
    const same = record !== undefined && record.fingerprint === provider.fingerprint && record.provider === provider.name && record.simulated === provider.simulated
    if (!same) return null
    try {
      return this.snapshot(record.id)
    } catch {
      // A provider's data can always be made again, so a damaged copy of it is no reason to stop.
      return null
    }
  }

  /** Runs `work` as the only writer, with a temporary folder of its own. */
  async #writing<T>(purpose: string, waitMs: number, work: (temporary: string) => Promise<T>): Promise<T> {
    const lock = await takeImportLock(this.folder, purpose, waitMs)
    const temporary = join(this.folder, 'temporary', randomBytes(8).toString('hex'))
    try {
      this.#sweep()
      makeFolder(temporary)
      return await work(temporary)
    } catch (error) {
      throw storeError(this.folder, error)
    } finally {
      rmSync(temporary, { recursive: true, force: true })
      lock.release()
    }
  }

  /** Moves a finished snapshot's folder into place. Where the same snapshot is there and sound, that one stays. */
  #place(folder: string, id: string): void {
    const target = this.#snapshotFolder(id)
    if (existsSync(target)) {
      try {
        openSnapshot(target)
        return
      } catch {
        rmSync(target, { recursive: true, force: true })
      }
    }
    withStoreErrors(this.folder, () => renameDurably(folder, target))
  }

  #snapshotFolder(id: string): string {
    return join(this.folder, 'snapshots', id)
  }

  #sweepIfFree(): void {
    if (this.#leftovers().length === 0) return
    const lock = tryImportLock(this.folder, 'clearing leftovers')
    if (lock === null) return
    try {
      this.#sweep()
    } finally {
      lock.release()
    }
  }

  /** Removes what no catalogue entry names; only for the holder of the lock. */
  #sweep(): void {
    const leftovers = this.#leftovers()
    if (leftovers.length === 0) return
    withStoreErrors(this.folder, () => {
      for (const path of leftovers) rmSync(path, { recursive: true, force: true })
      syncFolder(join(this.folder, 'snapshots'))
    })
  }

  #leftovers(): string[] {
    const known = new Set(this.#catalogue.snapshots().map((record) => record.id))
    const list = (name: string) => withStoreErrors(this.folder, () => readdirSync(join(this.folder, name)))
    return [
      ...list('temporary').map((name) => join(this.folder, 'temporary', name)),
      ...list('snapshots').filter((name) => !known.has(name)).map((name) => this.#snapshotFolder(name)),
    ]
  }
}
