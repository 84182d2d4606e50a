import type { DatabaseSync } from 'node:sqlite'

import type { Run, RunStatus } from '../scan/run.ts'

export interface RunFilter {
  readonly status?: RunStatus | undefined
  readonly scannerId?: string | undefined
}

/** A run of the list, with what tells whose it is. */
type ListedRun = Pick<LeftRun, 'number' | 'status' | 'place' | 'ownerPid' | 'ownerToken'> & { readonly state: Run }

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

/** Who carries a run out, by the journal: null where nobody does. */
export type RunOwner = Pick<LeftRun, 'id' | 'ownerPid' | 'ownerToken'>

/** How a run stands in the journal whose process may have died. */
const INTERRUPTIBLE: readonly RunStatus[] = ['queued', 'running']
/** Lower than any place: runs that have started come before those that wait. */
const STARTED = 2 ** 50

/** The runs of the journal's database as a list and as a queue. */
export class RunList {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Newest first, from before a number on; `shown` gives a run as it is shown, by whose status they are chosen. */
  page(before: number, limit: number, { status, scannerId }: RunFilter, shown: (run: ListedRun) => Run): { number: number; run: Run }[] {
    const stored = status === undefined ? [] : status === 'interrupted' ? INTERRUPTIBLE : [status]
    const conditions = ['number < ?', ...(stored.length === 0 ? [] : [`status IN (${stored.map(() => '?').join(', ')})`]), ...(scannerId === undefined ? [] : ['scanner_id = ?'])]
    const columns = 'number, status, state, queue_place AS place, owner_pid AS ownerPid, owner_token AS ownerToken'
    const found = this.#db.prepare(`SELECT ${columns} FROM runs WHERE ${conditions.join(' AND ')} ORDER BY number DESC`).iterate(before, ...stored, ...(scannerId === undefined ? [] : [scannerId]))
    const page: { number: number; run: Run }[] = []
    for (const record of found as Iterable<unknown> as Iterable<Omit<ListedRun, 'state'> & { state: string }>) {
      const run = shown({ ...record, state: JSON.parse(record.state) as Run })
      if (status === undefined || run.status === status) page.push({ number: record.number, run })
      if (page.length >= limit) break
    }
    return page
  }

  /** Ids that begin so, the newest first. */
  beginningWith(beginning: string, limit: number): string[] {
    const found = this.#db.prepare('SELECT id FROM runs WHERE id >= ? AND id < ? ORDER BY number DESC LIMIT ?').all(beginning, `${beginning}\u{10ffff}`, limit)
    return (found as { id: string }[]).map(({ id }) => id)
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

  /**
   * Runs of a kind that there is something to go on with, newest first: begun and not over, or completed with explored rows that failed for
   * what can pass. Those that wait for their first turn in a server's queue are none.
   */
  resumable(kind: Run['kind']): RunOwner[] {
    const isKind = kind === 'scan' ? 'scanner_id IS NOT NULL' : 'scanner_id IS NULL'
    const isBegun = "status IN ('running', 'paused') OR (status = 'queued' AND (queue_place IS NULL OR queue_place < 0))"
    const isRetryable = "status = 'completed' AND state ->> '$.explore.retryable' > 0"
    return this.#db
      .prepare(`SELECT id, owner_pid AS ownerPid, owner_token AS ownerToken FROM runs WHERE (${isBegun} OR (${isRetryable})) AND ${isKind} ORDER BY number DESC`)
      .all() as unknown as RunOwner[]
  }

  /** Ids of runs of a scanner that are over, newest first: those that may be replayed. */
  *endedScans(): Generator<string> {
    const found = this.#db.prepare("SELECT id FROM runs WHERE status IN ('completed', 'failed', 'cancelled') AND scanner_id IS NOT NULL ORDER BY number DESC").iterate()
    for (const { id } of found as Iterable<unknown> as Iterable<{ id: string }>) yield id
  }

  /** Finished runs, newest first. */
  finished(): { number: number; id: string; finishedAt: string | null; snapshot: string }[] {
    const found = this.#db.prepare("SELECT number, id, state FROM runs WHERE status IN ('completed', 'failed', 'cancelled') ORDER BY number DESC").iterate()
    return Array.from(found as Iterable<unknown> as Iterable<{ number: number; id: string; state: string }>, ({ number, id, state }) => {
      const { finishedAt, market } = JSON.parse(state) as Run
      return { number, id, finishedAt, snapshot: market.snapshot }
    })
  }

  /** Snapshots that runs which can be gone on with are tied to, one for each run. */
  snapshotsInUse(): string[] {
    const found = this.#db.prepare("SELECT plan FROM runs WHERE status IN ('queued', 'running', 'paused')").all() as { plan: string }[]
    return found.flatMap(({ plan }) => (JSON.parse(plan) as { snapshot?: string | null }).snapshot ?? [])
  }
}
