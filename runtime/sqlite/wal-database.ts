import { DatabaseSync } from 'node:sqlite'

const SQLITE_BUSY = 5
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26
const RETRY_MS = 5

/** How a file is opened; the other pragmas of a user come after. */
export interface WalOptions {
  /** How long to wait for other processes, at opening and later. Milliseconds. */
  readonly waitMs: number
  /** Pragmas that must be set before the file's first page is written, such as `auto_vacuum`. */
  readonly before?: string
}

/**
 * A SQLite file in write-ahead mode, created where it is missing. Any number of processes may open it at the same moment.
 * Throws what SQLite throws, and closes the file before it does.
 */
export function openWalDatabase(file: string, { waitMs, before = '' }: WalOptions): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: waitMs })
  try {
    database.exec(before)
    enterWalMode(database, waitMs)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Creates the tables of an empty file in one transaction and marks it with `version`; a file that has a version is left as
 * it is. Gives the version the file has afterwards, which only the caller can judge.
 */
export function createTables(database: DatabaseSync, version: number, tables: string): number {
  const found = userVersion(database)
  if (found !== 0) return found
  database.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have created them since.
    const current = userVersion(database)
    if (current === 0) database.exec(`${tables}; PRAGMA user_version = ${version}`)
    database.exec('COMMIT')
    return current === 0 ? version : current
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** True for what SQLite throws: a file that can not be written or read, or is another's for too long. */
export function isSqliteError(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_SQLITE_ERROR'
}

/** True where another connection held the file for longer than was waited. */
export function isBusyError(error: unknown): boolean {
  return isSqliteError(error) && resultOf(error) === SQLITE_BUSY
}

/** True where the file's content is not what SQLite wrote. */
export function isDamageError(error: unknown): boolean {
  return isSqliteError(error) && [SQLITE_CORRUPT, SQLITE_NOTADB].includes(resultOf(error))
}

/** SQLite's result, without what says where it came from. */
const resultOf = (error: unknown): number => Number((error as { errcode?: number }).errcode) & 0xff

/** SQLite's `user_version`: 0 in a file without tables. */
export function userVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
}

/** The change to write-ahead mode needs the file alone for a moment, and SQLite does not wait for that by itself. */
function enterWalMode(database: DatabaseSync, waitMs: number): void {
  for (let waited = 0; ; waited += RETRY_MS) {
    try {
      database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (waited >= waitMs || !isBusyError(error)) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}
