import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'

import { StrikescanError } from '../errors/strikescan-error.ts'
import type { Row, RowStatus } from '../scan/row.ts'
import type { Run, RunEvent, RunStatus } from '../scan/run.ts'
import { isProcessAlive, processToken } from './owner.ts'
import { rowFromRecord, rowParameters, type RowRecord } from './row-record.ts'
import { JOURNAL_TABLES, JOURNAL_VERSION } from './schema.ts'

export interface StoredScanner {
  id: string
  sha256: string
  filename: string
  source: Uint8Array
  createdAt: string
}

export interface StoredRun {
  number: number
  id: string
  scannerId: string
  status: RunStatus
  plan: unknown
  state: Run
}

/** A row with its place in the run: symbols in the order asked for, dates within a symbol. */
export interface PlacedRow {
  position: number
  row: Row
}

const WRITE_WAIT_MS = 10_000
const CACHE_KB = 32_768
/** Pages (of 4 KB) that the log gathers before they are copied into the file: seldom enough for long runs. */
const CHECKPOINT_PAGES = 8_192

/**
 * The truth about runs: scanners, runs, rows and numbered events in one SQLite file that survives the death of any
 * process. Rows and the events that tell of them are written in one transaction, each row once.
 */
export class Journal {
  readonly #db: DatabaseSync
  readonly #insertRow: StatementSync
  readonly #insertEvent: StatementSync

  private constructor(db: DatabaseSync) {
    this.#db = db
    this.#insertRow = db.prepare('INSERT OR IGNORE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.#insertEvent = db.prepare('INSERT INTO events VALUES (?, ?, ?)')
  }

  /** Opens, or makes, the journal of a state folder. Throws `journal_unusable` where the folder or the file cannot serve. */
  static open(home: string): Journal {
    const file = join(home, 'journal.db')
    try {
      mkdirSync(home, { recursive: true })
      const db = new DatabaseSync(file)
      db.exec(`PRAGMA busy_timeout = ${WRITE_WAIT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -${CACHE_KB}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};`)
      const version = (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version
      if (version !== 0 && version !== JOURNAL_VERSION) {
        db.close()
        throw new StrikescanError('journal_version', { file, found: version, expected: JOURNAL_VERSION })
      }
      db.exec(`BEGIN IMMEDIATE; ${JOURNAL_TABLES} PRAGMA user_version = ${JOURNAL_VERSION}; COMMIT;`)
      return new Journal(db)
    } catch (error) {
      if (error instanceof StrikescanError) throw error
      throw new StrikescanError('journal_unusable', { file, problem: (error as Error).message }, { cause: error })
    }
  }

  /** Keeps a scanner's bytes under their hash; the same bytes again are the same scanner. */
  saveScanner(scanner: StoredScanner): { isNew: boolean } {
    const result = this.#db
      .prepare('INSERT OR IGNORE INTO scanners VALUES (?, ?, ?, ?, ?)')
      .run(scanner.id, scanner.sha256, scanner.filename, scanner.source, scanner.createdAt)
    return { isNew: result.changes === 1 }
  }

  scanner(id: string): StoredScanner | null {
    const found = this.#db
      .prepare('SELECT id, sha256, filename, source, created_at AS createdAt FROM scanners WHERE id = ?')
      .get(id) as unknown as StoredScanner | undefined
    return found ?? null
  }

  /** Registers a run as carried out by this process and gives its number. */
  createRun(run: Run, plan: unknown): number {
    const result = this.#db
      .prepare('INSERT INTO runs (id, scanner_id, status, created_at, plan, state, owner_pid, owner_token) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(run.id, run.scannerId, run.status, run.createdAt, JSON.stringify(plan), JSON.stringify(run), process.pid, processToken(process.pid))
    return Number(result.lastInsertRowid)
  }

  /** A run by its id, by a unique beginning of it, or `last`. */
  run(idOrBeginning: string): StoredRun | null {
    const found =
      idOrBeginning === 'last'
        ? this.#db.prepare('SELECT * FROM runs ORDER BY number DESC LIMIT 1').all()
        : this.#db.prepare('SELECT * FROM runs WHERE id >= ? AND id < ? LIMIT 2').all(idOrBeginning, `${idOrBeginning}\u{10ffff}`)
    if (found.length !== 1) return null
    return storedRun(found[0] as unknown as RunRecord)
  }

  runs(limit = 100): StoredRun[] {
    const found = this.#db.prepare('SELECT * FROM runs ORDER BY number DESC LIMIT ?').all(limit) as unknown as RunRecord[]
    return found.map(storedRun)
  }

  /**
   * Makes this process the one that carries a run out, or throws `run_busy` while another living process does.
   * Decided in one transaction, so of two that ask at once one gets it.
   */
  claimRun(number: number): void {
    this.transaction(() => {
      const owner = this.#db.prepare('SELECT id, owner_pid AS pid, owner_token AS token FROM runs WHERE number = ?').get(number) as unknown as {
        id: string
        pid: number | null
        token: string | null
      }
      if (owner.pid !== null && owner.pid !== process.pid && isProcessAlive(owner.pid, owner.token)) {
        throw new StrikescanError('run_busy', { run: owner.id, pid: owner.pid })
      }
      this.#db.prepare('UPDATE runs SET owner_pid = ?, owner_token = ? WHERE number = ?').run(process.pid, processToken(process.pid), number)
    })
  }

  releaseRun(number: number): void {
    this.#db.prepare('UPDATE runs SET owner_pid = NULL, owner_token = NULL WHERE number = ?').run(number)
  }

  savePlan(number: number, plan: unknown): void {
    this.#db.prepare('UPDATE runs SET plan = ? WHERE number = ?').run(JSON.stringify(plan), number)
  }

  /** One step of a run: its state, rows and events, all or nothing. Gives which rows were new. */
  record(number: number, step: { state?: Run; rows?: PlacedRow[]; events?: RunEvent[] }): void {
    this.transaction(() => {
      for (const { position, row } of step.rows ?? []) this.#insertRow.run(...rowParameters(number, position, row))
      for (const event of step.events ?? []) this.#insertEvent.run(number, event.seq, JSON.stringify(event))
      if (step.state !== undefined) {
        this.#db.prepare('UPDATE runs SET status = ?, state = ? WHERE number = ?').run(step.state.status, JSON.stringify(step.state), number)
      }
    })
  }

  /** Rows in the order asked for. Reads as it goes: a run of millions of rows needs no memory for them. */
  *rows(number: number, filter: { status?: RowStatus[] } = {}): Generator<Row> {
    const statuses = filter.status ?? []
    const where = statuses.length === 0 ? '' : `AND status IN (${statuses.map(() => '?').join(', ')})`
    const found = this.#db.prepare(`SELECT * FROM rows WHERE run = ? ${where} ORDER BY position`).iterate(number, ...statuses)
    for (const record of found) yield rowFromRecord(record as unknown as RowRecord)
  }

  /** Positions that have their row already, with the status. */
  *settledPositions(number: number): Generator<{ position: number; status: RowStatus }> {
    const found = this.#db.prepare('SELECT position, status FROM rows WHERE run = ?').iterate(number)
    for (const record of found) yield record as unknown as { position: number; status: RowStatus }
  }

  /** Rows by status, counted from the rows themselves. */
  countRows(number: number): Map<RowStatus, number> {
    const found = this.#db.prepare('SELECT status, count(*) AS n FROM rows WHERE run = ? GROUP BY status').all(number) as unknown as {
      status: RowStatus
      n: number
    }[]
    return new Map(found.map(({ status, n }) => [status, n]))
  }

  *events(number: number, after = 0): Generator<RunEvent> {
    const found = this.#db.prepare('SELECT body FROM events WHERE run = ? AND seq > ? ORDER BY seq').iterate(number, after)
    for (const record of found) yield JSON.parse((record as { body: string }).body) as RunEvent
  }

  lastSeq(number: number): number {
    const found = this.#db.prepare('SELECT max(seq) AS seq FROM events WHERE run = ?').get(number) as { seq: number | null }
    return found.seq ?? 0
  }

  transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#db.close()
  }
}

interface RunRecord {
  number: number
  id: string
  scanner_id: string
  status: RunStatus
  plan: string
  state: string
}

function storedRun(record: RunRecord): StoredRun {
  return {
    number: record.number,
    id: record.id,
    scannerId: record.scanner_id,
    status: record.status,
    plan: JSON.parse(record.plan),
    state: JSON.parse(record.state) as Run,
  }
}

/** A new run id: short enough to type, unique by 64 random bits. */
export function newRunId(): string {
  return `run-${randomUUID().replaceAll('-', '').slice(0, 16)}`
}
