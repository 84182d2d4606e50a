import type { DatabaseSync } from 'node:sqlite'
import { isoFromDay } from './days.ts'
import { openCatalogueFile } from './catalogue-file.ts'
import { withStoreErrors } from './durable-files.ts'
import type { SnapshotIndex } from './snapshot-index.ts'

const SCHEMA_VERSION = 2
const TABLES = `
  CREATE TABLE snapshots (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, provider TEXT NOT NULL, simulated INTEGER NOT NULL, fingerprint TEXT,
    created_at TEXT NOT NULL, symbols INTEGER NOT NULL, bars INTEGER NOT NULL, first_date TEXT NOT NULL, last_date TEXT NOT NULL,
    current INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE imports (
    sha256 TEXT NOT NULL, name TEXT NOT NULL, rows_read INTEGER NOT NULL, report TEXT NOT NULL, snapshot TEXT NOT NULL, imported_at TEXT NOT NULL,
    members INTEGER NOT NULL DEFAULT 0, member TEXT
  ) STRICT`
/** What brings the tables of an earlier version to this one, by that version. */
const UPGRADES = {
  1: "ALTER TABLE imports ADD COLUMN members INTEGER NOT NULL DEFAULT 0; ALTER TABLE imports ADD COLUMN member TEXT; UPDATE imports SET report = 'null'",
}

/** Imported data and data that a provider made are kept apart, each with a current snapshot. */
export type SnapshotKind = 'imported' | 'provided'

/** One snapshot as the catalogue lists it; dates ISO, instants ISO with zone. */
export interface SnapshotRecord {
  id: string
  kind: SnapshotKind
  provider: string
  simulated: boolean
  fingerprint: string | null
  createdAt: string
  symbols: number
  bars: number
  firstDate: string
  lastDate: string
  current: boolean
}

/** One imported file, as the user named it. */
export interface ImportRecord {
  sha256: string
  name: string
  /** Files read from the archive that it is, 0 where it is none; and the name of the first of them in it. */
  members: number
  member: string | null
  rowsRead: number
  snapshot: string
  importedAt: string
}

/** The store's list of snapshots and imports: the one place that says which snapshot is current. */
export class Catalogue {
  readonly #database: DatabaseSync
  readonly #folder: string

  /** Opens or creates `catalog.db` in the market folder. Throws `store_unwritable`, `store_catalogue_damaged` or `store_version`. */
  constructor(folder: string) {
    this.#folder = folder
    this.#database = openCatalogueFile(folder, SCHEMA_VERSION, TABLES, UPGRADES)
  }

  /** The current snapshot of a kind, or undefined. */
  current(kind: SnapshotKind): SnapshotRecord | undefined {
    return this.snapshots().find((record) => record.kind === kind && record.current)
  }

  /** All snapshots, oldest first. */
  snapshots(): SnapshotRecord[] {
    return this.#all('SELECT * FROM snapshots ORDER BY created_at, rowid').map(snapshotRecord)
  }

  /** The last `limit` imported files, newest first. */
  imports(limit: number): ImportRecord[] {
    return this.#all('SELECT * FROM imports ORDER BY rowid DESC LIMIT ?', limit).map((row) => ({
      sha256: String(row['sha256']),
      name: String(row['name']),
      members: Number(row['members']),
      member: row['member'] === null ? null : String(row['member']),
      rowsRead: Number(row['rows_read']),
      snapshot: String(row['snapshot']),
      importedAt: String(row['imported_at']),
    }))
  }

  /** The report of the last finished import as it was stored, or null. */
  lastReport(): unknown {
    const row = this.#all('SELECT report FROM imports ORDER BY rowid DESC LIMIT 1')[0]
    return row === undefined ? null : JSON.parse(String(row['report']))
  }

  /** Makes a snapshot the current one of its kind and lists the files that led to it, in one transaction. */
  publish(
    kind: SnapshotKind,
    index: SnapshotIndex,
    fingerprint: string | null,
    at: string,
    files: readonly Omit<ImportRecord, 'snapshot' | 'importedAt'>[],
    report: unknown,
  ): void {
    this.#transaction(() => {
      const { id, provider, simulated } = index
      const bars = index.counts.reduce((sum, count) => sum + count, 0)
      const first = isoFromDay(index.firstDays.reduce((least, day) => Math.min(least, day), Infinity))
      const last = isoFromDay(index.lastDays.reduce((most, day) => Math.max(most, day), -Infinity))
      this.#database.prepare('UPDATE snapshots SET current = 0 WHERE kind = ?').run(kind)
      this.#database
        .prepare(
          `INSERT INTO snapshots (id, kind, provider, simulated, fingerprint, created_at, symbols, bars, first_date, last_date, current)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
           ON CONFLICT (id) DO UPDATE SET current = 1, fingerprint = excluded.fingerprint`,
        )
        .run(id, kind, provider, simulated ? 1 : 0, fingerprint, at, index.symbols.length, bars, first, last)
      const insert = this.#database.prepare('INSERT INTO imports (sha256, name, members, member, rows_read, report, snapshot, imported_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      // The report tells of all files: kept with each of them, thousands would take gigabytes.
      for (const [index, { sha256, name, members, member, rowsRead }] of files.entries()) {
        insert.run(sha256, name, members, member, rowsRead, index === files.length - 1 ? JSON.stringify(report) : 'null', id, at)
      }
    })
  }

  /** Takes snapshots off the list. */
  forget(ids: readonly string[]): void {
    this.#transaction(() => {
      const remove = this.#database.prepare('DELETE FROM snapshots WHERE id = ?')
      for (const id of ids) remove.run(id)
    })
  }

  /** Empties both lists but for the snapshots to be kept, of which none is current any more. */
  clear(kept: readonly string[]): void {
    this.#transaction(() => {
      this.#database.exec('UPDATE snapshots SET current = 0; DELETE FROM imports')
      this.#database.prepare('DELETE FROM snapshots WHERE id NOT IN (SELECT value FROM json_each(?))').run(JSON.stringify(kept))
    })
  }

  close(): void {
    this.#database.close()
  }

  #all(sql: string, ...values: number[]): Record<string, unknown>[] {
    return withStoreErrors(this.#folder, () => this.#database.prepare(sql).all(...values))
  }

  #transaction(work: () => void): void {
    withStoreErrors(this.#folder, () => {
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        work()
        this.#database.exec('COMMIT')
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }
}

function snapshotRecord(row: Record<string, unknown>): SnapshotRecord {
  return {
    id: String(row['id']),
    kind: row['kind'] === 'imported' ? 'imported' : 'provided',
    provider: String(row['provider']),
    simulated: row['simulated'] === 1,
    fingerprint: row['fingerprint'] === null ? null : String(row['fingerprint']),
    createdAt: String(row['created_at']),
    symbols: Number(row['symbols']),
    bars: Number(row['bars']),
    firstDate: String(row['first_date']),
    lastDate: String(row['last_date']),
    current: row['current'] === 1,
  }
}
