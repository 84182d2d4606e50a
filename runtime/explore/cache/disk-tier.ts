import { accessSync, closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { openWalDatabase, userVersion } from '../../sqlite/wal-database.ts'
import type { EncodedEntry } from './entry.ts'
import { keyText, type EntryKey } from './entry-key.ts'

/** Version of the table: a file of another version is begun anew. */
const TABLE_VERSION = 1
const FILE_NAME = 'option-chains.db'

/** Longest wait for another process that writes; what is not written then is fetched again some day. */
const BUSY_MS = 100
/** The same while the file is opened, which may be while another process makes it. */
const BUSY_AT_OPENING_MS = 2_000
/** What a row takes beside its bytes. */
const ROW_BYTES = 200
const WRITES_BETWEEN_PRUNINGS = 256
const MAX_PENDING = 64
/** Share of the limit that pruning leaves, so that not every write prunes. */
const KEPT_SHARE = 0.9

/** Primary result codes of SQLite: another process writes; and those that are troubles of the disk or the machine, all others being the file's own. */
const SQLITE_BUSY = 5
const SQLITE_READONLY = 8
const OF_THE_DISK = new Set([3 /* PERM */, 6 /* LOCKED */, 7 /* NOMEM */, 10 /* IOERR */, 13 /* FULL */, 14 /* CANTOPEN */, 22 /* NOLFS */, 23 /* AUTH */])

const TABLE = `
  create table if not exists entries (
    identity text not null, ticker text not null, kind text not null, expiration text not null,
    fetched_at integer not null, bytes blob not null, size integer not null,
    primary key (identity, ticker, kind, expiration)
  );
  create index if not exists entries_by_age on entries (fetched_at, size);
  pragma user_version = ${TABLE_VERSION};
`

export interface DiskTierOptions {
  /** Folder of the file; made where it does not exist. */
  readonly folder: string
  readonly maxBytes: number
  /** Entries that were fetched before the first instant or after the second, in epoch milliseconds, are of no use. */
  readonly usable: () => readonly [from: number, to: number]
  /** Told, at most once, that entries are no longer kept on disk, and at most once that the file was damaged. */
  readonly warn: (message: string) => void
}

/**
 * Entries in one SQLite file, shared by all processes of a state folder. Never throws and never waits long: a file that cannot be used is
 * done without, a damaged one is begun anew.
 *
 * SQLite rather than cacache: one write takes less than a file of its own, limits of size and age are one statement instead of a pass over all
 * files, and it is there already.
 */
export class DiskTier {
  readonly #options: DiskTierOptions
  readonly #file: string
  /** What is written with the next flush, by key. */
  #pending = new Map<string, EncodedEntry>()
  #open: { database: DatabaseSync; select: StatementSync; kinds: StatementSync; upsert: StatementSync; begin: StatementSync; commit: StatementSync } | null = null
  #isWritable = true
  #wasDamaged = false
  #writes = 0
  #damages = 0

  constructor(options: DiskTierOptions) {
    this.#options = options
    this.#file = join(options.folder, FILE_NAME)
    this.#try('opened', () => this.#openFile())
    this.#prune()
  }

  /** How often, since this was asked last, the file itself turned out to be damaged: all its entries are then gone. */
  takeDamages(): number {
    const damages = this.#damages
    this.#damages = 0
    return damages
  }

  /** The bytes last written for a key, null where there are none. */
  read(key: EntryKey): Uint8Array | null {
    const pending = this.#pending.size === 0 ? undefined : this.#pending.get(keyText(key))
    if (pending !== undefined) return pending.bytes
    const { identity, ticker, kind, expiration } = key
    const row = this.#try('read', () => this.#open?.select.get(identity, ticker, kind, expiration))
    return row?.bytes instanceof Uint8Array ? row.bytes : null
  }

  /** Keeps an entry to be written with the next flush, all in one transaction: each of its own takes as long as three entries do. */
  write(entry: EncodedEntry): void {
    if (!this.#isWritable) return
    this.#pending.set(keyText(entry.key), entry)
    if (this.#pending.size >= MAX_PENDING) this.flush()
  }

  /** Writes what is kept. */
  flush(): void {
    if (this.#pending.size === 0) return
    const entries = [...this.#pending.values()]
    // Not cleared: the tables of one Map hang together, and the garbage collector would keep the bytes of all flushes alive with them for long.
    this.#pending = new Map()
    this.#try('written', () => this.#writeAll(entries))
    const before = this.#writes
    this.#writes += entries.length
    if (Math.floor(this.#writes / WRITES_BETWEEN_PRUNINGS) > Math.floor(before / WRITES_BETWEEN_PRUNINGS)) this.#prune()
  }

  #writeAll(entries: readonly EncodedEntry[]): void {
    if (!this.#open || !this.#isWritable) return
    const { database, upsert, begin, commit } = this.#open
    begin.run()
    try {
      for (const { key, fetchedAt, bytes } of entries) upsert.run(key.identity, key.ticker, key.kind, key.expiration, Math.round(fetchedAt), bytes, bytes.length + ROW_BYTES)
      commit.run()
    } catch (error) {
      // Some errors end the transaction by themselves.
      if (database.isTransaction) database.exec('rollback')
      throw error
    }
  }

  /** Kinds of usable entries by ticker, of those tickers that have any fetched at `notBefore` (epoch milliseconds) or later. */
  kindsOf(identity: string, tickers: readonly string[], notBefore = -Infinity): Map<string, EntryKey['kind'][]> {
    this.flush()
    const [oldest, to] = this.#options.usable()
    const from = Math.max(oldest, notBefore)
    const rows = this.#try('read', () => this.#open?.kinds.all(identity, JSON.stringify(tickers), Math.round(from), Math.round(to)))
    const kinds = new Map<string, EntryKey['kind'][]>()
    for (const { ticker, kind } of (rows ?? []) as { ticker: string; kind: EntryKey['kind'] }[]) kinds.set(ticker, [...(kinds.get(ticker) ?? []), kind])
    return kinds
  }

  close(): void {
    this.flush()
    this.#try('closed', () => this.#open?.database.close())
    this.#open = null
  }

  /** Removes what is of no use any more, then the oldest until the rest is within the limit. */
  #prune(): void {
    const [from, to] = this.#options.usable()
    this.#try('written', () => {
      if (!this.#open || !this.#isWritable) return
      const { database } = this.#open
      database.prepare('delete from entries where fetched_at < ?').run(Math.round(from))
      const { changes: future } = database.prepare('delete from entries where fetched_at > ?').run(Math.round(to))
      if (Number(future) > 0) this.#options.warn(`The chain cache held ${future} ${Number(future) === 1 ? 'answer' : 'answers'} of later than now, as a clock that was set back leaves them: fetched again.`)
      const { total } = database.prepare('select coalesce(sum(size), 0) as total from entries').get() as { total: number }
      if (total > this.#options.maxBytes) {
        const sql = `delete from entries where rowid in (
          select id from (select rowid as id, sum(size) over (order by fetched_at desc, rowid) as kept from entries) where kept > ?)`
        database.prepare(sql).run(Math.floor(this.#options.maxBytes * KEPT_SHARE))
      }
      database.exec('pragma incremental_vacuum')
    })
  }

  #openFile(): void {
    mkdirSync(this.#options.folder, { recursive: true })
    const database = openWalDatabase(this.#file, { waitMs: BUSY_AT_OPENING_MS, before: 'pragma auto_vacuum = incremental' })
    try {
      // Without waiting for the disk, ever: what a loss of power may leave behind shows as damage.
      database.exec('pragma synchronous = off; pragma cache_size = -2048')
      const version = userVersion(database)
      if (version !== 0 && version !== TABLE_VERSION) database.exec('drop table if exists entries')
      if (version !== TABLE_VERSION) database.exec(`begin immediate; ${TABLE} commit`)
      database.exec(`pragma busy_timeout = ${BUSY_MS}`)
      this.#open = {
        database,
        select: database.prepare('select bytes from entries where identity = ? and ticker = ? and kind = ? and expiration = ?'),
        kinds: database.prepare('select distinct ticker, kind from entries where identity = ? and ticker in (select value from json_each(?)) and fetched_at between ? and ?'),
        upsert: database.prepare(`insert into entries (identity, ticker, kind, expiration, fetched_at, bytes, size) values (?, ?, ?, ?, ?, ?, ?)
          on conflict do update set fetched_at = excluded.fetched_at, bytes = excluded.bytes, size = excluded.size`),
        begin: database.prepare('begin immediate'),
        commit: database.prepare('commit'),
      }
    } catch (error) {
      database.close()
      throw error
    }
  }

  /** The result of an action on the file; undefined where it failed, after which the tier goes on with what is left of it. */
  #try<T>(done: 'opened' | 'read' | 'written' | 'closed', action: () => T): T | undefined {
    try {
      return action()
    } catch (error) {
      this.#degrade(done, error as Error & { errcode?: number })
      return undefined
    }
  }

  #degrade(done: string, error: Error & { errcode?: number }): void {
    // Extended codes carry the primary one in their lowest byte.
    const code = error.errcode === undefined ? null : error.errcode & 0xff
    if (code === SQLITE_BUSY) return
    if (code !== null && !OF_THE_DISK.has(code) && !(code === SQLITE_READONLY && !isWritable(this.#file))) return this.#beginAnew()
    const loss = done === 'written' ? 'new option chains are kept in memory only' : 'option chains are kept in memory only'
    if (this.#isWritable) this.#options.warn(`The chain cache ${this.#file} cannot be ${done} (${error.message}): ${loss}.`)
    this.#isWritable = false
    // What was written before can still be read where only writing fails.
    if (done !== 'written') this.#discard()
  }

  #beginAnew(): void {
    this.#damages++
    this.#discard()
    if (this.#wasDamaged) return void (this.#isWritable = false)
    this.#wasDamaged = true
    this.#try('opened', () => {
      for (const suffix of ['', '-wal', '-shm']) rmSync(this.#file + suffix, { force: true })
      this.#openFile()
      this.#options.warn(`The chain cache ${this.#file} was damaged and is begun anew.`)
    })
  }

  #discard(): void {
    try {
      this.#open?.database.close()
    } catch {
      // It is left behind in any case.
    }
    this.#open = null
  }
}

/** Whether a file could be written and removed: SQLite also calls a file read-only that says so of itself, which is damage. */
function isWritable(file: string): boolean {
  try {
    accessSync(dirname(file), constants.W_OK)
    closeSync(openSync(file, 'r+'))
    return true
  } catch {
    return false
  }
}
