import type { DatabaseSync } from 'node:sqlite'

import type { Run, RunStatus } from '../scan/run.ts'

export interface RunFilter {
  readonly status?: RunStatus | undefined
  readonly scannerId?: string | undefined
}

/** A run that no process may be carrying out any more. */
export interface LeftRun {
  readonly number: number
  readonly id: string
  readonly status: RunStatus
  /** Null for one that never went through the queue; negative for one that had started. */
  readonly place: number | null
  readonly queuedAt: string | null
  readonly ownerPid: number | null
  readonly ownerToken: string | null
}

/** Lower than any place: runs that have started come before those that wait. */
const STARTED = 2 ** 50

/** The runs of the journal's database as a list and as a queue. */
export class RunList {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Newest first, from before a number on. */
  page(before: number, limit: number, { status, scannerId }: RunFilter): { number: number; run: Run }[] {
    const conditions = ['number < ?', ...(status === undefined ? [] : ['status = ?']), ...(scannerId === undefined ? [] : ['scanner_id = ?'])]
    const values = [before, ...(status === undefined ? [] : [status]), ...(scannerId === undefined ? [] : [scannerId]), limit]
    const found = this.#db.prepare(`SELECT number, state FROM runs WHERE ${conditions.join(' AND ')} ORDER BY number DESC LIMIT ?`).all(...values)
    return (found as { number: number; state: string }[]).map(({ number, state }) => ({ number, run: JSON.parse(state) as Run }))
  }

  /** Puts a run into the queue. */
  enqueue(number: number, place: number, queuedAt: string): void {
    this.#db.prepare('UPDATE runs SET queue_place = ?, queued_at = ? WHERE number = ?').run(place, queuedAt, number)
  }

  /** Says that a queued run has its turn. */
  started(number: number): void {
    this.#db.prepare('UPDATE runs SET queue_place = queue_place - ? WHERE number = ? AND queue_place > 0').run(STARTED, number)
  }

  lastPlace(): number {
    return (this.#db.prepare('SELECT max(queue_place) AS place FROM runs').get() as { place: number | null }).place ?? 0
  }

  /** Runs that are queued or running by the journal, in the order of the queue, those that had started first. */
  left(): LeftRun[] {
    const columns = 'number, id, status, queue_place AS place, queued_at AS queuedAt, owner_pid AS ownerPid, owner_token AS ownerToken'
    return this.#db.prepare(`SELECT ${columns} FROM runs WHERE status IN ('queued', 'running') ORDER BY queue_place IS NULL, queue_place, number`).all() as unknown as LeftRun[]
  }

  /** Finished runs, newest first. */
  finished(): { number: number; id: string; finishedAt: string | null; snapshot: string }[] {
    const found = this.#db.prepare("SELECT number, id, state FROM runs WHERE status IN ('completed', 'failed', 'cancelled') ORDER BY number DESC").iterate()
    return Array.from(found as Iterable<unknown> as Iterable<{ number: number; id: string; state: string }>, ({ number, id, state }) => {
      const { finishedAt, market } = JSON.parse(state) as Run
      return { number, id, finishedAt, snapshot: market.snapshot }
    })
  }

  /** Snapshots that runs which can be gone on with are tied to. */
  snapshotsInUse(): Set<string> {
    const found = this.#db.prepare("SELECT plan FROM runs WHERE status IN ('queued', 'running', 'paused')").all() as { plan: string }[]
    return new Set(found.flatMap(({ plan }) => (JSON.parse(plan) as { snapshot?: string | null }).snapshot ?? []))
  }
}
