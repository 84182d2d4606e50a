import type { GuestCode } from '../worker/protocol.ts'
import type { WorkerListener, WorkerProcess } from './worker-process.ts'

/** A process that has been started and has seen no script. */
export interface Spare {
  readonly process: WorkerProcess
  /** True once it is warm and waits for requests. */
  readonly isReady: boolean
  /** How often it has answered. */
  readonly answers: number
}

/** One that stands by for scans. */
export interface PreparedSpare extends Omit<Spare, 'answers'> {
  /** The guest's code that it has by the time it is ready, null for none. */
  readonly guest: GuestCode | null
}

interface Kept extends Spare {
  isReady: boolean
  answers: number
  deadline: NodeJS.Timeout
}

/** How processes of one kind are started and made ready. */
export interface SpareKind {
  /** Starts one process. */
  start(listener: WorkerListener): WorkerProcess
  /**
   * Called when one was started, and after each of its answers: may have it do something of no consequence, so that its code is
   * compiled and in the caches of the processor when it is needed. True once nothing is left to be done.
   */
  warmUp(process: WorkerProcess, answers: number): boolean
  /** False where one that still warms up would take its answer for that of whoever takes it. */
  readonly mayBeTakenEarly: boolean
}

/** A taken one is replaced once whoever took it has had its first moments of the processors. */
const REFILL_MS = 400
const RETRY_MS = 5_000
/** Between the starts of two: a start keeps this process busy for a while, and whoever waits for it should not wait for both. */
const NEXT_MS = 20
/** One that is not ready by then is of no use, and in the place of one that is. */
const WARM_TIMEOUT_MS = 30_000

/**
 * Processes that stand by, so that whoever needs one does not wait for its start. Each is given away once and replaced;
 * none is ever taken back, so that nothing of one script can reach another through it.
 */
export class Spares {
  readonly #count: number
  readonly #kind: SpareKind
  readonly #kept = new Set<Kept>()
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  constructor(count: number, kind: SpareKind) {
    this.#count = count
    this.#kind = kind
  }

  get pids(): number[] {
    return [...this.#kept].map(({ process }) => process.pid)
  }

  /** Starts what is missing, one after the other. */
  fill(): void {
    if (this.#isClosed || this.#kept.size >= this.#count) return
    try {
      this.#start()
      if (this.#kept.size < this.#count) this.#later(NEXT_MS)
    } catch {
      // Whoever takes one does without; a machine that starts no process any more says so in its runs.
      this.#later(RETRY_MS)
    }
  }

  /** A process to own from now on, by `adopt`; null where none is there. */
  take(): Spare | null {
    const alive = [...this.#kept].filter(({ process }) => process.isAlive)
    const found = alive.find(({ isReady }) => isReady) ?? (this.#kind.mayBeTakenEarly ? alive[0] : undefined)
    if (found === undefined) return null
    this.#kept.delete(found)
    clearTimeout(found.deadline)
    this.#later(REFILL_MS)
    return found
  }

  close(): void {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    for (const { process, deadline } of this.#kept) {
      clearTimeout(deadline)
      process.kill({ kind: 'killed', cause: 'stopped' })
    }
    this.#kept.clear()
  }

  #start(): void {
    const listener: WorkerListener = {
      frame: () => {
        kept.isReady = this.#kind.warmUp(kept.process, ++kept.answers)
        if (kept.isReady) clearTimeout(kept.deadline)
      },
      ended: () => {
        this.#kept.delete(kept)
        clearTimeout(kept.deadline)
        if (!this.#isClosed) this.#later(RETRY_MS)
      },
      failed: () => {},
    }
    const kept: Kept = {
      process: this.#kind.start(listener),
      isReady: false,
      answers: 0,
      deadline: setTimeout(() => kept.process.kill({ kind: 'killed', cause: 'stopped' }), WARM_TIMEOUT_MS).unref(),
    }
    kept.process.giveWay()
    this.#kept.add(kept)
    kept.isReady = this.#kind.warmUp(kept.process, 0)
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
