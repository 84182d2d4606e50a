import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { openCatalogueFile } from '../catalogue-file.ts'
import { withStoreErrors } from '../durable-files.ts'

const SCHEMA_VERSION = 1
const TABLES = `
  CREATE TABLE generations (number INTEGER PRIMARY KEY, id TEXT NOT NULL, created_at TEXT NOT NULL) STRICT;
  CREATE TABLE recordings (
    ticker TEXT NOT NULL, source TEXT NOT NULL, key TEXT NOT NULL, day INTEGER NOT NULL, as_of INTEGER NOT NULL, contracts INTEGER NOT NULL,
    pack TEXT NOT NULL, position INTEGER NOT NULL, header_bytes INTEGER NOT NULL, length INTEGER NOT NULL, sha256 TEXT NOT NULL,
    added INTEGER NOT NULL, removed INTEGER
  ) STRICT;
  CREATE INDEX recordings_by_day ON recordings (ticker, day);
  CREATE INDEX recordings_by_key ON recordings (ticker, key)`
const ID_BYTES = 16
const EMPTY_ID = '0'.repeat(2 * ID_BYTES)

/** Where a recording is stored; immutable. Days since 1970-01-01, instants in epoch milliseconds. */
export interface RecordingEntry {
  readonly ticker: string
  readonly source: string
  /** Tells recordings of one ticker apart. */
  readonly key: string
  readonly day: number
  readonly asOf: number
  readonly contracts: number
  /** The file, and the place in it. Bytes. */
  readonly pack: string
  readonly offset: number
  readonly headerBytes: number
  readonly length: number
  /** SHA-256 of its bytes. */
  readonly sha256: string
}

/** One source in the store. */
export interface SourceSummary {
  readonly source: string
  readonly tickers: number
  readonly recordings: number
  readonly contracts: number
  readonly firstDay: number
  readonly lastDay: number
}

/** A state of the store: entries come and go from one state to the next, and states stay readable. */
export interface Generation {
  readonly number: number
  /** Named by the content of all recordings in it, whatever order they came in. */
  readonly id: string
}

const COLUMNS = 'ticker, source, key, day, as_of, contracts, pack, position, header_bytes, length, sha256'
const IN_GENERATION = 'added <= ? AND (removed IS NULL OR removed > ?)'

/** The list of recordings: the one place that says which are current. */
export class ChainCatalogue {
  readonly #database: DatabaseSync
  readonly #folder: string

  /** Opens or creates `catalog.db` in the folder. Throws `store_unwritable`, `store_catalogue_damaged` or `store_version`. */
  constructor(folder: string) {
    this.#folder = folder
    this.#database = openCatalogueFile(folder, SCHEMA_VERSION, TABLES)
  }

  /** The current state; null where it holds nothing. */
  current(): Generation | null {
    const latest = this.#latest()
    return latest.id === EMPTY_ID ? null : latest
  }

  /** The newest recording of a ticker whose day is not after `lastDay`. */
  newest({ number }: Generation, ticker: string, lastDay: number): RecordingEntry | null {
    const rows = this.#all(
      `SELECT ${COLUMNS} FROM recordings WHERE ticker = ? AND day <= ? AND ${IN_GENERATION} ORDER BY day DESC, as_of DESC, contracts DESC, source LIMIT 1`,
      ticker, lastDay, number, number,
    )
    return rows[0] === undefined ? null : entryOf(rows[0])
  }

  /** The recording of a ticker under its key. */
  find({ number }: Generation, ticker: string, key: string): RecordingEntry | null {
    const row = this.#all(`SELECT ${COLUMNS} FROM recordings WHERE ticker = ? AND key = ? AND ${IN_GENERATION}`, ticker, key, number, number)[0]
    return row === undefined ? null : entryOf(row)
  }

  sources({ number }: Generation): SourceSummary[] {
    return this.#all(
      `SELECT source, COUNT(DISTINCT ticker) AS tickers, COUNT(*) AS recordings, SUM(contracts) AS contracts, MIN(day) AS first_day, MAX(day) AS last_day
       FROM recordings WHERE ${IN_GENERATION} GROUP BY source ORDER BY source`,
      number, number,
    ).map((row) => ({
      source: String(row['source']),
      tickers: Number(row['tickers']),
      recordings: Number(row['recordings']),
      contracts: Number(row['contracts']),
      firstDay: Number(row['first_day']),
      lastDay: Number(row['last_day']),
    }))
  }

  /** Distinct tickers, in order. */
  tickers({ number }: Generation): string[] {
    return this.#all(`SELECT DISTINCT ticker FROM recordings WHERE ${IN_GENERATION} ORDER BY ticker`, number, number).map((row) => String(row['ticker']))
  }

  /** Distinct days on which something was recorded, in order. */
  days({ number }: Generation): number[] {
    return this.#all(`SELECT DISTINCT day FROM recordings WHERE ${IN_GENERATION} ORDER BY day`, number, number).map((row) => Number(row['day']))
  }

  /** Every pack that any state needs. */
  packs(): Set<string> {
    return new Set(this.#all('SELECT DISTINCT pack FROM recordings').map((row) => String(row['pack'])))
  }

  /** Makes a new state: entries take the place of those with their ticker and key. In one transaction. */
  publish(entries: readonly RecordingEntry[], at: string): Generation {
    return this.#transaction(() => {
      const previous = this.#latest()
      const number = previous.number + 1
      const remove = this.#database.prepare('UPDATE recordings SET removed = ? WHERE ticker = ? AND key = ? AND removed IS NULL RETURNING sha256')
      const insert = this.#database.prepare(`INSERT INTO recordings (${COLUMNS}, added) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
      let sum = BigInt(`0x${previous.id}`)
      for (const entry of entries) {
        for (const row of remove.all(number, entry.ticker, entry.key)) sum -= weightOf({ ...entry, sha256: String(row['sha256']) })
        const { ticker, source, key, day, asOf, contracts, pack, offset, headerBytes, length, sha256 } = entry
        insert.run(ticker, source, key, day, asOf, contracts, pack, offset, headerBytes, length, sha256, number)
        sum += weightOf(entry)
      }
      const id = BigInt.asUintN(8 * ID_BYTES, sum).toString(16).padStart(2 * ID_BYTES, '0')
      this.#database.prepare('INSERT INTO generations (number, id, created_at) VALUES (?, ?, ?)').run(number, id, at)
      return { number, id }
    })
  }

  /** Empties the list. Numbers of states are not used again, so that a reader of an old one finds nothing rather than something else. */
  clear(at: string): void {
    this.#transaction(() => {
      const { number } = this.#latest()
      this.#database.exec('DELETE FROM recordings; DELETE FROM generations')
      this.#database.prepare('INSERT INTO generations (number, id, created_at) VALUES (?, ?, ?)').run(number + 1, EMPTY_ID, at)
    })
  }

  close(): void {
    this.#database.close()
  }

  #latest(): Generation {
    const row = this.#all('SELECT number, id FROM generations ORDER BY number DESC LIMIT 1')[0]
    return row === undefined ? { number: 0, id: EMPTY_ID } : { number: Number(row['number']), id: String(row['id']) }
  }

  #all(sql: string, ...values: (number | string)[]): Record<string, unknown>[] {
    return withStoreErrors(this.#folder, () => this.#database.prepare(sql).all(...values))
  }

  #transaction<T>(work: () => T): T {
    return withStoreErrors(this.#folder, () => {
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        this.#database.exec('COMMIT')
        return result
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }
}

/** What an entry adds to the state's id: a sum of hashes does not depend on the order in which they came. */
function weightOf({ ticker, key, sha256 }: Pick<RecordingEntry, 'ticker' | 'key' | 'sha256'>): bigint {
  const digest = createHash('sha256').update(`${ticker}\n${key}\n${sha256}`).digest('hex')
  return BigInt(`0x${digest.slice(0, 2 * ID_BYTES)}`)
}

function entryOf(row: Record<string, unknown>): RecordingEntry {
  return {
    ticker: String(row['ticker']),
    source: String(row['source']),
    key: String(row['key']),
    day: Number(row['day']),
    asOf: Number(row['as_of']),
    contracts: Number(row['contracts']),
    pack: String(row['pack']),
    offset: Number(row['position']),
    headerBytes: Number(row['header_bytes']),
    length: Number(row['length']),
    sha256: String(row['sha256']),
  }
}
