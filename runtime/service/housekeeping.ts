import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'

import type { Journal } from '../journal/journal.ts'
import type { BarStore } from '../market/store.ts'
import type { Markets } from './markets.ts'

/** Which finished runs to forget: all but the newest `keep`, or those that ended more than `olderThanDays` ago. */
export interface PruneWishes {
  readonly keep?: number | undefined
  readonly olderThanDays?: number | undefined
}

/** What a reset of the market left: snapshots that runs stand on, and how many these are. */
export interface ResetReport {
  snapshots: number
  runs: number
}

export interface PruneReport {
  runs: number
  scanners: number
  snapshots: number
  /** Bytes of the journal before and after. */
  bytesBefore: number
  bytesAfter: number
}

const DAY_MS = 86_400_000
/** Share of the journal's pages that must be free for it to be written anew. */
const VACUUM_SHARE = 0.25

/** Forgets what is not needed any more; runs that wait, run or are paused stay as they are. */
export class Housekeeping {
  readonly #journal: Journal
  readonly #store: BarStore
  readonly #markets: Markets
  readonly #home: string

  constructor(home: string, journal: Journal, store: BarStore, markets: Markets) {
    this.#markets = markets
    this.#home = home
    this.#journal = journal
    this.#store = store
  }

  async prune({ keep, olderThanDays }: PruneWishes, now = Date.now()): Promise<PruneReport> {
    const before = this.#journal.size()
    const finished = this.#journal.runList.finished()
    const going = finished.filter(({ finishedAt }, place) => {
      if (keep !== undefined && place < keep) return false
      return olderThanDays === undefined || (finishedAt !== null && now - Date.parse(finishedAt) > olderThanDays * DAY_MS)
    })
    for (const { number, id } of going) {
      this.forget(number, id)
      await breathe()
    }
    const scanners = this.#journal.scanners.removeUnused()
    const snapshots = await this.#pruneSnapshots(new Set(going.map(({ number }) => number)), finished)
    if (this.#journal.size().freeBytes > VACUUM_SHARE * before.bytes) this.#vacuum()
    return { runs: going.length, scanners, snapshots, bytesBefore: before.bytes, bytesAfter: this.#journal.size().bytes }
  }

  /** Forgets the market's data; what the runs that are there stand on stays, so that they can be gone on with and replayed. */
  async resetMarket(): Promise<ResetReport> {
    const runs = [...this.#journal.runList.finished().map(({ snapshot }) => snapshot), ...this.#journal.runList.snapshotsInUse()]
    const kept = new Set(await this.#markets.reset(new Set(runs)))
    return { snapshots: kept.size, runs: runs.filter((snapshot) => kept.has(snapshot)).length }
  }

  /** Takes a run away with its rows, its events and the files of its script. */
  forget(number: number, id: string): void {
    this.#journal.dropRun(number)
    rmSync(join(this.#home, 'artifacts', id), { recursive: true, force: true })
  }

  #vacuum(): void {
    try {
      this.#journal.vacuum()
    } catch {
      // Another process is at work in it, or the disk has no room for a second file: what is free in it is used again.
    }
  }

  /** Snapshots that no run that is left stands on, the current ones apart. */
  async #pruneSnapshots(gone: ReadonlySet<number>, finished: readonly { number: number; snapshot: string }[]): Promise<number> {
    const used = new Set(this.#journal.runList.snapshotsInUse())
    for (const { number, snapshot } of finished) if (!gone.has(number)) used.add(snapshot)
    const removed = await this.#store.prune(0, used)
    return removed.length
  }
}
