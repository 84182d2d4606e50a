import { systemClock, type Clock } from '../clock.ts'
import { WRITE_WAIT_MS, type Journal, type StepEvent } from '../journal/journal.ts'
import { RowChunkWriter } from '../journal/row-chunk.ts'
import type { ExplorationRow } from '../explore/row.ts'
import { isBusyError } from '../sqlite/wal-database.ts'
import { emptyLedger, LEDGER_FIELD, type Ledger, type Row, type RowStatus } from './row.ts'
import type { Run, RunEvent } from './run.ts'

/** What an event says, without its number, instant and run. */
export type EventBody = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'seq' | 'at' | 'runId'> : never) : never

/** Symbols and dates that went to a worker, and rows of the chunk that came, since the event before. */
interface Changes {
  dispatched: number[]
  from: number
  to: number
}

type Pending = { at: string } & ({ body: EventBody; changes: null } | { body: null; changes: Changes })

const FLUSH_MS = 40
/** After this long, what could not be written since another process held the journal is tried again. */
const RETRY_MS = 100
const FLUSH_ROWS = 2_000
/** Characters of outcomes at which rows are written at once. */
const FLUSH_CHARACTERS = 4 * 2 ** 20

/**
 * Everything that a run comes to goes through here, once: rows and events are gathered for a moment, written to the
 * journal in one transaction, and only then shown to listeners, so what a watcher saw is what a restart finds.
 */
export class Settlement {
  readonly ledger: Ledger
  readonly #journal: Journal
  readonly #runNumber: number
  readonly #run: Run
  readonly #nameOf: (position: number) => { symbol: string; date: string }
  readonly #hear: (event: RunEvent) => void
  readonly #isSettled: Uint8Array
  readonly #clock: Clock
  readonly #chunk = new RowChunkWriter()
  #pending: Pending[] = []
  #explored: ExplorationRow[] = []
  #dispatched: number[] = []
  /** When the first change came that no event tells of yet: the instant of the event that will. */
  #changedAt: string | null = null
  /** Rows of the chunk that pending events tell of already. */
  #told = 0
  #seq: number
  #cancelTimer: (() => void) | null = null
  #stateChanged = false
  #settledCount = 0
  #failure: unknown = null
  /** Since when another process holds the journal, in milliseconds of the monotonic clock; null where none does. */
  #busySince: number | null = null

  /** @param options.nameOf symbol and date of a position; @param options.hear gets each event once it is in the journal */
  constructor(options: {
    journal: Journal
    runNumber: number
    run: Run
    rowCount: number
    nameOf: (position: number) => { symbol: string; date: string }
    hear: (event: RunEvent) => void
    clock?: Clock | undefined
  }) {
    const { journal, runNumber, run, rowCount } = options
    this.#journal = journal
    this.#runNumber = runNumber
    this.#run = run
    this.#nameOf = options.nameOf
    this.#hear = options.hear
    this.#clock = options.clock ?? systemClock
    this.#isSettled = new Uint8Array(rowCount)
    this.ledger = emptyLedger(rowCount)
    this.#seq = journal.lastSeq(runNumber)
    journal.eachSettled(runNumber, (position, status) => this.#count(position, status))
    run.ledger = this.ledger
  }

  get settledCount(): number {
    return this.#settledCount
  }

  isSettled(position: number): boolean {
    return this.#isSettled[position] === 1
  }

  /** Takes a row unless there is one already for its place. */
  settle(position: number, row: Row): void {
    if (this.#isSettled[position] === 1) return
    this.#count(position, row.status)
    this.#changedAt ??= this.#now()
    this.#chunk.add(position, row)
    this.#schedule()
  }

  /** Rows that went to a worker: those that do not come before the next flush are told as running. */
  running(positions: readonly number[]): void {
    this.#changedAt ??= this.#now()
    for (const position of positions) this.#dispatched.push(position)
    this.#schedule()
  }

  /** Tells of the run's state as it is now. */
  state(): void {
    const { status, stage, percent, message, etaMs, market } = this.#run
    this.event({ type: 'run', status, stage, percent, message, ledger: { ...this.ledger }, etaMs, market: { ...market } })
    this.#stateChanged = true
  }

  /** Takes explored rows, each with an event of its own. */
  explored(rows: readonly ExplorationRow[]): void {
    for (const row of rows) {
      this.#explored.push(row)
      this.event({ type: 'explore', row })
    }
  }

  event(body: EventBody): void {
    this.#closeChanges()
    this.#pending.push({ at: this.#now(), body, changes: null })
    this.#schedule()
  }

  /** Marks the run's record as changed, to be written with the next flush. */
  touch(): void {
    this.#stateChanged = true
    this.#schedule()
  }

  /** Has what is gathered written with the next turn of the event loop. */
  hurry(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#clock.after(0, () => this.#flushOrKeep())
  }

  /** Writes what is gathered. Throws what the journal throws; the rows then stay gathered. */
  flush(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    this.#closeChanges()
    if (this.#chunk.count === 0 && this.#pending.length === 0 && !this.#stateChanged) return
    const events = this.#numbered()
    const chunk = this.#chunk.count === 0 ? undefined : this.#chunk.chunk()
    const standing = this.#journal.record(this.#runNumber, { chunk, explored: this.#explored, events, ...(this.#stateChanged && { state: this.#run }) })
    this.#chunk.clear()
    this.#pending = []
    this.#explored = []
    this.#told = 0
    this.#seq += events.length
    this.#stateChanged = false
    this.#busySince = null
    for (const { event } of events) this.#hear(asItStands(event, standing))
  }

  /** As `flush`, while others have their turns where another process holds the journal. */
  flushed(): Promise<void> {
    return this.#journal.whenFree(() => this.flush(), this.#clock)
  }

  /** As `flush` where that can be done at once; what it can not write is written later. */
  flushIfFree(): void {
    this.#flushOrKeep()
  }

  /** What writing failed with since the last look, if it did. */
  takeFailure(): unknown {
    const failure = this.#failure
    this.#failure = null
    return failure
  }

  #count(position: number, status: RowStatus): void {
    this.#isSettled[position] = 1
    this.#settledCount++
    this.ledger[LEDGER_FIELD[status]]++
  }

  /** What changed since the last event is told before the next one. */
  #closeChanges(): void {
    if (this.#dispatched.length === 0 && this.#told === this.#chunk.count) return
    const changes = { dispatched: this.#dispatched, from: this.#told, to: this.#chunk.count }
    this.#pending.push({ at: this.#changedAt ?? this.#now(), body: null, changes })
    this.#dispatched = []
    this.#told = this.#chunk.count
    this.#changedAt = null
  }

  /** The pending events with their numbers. A row that came meanwhile is not told as running as well. */
  #numbered(): StepEvent[] {
    const events: StepEvent[] = []
    for (const { at, body, changes } of this.#pending) {
      const head = { seq: this.#seq + events.length + 1, at, runId: this.#run.id }
      if (changes === null) {
        events.push({ event: { ...head, ...body } as RunEvent })
        continue
      }
      const { dispatched, from, to } = changes
      const open = dispatched.filter((position) => this.#isSettled[position] === 0)
      const running = open.map((position) => ({ ...this.#nameOf(position), status: 'running' as const }))
      if (running.length === 0 && from === to) continue
      const symbols = [...running, ...this.#chunk.changes(from, to)]
      events.push({ event: { ...head, type: 'symbols', symbols }, rows: from === to ? undefined : { from, to } })
    }
    return events
  }

  #schedule(): void {
    // Whoever is kept from writing tries again by the clock alone.
    const isFull = this.#chunk.count >= FLUSH_ROWS || this.#chunk.textLength >= FLUSH_CHARACTERS
    if (this.#busySince === null && isFull) return this.#flushOrKeep()
    this.#cancelTimer ??= this.#clock.after(FLUSH_MS, () => this.#flushOrKeep())
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString()
  }

  #flushOrKeep(): void {
    try {
      this.#journal.briefly(() => this.flush())
    } catch (error) {
      const now = this.#clock.monotonic()
      if (isBusyError(error) && now - (this.#busySince ??= now) < WRITE_WAIT_MS) {
        this.#cancelTimer ??= this.#clock.after(RETRY_MS, () => this.#flushOrKeep())
      } else this.#failure = error
    }
  }
}

/** A row that was tried again and then given up has its former outcome: that is what there is to tell, now as later. */
function asItStands(event: RunEvent, standing: ReadonlyMap<number, ExplorationRow>): RunEvent {
  const row = event.type === 'explore' ? standing.get(event.row.position) : undefined
  return row === undefined ? event : ({ ...event, row } as RunEvent)
}
