import type { Journal, PlacedRow } from '../journal/journal.ts'
import { emptyLedger, LEDGER_FIELD, type Ledger, type Row, type RowStatus } from './row.ts'
import type { Run, RunEvent } from './run.ts'

/** What an event says, without its number, instant and run. */
export type EventBody = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'seq' | 'at' | 'runId'> : never) : never

const FLUSH_MS = 40
const FLUSH_ROWS = 2_000

/**
 * Everything that a run comes to goes through here, once: rows and events are gathered for a moment, written to the
 * journal in one transaction, and only then shown to listeners, so what a watcher saw is what a restart finds.
 */
export class Settlement {
  readonly ledger: Ledger
  readonly #journal: Journal
  readonly #runNumber: number
  readonly #run: Run
  readonly #hear: (event: RunEvent) => void
  readonly #isSettled: Uint8Array
  readonly #now: () => Date
  #rows: PlacedRow[] = []
  #changes: { symbol: string; date: string; status: RowStatus | 'running' }[] = []
  #events: RunEvent[] = []
  #seq: number
  #timer: NodeJS.Timeout | null = null
  #stateChanged = false
  #settledCount = 0
  #failure: unknown = null

  /** @param options.hear gets each event once it is in the journal */
  constructor(options: { journal: Journal; runNumber: number; run: Run; rowCount: number; hear: (event: RunEvent) => void; now?: () => Date }) {
    const { journal, runNumber, run, rowCount } = options
    this.#journal = journal
    this.#runNumber = runNumber
    this.#run = run
    this.#hear = options.hear
    this.#now = options.now ?? (() => new Date())
    this.#isSettled = new Uint8Array(rowCount)
    this.ledger = emptyLedger(rowCount)
    this.#seq = journal.lastSeq(runNumber)
    for (const { position, status } of journal.settledPositions(runNumber)) this.#count(position, status)
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
    this.#rows.push({ position, row })
    this.#changes.push({ symbol: row.symbol, date: row.date, status: row.status })
    this.#schedule()
  }

  running(items: { symbol: string; date: string }[]): void {
    for (const { symbol, date } of items) this.#changes.push({ symbol, date, status: 'running' })
    this.#schedule()
  }

  /** Tells of the run's state as it is now. */
  state(): void {
    this.#flushChanges()
    const { status, stage, percent, message, etaMs } = this.#run
    this.event({ type: 'run', status, stage, percent, message, ledger: { ...this.ledger }, etaMs })
    this.#stateChanged = true
  }

  event(body: EventBody): void {
    this.#flushChanges()
    this.#events.push({ seq: ++this.#seq, at: this.#now().toISOString(), runId: this.#run.id, ...body } as RunEvent)
    this.#schedule()
  }

  /** Marks the run's record as changed, to be written with the next flush. */
  touch(): void {
    this.#stateChanged = true
    this.#schedule()
  }

  /** Writes what is gathered. Throws what the journal throws; the rows then stay gathered. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#flushChanges()
    if (this.#rows.length === 0 && this.#events.length === 0 && !this.#stateChanged) return
    const events = this.#events
    this.#journal.record(this.#runNumber, { rows: this.#rows, events, ...(this.#stateChanged && { state: this.#run }) })
    this.#rows = []
    this.#events = []
    this.#stateChanged = false
    for (const event of events) this.#hear(event)
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

  #flushChanges(): void {
    if (this.#changes.length === 0) return
    const symbols = this.#changes
    this.#changes = []
    this.#events.push({ seq: ++this.#seq, at: this.#now().toISOString(), runId: this.#run.id, type: 'symbols', symbols })
  }

  #schedule(): void {
    if (this.#rows.length >= FLUSH_ROWS) return this.#flushOrKeep()
    this.#timer ??= setTimeout(() => this.#flushOrKeep(), FLUSH_MS)
  }

  #flushOrKeep(): void {
    try {
      this.flush()
    } catch (error) {
      this.#failure = error
    }
  }
}
