import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { systemClock, type Clock } from '../clock.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { EXPLORATION_TABLES, ExplorationStore, RETRYABLE } from '../explore/exploration-store.ts'
import type { ExplorationRow } from '../explore/row.ts'
import type { Row, RowStatus } from '../scan/row.ts'
import type { Run, RunEvent, RunStatus } from '../scan/run.ts'
import { createTables, isBusyError, isDamageError, isSqliteError, openWalDatabase } from '../sqlite/wal-database.ts'
import { checkpointAside } from './checkpoints.ts'
import { isProcessAlive, processToken } from './owner.ts'
import { RowChunkReader, type RowChunk } from './row-chunk.ts'
import { RowPages, type RowFilter, type RowPage } from './row-pages.ts'
import { RowTable } from './row-table.ts'
import { RunList } from './run-list.ts'
import { ScannerTable } from './scanner-table.ts'
import { JOURNAL_TABLES, JOURNAL_VERSION } from './schema.ts'

export interface StoredRun {
  number: number
  id: string
  scannerId: string | null
  status: RunStatus
  plan: unknown
  state: Run
  /** As in `LeftRun`. */
  place: number | null
  ownerPid: number | null
  ownerToken: string | null
}

/** An event to be kept; where it tells of rows of the step's chunk, `rows` says from which to before which. */
export interface StepEvent {
  event: RunEvent
  rows?: { from: number; to: number } | undefined
}

/** What a run comes to at once. */
interface Step {
  readonly state?: Run
  readonly chunk?: RowChunk | undefined
  readonly explored?: readonly ExplorationRow[]
  readonly events?: readonly StepEvent[]
}

/** How long another process that holds the journal is waited for. */
export const WRITE_WAIT_MS = 10_000
/** How long a process that serves others stands still for that at a time. */
const BRIEF_WAIT_MS = 50
/** Between two tries of one that does not stand still. */
const RETRY_MS = 100
const CACHE_KB = 32_768
/** Pages (of 4 KB) that the log gathers before they are copied into the file: seldom enough for long runs. */
const CHECKPOINT_PAGES = 8_192
/** The same where a thread copies them before: only if that falls behind. */
const CHECKPOINT_PAGES_BEHIND = 65_536

/**
 * The truth about runs: scanners, runs, rows and numbered events in one SQLite file that survives the death of any
 * process. Rows and the events that tell of them are written in one transaction, each row once.
 */
export class Journal {
  readonly #db: DatabaseSync
  readonly #rows: RowTable
  /** Strategy rows of explorations, and what is known of tickers' liquidity. */
  readonly explorations: ExplorationStore
  readonly scanners: ScannerTable
  readonly runList: RunList
  readonly #rowPages: RowPages
  readonly #insertEvent: StatementSync
  readonly #saveState: StatementSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #file: string
  #problem: string | null = null
  #damage: string | null = null
  #stopCheckpoints: (() => void) | null = null
  #isBrief = false

  private constructor(db: DatabaseSync, file: string) {
    this.#db = db
    this.#file = file
    this.#rows = new RowTable(db)
    this.explorations = new ExplorationStore(db)
    this.scanners = new ScannerTable(db)
    this.runList = new RunList(db)
    this.#rowPages = new RowPages(db)
    this.#insertEvent = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)')
    this.#saveState = db.prepare('UPDATE runs SET status = ?, state = ? WHERE number = ?')
    this.#begin = db.prepare('BEGIN IMMEDIATE')
    this.#commit = db.prepare('COMMIT')
  }

  /** Opens, or makes, the journal of a state folder. Throws `journal_damaged`, and `journal_unusable` where the folder or the file cannot serve. */
  static open(home: string, connect = openWalDatabase): Journal {
    const file = join(home, 'journal.db')
    try {
      mkdirSync(home, { recursive: true })
      const db = connect(file, { waitMs: WRITE_WAIT_MS })
      db.exec(`PRAGMA synchronous = NORMAL; PRAGMA cache_size = -${CACHE_KB}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};`)
      const version = createTables(db, JOURNAL_VERSION, `${JOURNAL_TABLES} ${EXPLORATION_TABLES}`)
      if (version !== JOURNAL_VERSION) {
        db.close()
        throw new StrikescanError('journal_version', { file, found: version, expected: JOURNAL_VERSION })
      }
      return new Journal(db, file)
    } catch (error) {
      if (error instanceof StrikescanError) throw error
      if (isDamageError(error)) throw damaged(file, error)
      throw new StrikescanError('journal_unusable', { file, problem: (error as Error).message }, { cause: error })
    }
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

  /** The newest runs, the last one first. */
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
      const found = this.#db.prepare('SELECT id, owner_pid AS pid, owner_token AS token FROM runs WHERE number = ?').get(number)
      const owner = found as unknown as { id: string; pid: number | null; token: string | null }
      if (owner.pid !== null && owner.pid !== process.pid && isProcessAlive(owner.pid, owner.token)) {
        throw new StrikescanError('run_busy', { run: owner.id, pid: owner.pid })
      }
      const own = this.#db.prepare('UPDATE runs SET owner_pid = ?, owner_token = ? WHERE number = ?')
      own.run(process.pid, processToken(process.pid), number)
    })
  }

  /** Lets any process carry the run out. */
  releaseRun(number: number): void {
    this.#db.prepare('UPDATE runs SET owner_pid = NULL, owner_token = NULL WHERE number = ?').run(number)
  }

  /** Takes a run away with all that is of it. */
  dropRun(number: number): void {
    this.transaction(() => {
      this.explorations.clear(number)
      this.#db.prepare('DELETE FROM row_chunks WHERE run = ?').run(number)
      this.#db.prepare('DELETE FROM events WHERE run = ?').run(number)
      this.#db.prepare('DELETE FROM runs WHERE number = ?').run(number)
    })
  }

  /** Replaces what a resume goes by. */
  savePlan(number: number, plan: unknown): void {
    this.#db.prepare('UPDATE runs SET plan = ? WHERE number = ?').run(JSON.stringify(plan), number)
  }

  /**
   * One step of a run: its state, rows and events, all or nothing. That no row of the chunk was written before is up to
   * the one process that carries the run out; two of them would write the same numbers of events, which fails. Gives the explored rows that
   * stand otherwise than the step has them, by position.
   */
  record(number: number, step: Step): ReadonlyMap<number, ExplorationRow> {
    return this.transaction(() => {
      const chunk = step.chunk === undefined ? null : this.#rows.insert(number, step.chunk)
      const standing = this.explorations.settle(number, step.explored ?? [])
      for (const { event, rows } of step.events ?? []) {
        this.#insertEvent.run(number, event.seq, eventText(event, rows), rows === undefined ? null : chunk, rows?.from ?? null, rows?.to ?? null)
      }
      if (step.state !== undefined) {
        this.#saveState.run(step.state.status, JSON.stringify(step.state), number)
      }
      return standing
    })
  }

  /**
   * Opens again the explored rows that are without a whole answer, for what can pass, and gives how many these are. What was told of them stands: their events
   * keep what the rows hold no longer.
   */
  reopenExplored(number: number): number {
    return this.transaction(() => {
      this.#db
        .prepare(
          `UPDATE events SET body = json_set(body, '$.row.outcome', json(failed.outcome)) FROM (SELECT position, outcome FROM exploration_rows WHERE ${RETRYABLE}) AS failed
          WHERE run = ? AND body ->> '$.type' = 'explore' AND body ->> '$.row.position' = failed.position AND body -> '$.row.outcome' IS NULL`,
        )
        .run(number, number)
      return this.explorations.reopen(number)
    })
  }

  /** A page of rows in the order asked for, behind a position; yields where others may have a turn. */
  rowPage(number: number, after: number, limit: number, filter: RowFilter): Generator<undefined, RowPage> {
    return this.#rowPages.page(number, after, limit, filter)
  }

  /** Rows in the order asked for. Reads as it goes: a run of millions of rows needs no memory for them. */
  rows(number: number, filter: { status?: RowStatus[] } = {}): Generator<Row> {
    return this.#rows.inOrder(number, filter.status ?? [])
  }

  /** The same for a reader who serves others as well: undefined stands where these may have a turn. */
  pacedRows(number: number, filter: { status?: RowStatus[] } = {}): Generator<Row | undefined> {
    return this.#rows.paced(number, filter.status ?? [])
  }

  /** Calls `visit` for every position that has its row already, once, with the status. */
  eachSettled(number: number, visit: (position: number, status: RowStatus) => void): void {
    this.#rows.eachSettled(number, visit)
  }

  /** Rows by status, counted from the rows themselves, each position once. */
  countRows(number: number): Map<RowStatus, number> {
    const counts = new Map<RowStatus, number>()
    this.#rows.eachSettled(number, (_, status) => counts.set(status, (counts.get(status) ?? 0) + 1))
    return counts
  }

  /** The run's events behind a number, in order, read as they are taken. */
  *events(number: number, after = 0): Generator<RunEvent> {
    const found = this.#db.prepare('SELECT body, chunk, chunk_from AS "from", chunk_to AS "to" FROM events WHERE run = ? AND seq > ? ORDER BY seq').iterate(number, after)
    let open = null as { id: number; reader: RowChunkReader } | null
    for (const record of found as Iterable<unknown> as Iterable<{ body: string; chunk: number | null; from: number; to: number }>) {
      const event = JSON.parse(record.body) as RunEvent
      if (record.chunk !== null && event.type === 'symbols') {
        if (open?.id !== record.chunk) open = { id: record.chunk, reader: this.#rows.chunk(record.chunk) }
        for (let at = record.from; at < record.to; at++) event.symbols.push(open.reader.change(at))
      }
      if (event.type === 'explore') event.row = this.explorations.told(number, event.row)
      yield event
    }
  }

  /** Number of the run's last event, 0 where there is none. */
  lastSeq(number: number): number {
    const found = this.#db.prepare('SELECT max(seq) AS seq FROM events WHERE run = ?').get(number) as { seq: number | null }
    return found.seq ?? 0
  }

  /**
   * Does work that writes. In a process that serves others it stands still for another that holds the journal only for a moment, and
   * then throws what SQLite throws, see isBusyError; else it waits its ten seconds within the work.
   */
  briefly<T>(work: () => T): T {
    if (this.#stopCheckpoints === null || this.#isBrief) return work()
    this.#isBrief = true
    this.#db.exec(`PRAGMA busy_timeout = ${BRIEF_WAIT_MS}`)
    try {
      return work()
    } finally {
      this.#isBrief = false
      this.#db.exec(`PRAGMA busy_timeout = ${WRITE_WAIT_MS}`)
    }
  }

  /**
   * The same, tried again for as long as one would wait, while others have their turns.
   * @throws what the work throws, and in the end what SQLite does
   */
  async whenFree<T>(work: () => T, clock: Clock = systemClock): Promise<T> {
    const giveUpAt = clock.monotonic() + WRITE_WAIT_MS
    for (;;) {
      try {
        return this.briefly(work)
      } catch (error) {
        if (!isBusyError(error) || clock.monotonic() > giveUpAt) throw error
      }
      await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve))
    }
  }

  /**
   * Never waits for the disk to copy the log from now on, as a thread does; nor for another process where that can be
   * helped, see briefly.
   */
  serve(warn: (message: string) => void): void {
    if (this.#stopCheckpoints !== null) return
    this.#stopCheckpoints = checkpointAside(this.#file, warn)
    this.#db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES_BEHIND}`)
  }

  /** What is wrong with the file as far as is known: that it is damaged, or what writing failed with the last time; null where nothing is. */
  problem(): string | null {
    return this.#damage ?? this.#problem
  }

  /** What an error says to whoever asked for the work: that the file is damaged, where it is; any other stays as it is. */
  explain(error: unknown): unknown {
    if (!isDamageError(error)) return error
    this.#damage = `the journal is damaged: ${(error as Error).message}`
    return damaged(this.#file, error)
  }

  /** Reads a little of every table. Throws `journal_damaged` where that shows the file to be so. */
  look(): void {
    try {
      const tables = this.#db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]
      for (const { name } of tables) this.#db.prepare(`SELECT * FROM "${name}" LIMIT 1`).get()
    } catch (error) {
      throw this.explain(error)
    }
  }

  /** Bytes of the file, and those of them that are free. */
  size(): { bytes: number; freeBytes: number } {
    const number = (name: string): number => Object.values(this.#db.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[0]!
    return { bytes: number('page_count') * number('page_size'), freeBytes: number('freelist_count') * number('page_size') }
  }

  /** Writes the file anew without what is free in it. Takes as long as the file is large, and as much room for as long. */
  vacuum(): void {
    this.#db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE);')
  }

  /** Does all of the work or none of it; within another transaction it is a part of that. */
  transaction<T>(work: () => T): T {
    if (this.#db.isTransaction) return work()
    this.#begin.run()
    try {
      const result = work()
      this.#commit.run()
      this.#problem = null
      return result
    } catch (error) {
      // What is refused within a transaction is no fault of the file.
      this.explain(error)
      if (isSqliteError(error)) this.#problem = `the journal can not be written: ${(error as Error).message}`
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  /** Nothing else may be called afterwards. */
  close(): void {
    this.#stopCheckpoints?.()
    this.#db.close()
  }
}

/**
 * Does what somebody waits for, or refuses it at once where another process holds the journal.
 * @throws journal_busy, and what the work throws
 */
export function refuseWhenBusy<T>(journal: Journal, work: () => T): T {
  try {
    return journal.briefly(work)
  } catch (error) {
    if (isBusyError(error)) throw new StrikescanError('journal_busy', {}, { cause: error })
    throw error
  }
}

function damaged(file: string, cause: unknown): StrikescanError {
  return new StrikescanError('journal_damaged', { file, problem: (cause as Error).message }, { cause })
}

interface RunRecord {
  number: number
  id: string
  scanner_id: string | null
  status: RunStatus
  plan: string
  state: string
  queue_place: number | null
  owner_pid: number | null
  owner_token: string | null
}

/** What an event says beyond the rows it tells of, which stand in their chunk and are not written twice. */
function eventText(event: RunEvent, rows: StepEvent['rows']): string {
  if (event.type === 'explore') return JSON.stringify({ ...event, row: { position: event.row.position } })
  if (rows === undefined || event.type !== 'symbols') return JSON.stringify(event)
  return JSON.stringify({ ...event, symbols: event.symbols.slice(0, event.symbols.length - (rows.to - rows.from)) })
}

function storedRun(record: RunRecord): StoredRun {
  return {
    number: record.number,
    id: record.id,
    scannerId: record.scanner_id,
    status: record.status,
    plan: JSON.parse(record.plan),
    state: JSON.parse(record.state) as Run,
    place: record.queue_place,
    ownerPid: record.owner_pid,
    ownerToken: record.owner_token,
  }
}

/** A new run id: short enough to type, unique by 64 random bits. */
export function newRunId(): string {
  return `run-${randomUUID().replaceAll('-', '').slice(0, 16)}`
}
