import { StrikescanError } from '../errors/strikescan-error.ts'
import type { ExplorationPlan } from '../explore/exploration-run.ts'
import { HIT_COLUMNS } from '../explore/hit-strategies.ts'
import type { ExplorationRow, ExplorationStatus } from '../explore/row.ts'
import type { Journal, StoredRun } from '../journal/journal.ts'
import type { RowFilter } from '../journal/row-pages.ts'
import { inTurns } from '../output/paced.ts'
import type { Row, RowStatus } from '../scan/row.ts'
import type { Run, RunEvent } from '../scan/run.ts'
import type { StoredPlan } from '../scan/stored-plan.ts'
import { mapPage, numberOfCursor, pageOf, type Page, type PageQuery } from './cursors.ts'
import { comparingHits, type ComparedBy, type ComparedSide, type HitComparison } from './hit-changes.ts'
import type { SubmitRunRequest } from './host-types.ts'
import { shownRun } from './ownership.ts'
import { comparing, type RunComparison } from './run-comparison.ts'
import type { RunService } from './run-service.ts'
import { isExploration } from './run-work.ts'

export type RowQuery = PageQuery & RowFilter
export type ExplorationQuery = PageQuery & { readonly status?: readonly string[] | undefined; readonly ticker?: string | undefined }
export type RunQuery = PageQuery & { readonly status?: Run['status'] | undefined; readonly scannerId?: string | undefined }

/** Events, and explored rows, that are taken from the journal at once: no reader holds a read of it open for long. */
const AT_ONCE = 500
/** The same for what events tell of symbols: to read so many takes some milliseconds. */
const CHANGES_AT_ONCE = 4_000

/** Runs that are named where an id was shortened too much. */
const MEANT_SHOWN = 3

/** What the journal holds of runs, by their whole ids. */
export class RunReader {
  readonly #journal: Journal
  readonly #service: RunService

  constructor(journal: Journal, service: RunService) {
    this.#journal = journal
    this.#service = service
  }

  /** Newest first; those under way here as they are now. */
  list({ cursor, limit, status, scannerId }: RunQuery): Page<Run> {
    const found = this.#journal.runList.page(numberOfCursor(cursor, Number.MAX_SAFE_INTEGER), limit + 1, { status, scannerId }, (run) => this.#service.now(run.state.id) ?? shownRun(run))
    return mapPage(pageOf(found, limit, ({ number }) => String(number)), ({ run }) => run)
  }

  /** By a whole id, a unique beginning of one, or `last`. @throws run_unknown, run_ambiguous, runs_none */
  find(idOrBeginning: string): StoredRun {
    const stored = this.#journal.run(idOrBeginning)
    if (stored !== null) return stored
    if (idOrBeginning === 'last') throw new StrikescanError('runs_none')
    const meant = this.#journal.runList.beginningWith(idOrBeginning, MEANT_SHOWN + 1)
    if (meant.length < 2) throw new StrikescanError('run_unknown', { run: idOrBeginning.slice(0, 80) })
    const found = `${meant.slice(0, MEANT_SHOWN).join(', ')}${meant.length > MEANT_SHOWN ? ', …' : ''}`
    throw new StrikescanError('run_ambiguous', { run: idOrBeginning.slice(0, 80), found })
  }

  request(id: string): SubmitRunRequest {
    const { state, plan } = this.#service.stored(id)
    if (state.scannerId === null || isExploration(plan as StoredPlan)) throw new StrikescanError('run_no_scan', { run: id })
    const { filename: _, ...asked } = (plan as StoredPlan).request
    return { scannerId: state.scannerId, ...asked }
  }

  async replayComparison(id: string): Promise<RunComparison> {
    const { replayOf, status } = this.#service.stored(id).state
    if (replayOf === undefined) throw new StrikescanError('replay_none', { run: id })
    if (status !== 'completed') throw new StrikescanError('replay_not_completed', { run: id, status })
    return inTurns(comparing(id, this.pacedRows(replayOf, []), this.pacedRows(id, [])))
  }

  async compareHits(before: string, after: string, by: ComparedBy | null, most: number): Promise<HitComparison> {
    return inTurns(comparingHits(this.#compared(before), this.#compared(after), by, most))
  }

  #compared(id: string): ComparedSide {
    const { plan } = this.#service.stored(id)
    if (isExploration(plan as StoredPlan)) throw new StrikescanError('compare_no_scan', { run: id })
    return { run: id, dates: (plan as StoredPlan).scope?.dates ?? [], rows: (onlyHits) => this.pacedRows(id, onlyHits ? ['hit'] : []) }
  }

  rows(id: string, statuses: readonly RowStatus[]): Iterable<Row> {
    return this.#journal.rows(this.#number(id), { status: [...statuses] })
  }

  pacedRows(id: string, statuses: readonly RowStatus[]): Iterable<Row | undefined> {
    return this.#journal.pacedRows(this.#number(id), { status: [...statuses] })
  }

  async rowPage(id: string, { cursor, limit, status, date, symbol }: RowQuery): Promise<Page<Row>> {
    const after = numberOfCursor(cursor, 0) - 1
    const { rows, next } = await inTurns(this.#journal.rowPage(this.#number(id), after, limit, { status, date, symbol }))
    // The cursor is the position at which the page behind begins.
    return { items: rows, next: next === null ? null : String(next + 1) }
  }

  explorationPage(id: string, { cursor, limit, status, ticker }: ExplorationQuery): Page<ExplorationRow> {
    const after = numberOfCursor(cursor, 0) - 1
    const filter = { after, ticker: ticker?.trim().toUpperCase(), ...(status !== undefined && status.length > 0 && { status: status as readonly ExplorationStatus[] }) }
    const found = firstOf(this.#journal.explorations.rows(this.#number(id), filter), limit + 1)
    return pageOf(found, limit, ({ position }) => String(position + 1))
  }

  *explorationRows(id: string): Generator<ExplorationRow> {
    const number = this.#number(id)
    for (let after = -1; ; ) {
      const rows = firstOf(this.#journal.explorations.rows(number, { after }), AT_ONCE)
      yield* rows
      if (rows.length < AT_ONCE) return
      after = rows.at(-1)!.position
    }
  }

  explorationColumns(id: string): readonly string[] {
    const { state, plan } = this.#service.stored(id)
    return state.kind === 'exploration' ? (plan as ExplorationPlan).columns : HIT_COLUMNS
  }

  *events(id: string, afterSeq: number): Generator<RunEvent> {
    const number = this.#number(id)
    for (let after = afterSeq; ; ) {
      const events: RunEvent[] = []
      let changes = 0
      for (const event of this.#journal.events(number, after)) {
        events.push(event)
        changes += event.type === 'symbols' ? event.symbols.length : 1
        if (events.length === AT_ONCE || changes > CHANGES_AT_ONCE) break
      }
      yield* events
      if (events.length === 0) return
      after = events.at(-1)!.seq
    }
  }

  lastSeq(id: string): number {
    return this.#journal.lastSeq(this.#number(id))
  }

  source(id: string): Uint8Array {
    const { scannerId } = this.#service.stored(id)
    const scanner = scannerId === null ? null : this.#journal.scanners.find(scannerId)
    if (scanner === null) throw new StrikescanError('scanner_unknown', { scanner: scannerId ?? 'of an exploration' })
    return scanner.source
  }

  #number(id: string): number {
    return this.#service.stored(id).number
  }
}

function firstOf<T>(values: Iterable<T>, count: number): T[] {
  const first: T[] = []
  for (const value of values) {
    first.push(value)
    if (first.length === count) break
  }
  return first
}
