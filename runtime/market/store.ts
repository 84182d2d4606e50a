import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { MarketProvider } from '../../sdk/market.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { Catalogue, type ImportRecord, type SnapshotKind, type SnapshotRecord } from './catalogue.ts'
import { renameDurably, withStoreErrors } from './durable-files.ts'
import type { ImportedFile, ImportOptions, ImportProgress, ImportReport } from './import/report.ts'
import { openSnapshot, type Snapshot } from './snapshot.ts'
import { checkSnapshot } from './snapshot-check.ts'
import type { SnapshotIndex } from './snapshot-index.ts'
import { SnapshotWriter } from './snapshot-writer.ts'
import { StoreFolder } from './store-folder.ts'

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
  readonly #store: StoreFolder
  readonly #catalogue: Catalogue
  readonly #now: () => Date
  #open: Snapshot | null = null

  private constructor(folder: string, now: () => Date) {
    this.folder = folder
    this.#now = now
    this.#store = new StoreFolder(folder, 'snapshots', () => new Set(this.#catalogue.snapshots().map(({ id }) => id)))
    this.#catalogue = new Catalogue(folder)
  }

  /**
   * Opens the store of a state folder, creating it where there is none, and clears what a killed import left behind.
   * Throws `store_unwritable`, `store_catalogue_damaged` or `store_version`.
   */
  static open(home: string, now: () => Date = () => new Date()): BarStore {
    const store = new BarStore(join(home, 'market'), now)
    try {
      store.#store.sweepIfFree()
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
    return record === undefined ? null : this.#opened(record.id)
  }

  /** A snapshot by its id, current or not. Throws `snapshot_gone` where the store has it no longer, and `snapshot_damaged`. */
  snapshot(id: string): Snapshot {
    this.checkKept(id)
    return this.#opened(id)
  }

  /** Throws `snapshot_gone` where the store has the snapshot no longer. */
  checkKept(id: string): void {
    const isListed = this.#catalogue.snapshots().some((record) => record.id === id)
    // Its folder may have been removed by hand.
    if (!isListed || !existsSync(this.#store.partPath(id))) throw new StrikescanError('snapshot_gone', { snapshot: id })
  }

  /** Holds the content of a snapshot against its name. Gives the bytes read. Throws as `snapshot` does. */
  async verify(id: string): Promise<number> {
    this.checkKept(id)
    return checkSnapshot(this.#store.partPath(id))
  }

  #opened(id: string): Snapshot {
    if (this.#open?.id !== id) this.#open = openSnapshot(this.#store.partPath(id))
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
    return this.#store.writing(`making the data of ${provider.name}`, BUILD_LOCK_WAIT_MS, async (temporary) => {
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
      await this.#place(folder, index.id)
      this.#catalogue.publish('provided', index, provider.fingerprint, this.#now().toISOString(), [], null)
      return this.snapshot(index.id)
    })
  }

  /**
   * Imports files and folders of daily bars into the store: all of them or, where one fails, none. The order of files,
   * and of imports without `replace`, does not matter. Throws the registry's `import_…` and `store_…` errors.
   */
  async importBars(paths: readonly string[], options: ImportOptions = {}, onProgress: (progress: ImportProgress) => void = () => {}): Promise<ImportReport> {
    return this.#store.writing('importing bars', options.lockWaitMs ?? IMPORT_LOCK_WAIT_MS, async (temporary) => {
      const base = this.currentOf('imported')
      const folder = join(temporary, 'snapshot')
      // Loaded here, with all that reads files: most commands import nothing.
      const { importInto } = await import('./import/import-into.ts')
      const { report, index } = await importInto(folder, temporary, base, paths, options, onProgress)
      if (index === null) return report
      if (!report.unchanged) await this.#place(folder, index.id)
      this.#catalogue.publish('imported', index, null, this.#now().toISOString(), filesOnDisk(report.files), report)
      return report
    })
  }

  /** Forgets all data but the snapshots in `used`, which are current no more; gives their ids. Throws `store_busy` while another process writes. */
  async reset(used: ReadonlySet<string> = new Set()): Promise<string[]> {
    return this.#store.writing('resetting the store', RESET_LOCK_WAIT_MS, async () => {
      this.#open = null
      const kept = this.#catalogue.snapshots().flatMap(({ id }) => (used.has(id) ? [id] : []))
      this.#catalogue.clear(kept)
      this.#store.sweep()
      return kept
    })
  }

  /** Removes all but the current snapshots, those in `used`, and the newest `keep` others of each kind; gives the ids removed. */
  async prune(keep: number, used: ReadonlySet<string> = new Set()): Promise<string[]> {
    return this.#store.writing('pruning the store', RESET_LOCK_WAIT_MS, async () => {
      const past = this.#catalogue.snapshots().filter((record) => !record.current && !used.has(record.id)).reverse()
      const ids = (['imported', 'provided'] as const).flatMap((kind) => past.filter((record) => record.kind === kind).slice(keep).map((record) => record.id))
      this.#catalogue.forget(ids)
      this.#store.sweep()
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

  /** Moves a finished snapshot's folder into place. Where the same snapshot is there and sound, that one stays. */
  async #place(folder: string, id: string): Promise<void> {
    const target = this.#store.partPath(id)
    if (existsSync(target)) {
      try {
        await checkSnapshot(target)
        return
      } catch {
        rmSync(target, { recursive: true, force: true })
      }
    }
    withStoreErrors(this.folder, () => renameDurably(folder, target))
  }
}

/** The files that were named to an import: all members of an archive are one. */
function filesOnDisk(files: readonly ImportedFile[]): Omit<ImportRecord, 'snapshot' | 'importedAt'>[] {
  const found = new Map<string, Omit<ImportRecord, 'snapshot' | 'importedAt'>>()
  for (const { name, member, sha256, rowsRead } of files) {
    const path = member === null ? name : name.slice(0, -member.length - 1)
    const known = found.get(path)
    if (known === undefined) found.set(path, { sha256, name: path, members: member === null ? 0 : 1, member, rowsRead })
    else {
      known.members++
      known.rowsRead += rowsRead
    }
  }
  return [...found.values()]
}
