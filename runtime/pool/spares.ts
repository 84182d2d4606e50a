import type { WorkerListener, WorkerProcess } from './worker-process.ts'

/** A process that has been started and has seen no script. */
export interface Spare {
  readonly process: WorkerProcess
  /** True once it has said that it waits for requests; processes that say nothing are never told ready. */
  readonly isReady: boolean
}

interface Kept extends Spare {
  isReady: boolean
}

/** A taken one is replaced once whoever took it has had its first moments of the processors. */
const REFILL_MS = 400
const RETRY_MS = 5_000

/**
 * Processes that stand by, so that whoever needs one does not wait for its start. Each is given away once and replaced;
 * none is ever taken back, so that nothing of one script can reach another through it.
 */
export class Spares {
  readonly #count: number
  readonly #make: (listener: WorkerListener) => WorkerProcess
  readonly #kept = new Set<Kept>()
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  /** @param make starts one process */
  constructor(count: number, make: (listener: WorkerListener) => WorkerProcess) {
    this.#count = count
    this.#make = make
  }

  get pids(): number[] {
    return [...this.#kept].map(({ process }) => process.pid)
  }

  /** Starts what is missing. */
  fill(): void {
    while (!this.#isClosed && this.#kept.size < this.#count) {
      try {
        this.#start()
      } catch {
        // Whoever takes one does without; a machine that starts no process any more says so in its runs.
        return this.#later(RETRY_MS)
      }
    }
  }

  /** A process to own from now on, by `adopt`; null where none is there. */
  take(): Spare | null {
    const found = [...this.#kept].find(({ isReady }) => isReady) ?? [...this.#kept].find(({ process }) => process.isAlive)
    if (found === undefined) return null
    this.#kept.delete(found)
    this.#later(REFILL_MS)
    return found
  }

  close(): void {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    for (const { process } of this.#kept) process.kill({ kind: 'killed', cause: 'stopped' })
    this.#kept.clear()
  }

  #start(): void {
    const listener: WorkerListener = {
      frame: () => (kept.isReady = true),
      ended: () => {
        this.#kept.delete(kept)
        if (!this.#isClosed) this.#later(RETRY_MS)
      },
      failed: () => {},
    }
    const kept: Kept = { process: this.#make(listener), isReady: false }
    kept.process.giveWay()
    this.#kept.add(kept)
  }

  #later(ms: number): void {
    if (this.#timer !== null || this.#isClosed || this.#count === 0) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.fill()
    }, ms)
    this.#timer.unref()
  }
}
