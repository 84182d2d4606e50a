import { setImmediate as breathe } from 'node:timers/promises'

import type { Clock } from '../clock.ts'
import type { Journal } from '../journal/journal.ts'
import type { Snapshot } from '../market/snapshot.ts'
import type { Row } from './row.ts'
import type { Run, RunEvent } from './run.ts'
import { emptyRow, nameOfRow } from './run-rows.ts'
import type { RunScope } from './scope.ts'
import { Settlement } from './settlement.ts'
import type { StoredPlan } from './stored-plan.ts'

export interface RunRecordOptions {
  readonly journal: Journal
  /** Of the run, in the journal. */
  readonly number: number
  readonly run: Run
  readonly plan: StoredPlan
  readonly clock: Clock
}

/** Rows settled by the host alone between two turns of the event loop. */
const ROWS_PER_TURN = 2_000

/**
 * What the journal holds of one run under way: its plan, with the symbols and dates once they are known, its rows and its events, and
 * who hears these. Nothing here stands still for another process that holds the journal. Everything throws what the journal throws.
 */
export class RunRecord {
  readonly #journal: Journal
  readonly #number: number
  readonly #run: Run
  readonly #plan: StoredPlan
  readonly #clock: Clock
  readonly #listeners = new Set<(event: RunEvent) => void>()
  #settlement: Settlement

  /** Counts the rows that an earlier process has settled already. */
  constructor({ journal, number, run, plan, clock }: RunRecordOptions) {
    this.#journal = journal
    this.#number = number
    this.#run = run
    this.#plan = plan
    this.#clock = clock
    this.#settlement = this.#openSettlement()
  }

  /** What rows and events go through: another one once the scope is fixed. */
  get settlement(): Settlement {
    return this.#settlement
  }

  /** Events after `afterSeq`, then those to come. Gives the way to stop. */
  subscribe(listener: (event: RunEvent) => void, afterSeq: number): () => void {
    this.#settlement.flushIfFree()
    for (const event of this.#journal.events(this.#number, afterSeq)) listener(event)
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /**
   * Decides what the run is about: from here on every position of the scope is to have its row.
   * @param snapshot null where the run never came to open a market
   */
  async fixScope(scope: RunScope, snapshot: Snapshot | null): Promise<RunScope> {
    if (snapshot !== null) {
      const { provider, simulated, id } = snapshot
      this.#run.market = { source: provider, simulated, snapshot: id, asOf: scope.asOf }
    }
    await this.changePlan({ scope, snapshot: snapshot?.id ?? null })
    await this.#settlement.flushed()
    this.#settlement = this.#openSettlement()
    return scope
  }

  async changePlan(change: Partial<StoredPlan>): Promise<void> {
    Object.assign(this.#plan, change)
    await this.#journal.whenFree(() => this.#journal.savePlan(this.#number, this.#plan), this.#clock)
  }

  /** Settles a row that no script is asked for, unless it is settled. */
  settleOut(position: number, status: 'rejected' | 'no_data', reason: string): void {
    if (this.#settlement.isSettled(position)) return
    this.#settlement.settle(position, { ...emptyRow(this.#plan.scope!, position), status, reason })
  }

  /** Settles every row that is still open alike. */
  async settleOpen(outcome: Partial<Row>): Promise<void> {
    for (let position = 0; position < this.#run.ledger.detected; position++) {
      const row = (): Row => ({ ...emptyRow(this.#plan.scope!, position), ...outcome })
      if (!this.#settlement.isSettled(position)) this.#settlement.settle(position, row())
      if (position % ROWS_PER_TURN === ROWS_PER_TURN - 1) await breathe()
    }
  }

  /** Writes what is left, with the `end` event where the run is over, and lets other processes have the run. */
  async letGo(isOver: boolean): Promise<void> {
    this.#settlement.state()
    if (isOver) this.#settlement.event({ type: 'end', run: structuredClone(this.#run) })
    await this.#settlement.flushed()
    await this.#journal.whenFree(() => this.#journal.releaseRun(this.#number), this.#clock)
  }

  #openSettlement(): Settlement {
    const { scope } = this.#plan
    return new Settlement({
      journal: this.#journal,
      runNumber: this.#number,
      run: this.#run,
      rowCount: scope === null ? 0 : scope.symbols.length * scope.dates.length,
      nameOf: (position) => nameOfRow(this.#plan.scope!, position),
      hear: (event) => this.#hear(event),
      clock: this.#clock,
    })
  }

  #hear(event: RunEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
