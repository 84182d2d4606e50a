import { readFileSync } from 'node:fs'

import type { Settings } from '../config/schema.ts'
import { startInspector } from '../intake/inspect.ts'
import { openSnapshotFiles } from '../market/snapshot-files.ts'
import type { Snapshot } from '../market/snapshot.ts'
import { Spares, type Spare } from '../pool/spares.ts'
import { WorkerProcess } from '../pool/worker-process.ts'
import { dataLimitOf } from '../scan/executor.ts'

/** Processes that stand by for uploads and runs. None are kept until `warm`: a command line has no use for them. */
export class Warmth {
  readonly #settings: Settings
  readonly #intakes: Spares
  #workers: { snapshot: string; spares: Spares } | null = null
  #isOn = false

  constructor(settings: Settings) {
    this.#settings = settings
    this.#intakes = new Spares(settings['spare.intakes'], startInspector)
  }

  /** Keeps processes ready from now on, workers for runs over `snapshot`. */
  warm(snapshot: Snapshot): void {
    if (!this.#isOn) this.#intakes.fill()
    this.#isOn = true
    if (this.#workers?.snapshot === snapshot.id) return
    this.#workers?.spares.close()
    const memoryMb = this.#settings['limits.memoryMb']
    const spares = new Spares(this.#settings['spare.workers'], (listener) => {
      // The child has its own copies of the descriptors once it is started.
      const files = openSnapshotFiles(snapshot)
      try {
        return new WorkerProcess(0, 'scan', dataLimitOf(memoryMb), files.all, listener)
      } finally {
        files.close()
      }
    })
    this.#workers = { snapshot: snapshot.id, spares }
    spares.fill()
  }

  takeIntake(): Spare | null {
    return this.#isOn ? this.#intakes.take() : null
  }

  /** A worker that has the files of the snapshot open, and this limit; null where there is none. */
  takeWorker(snapshot: Snapshot, dataLimitMb: number): Spare | null {
    if (!this.#isOn) return null
    const fits = this.#workers?.snapshot === snapshot.id && dataLimitMb === dataLimitOf(this.#settings['limits.memoryMb'])
    return fits ? this.#workers!.spares.take() : null
  }

  processes(): { pid: number; rssBytes: number }[] {
    return [...this.#intakes.pids, ...(this.#workers?.spares.pids ?? [])].map((pid) => ({ pid, rssBytes: residentBytes(pid) }))
  }

  close(): void {
    this.#isOn = false
    this.#intakes.close()
    this.#workers?.spares.close()
  }
}

const PAGE_BYTES = 4_096

/** Resident memory of a process; 0 where the system does not say at once. */
function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
  } catch {
    return 0
  }
}
