import type { Clock } from '../../../runtime/clock.ts'

interface Timer {
  at: number
  readonly owner: object
  readonly callback: () => void
}

/** Friday, 20 November 2026, 15:00 in New York, at monotonic 0. */
const EPOCH = Date.UTC(2026, 10, 20, 20)
/** Turns of the event loop in which what a timer set off may go on before the next timer fires. */
const TURNS = 2
const LAST_TURNS = 25

/** Time that passes only when it is told to, for several owners: a process that dies takes its timers with it. */
export class VirtualTime {
  #now = 1_000
  #epoch = EPOCH
  readonly #timers = new Set<Timer>()

  get now(): number {
    return this.#now
  }

  clockOf(owner: object): Clock {
    return {
      now: () => Math.round(this.#epoch + this.#now),
      monotonic: () => this.#now,
      after: (ms, callback) => {
        const timer = { at: this.#now + Math.max(0, ms), owner, callback }
        this.#timers.add(timer)
        return () => void this.#timers.delete(timer)
      },
    }
  }

  pending(owner: object): number {
    return [...this.#timers].filter((timer) => timer.owner === owner).length
  }

  drop(owner: object): void {
    for (const timer of this.#timers) if (timer.owner === owner) this.#timers.delete(timer)
  }

  /** The clock on the wall is set, forward or back; what waits does not notice. */
  setWall(byMs: number): void {
    this.#epoch += byMs
  }

  /** The whole machine stands still for a while, and only `watched` finds its timers late: what others had to do takes as long as before. */
  freeze(ms: number, watched: object): void {
    this.#now += ms
    for (const timer of this.#timers) if (timer.owner !== watched) timer.at += ms
  }

  /** Lets time pass until what is asked for is so; gives false where that does not happen before `end`. */
  async until(isSo: () => boolean, end: number): Promise<boolean> {
    for (;;) {
      await turns(TURNS)
      if (isSo()) return true
      const next = this.#next() ?? (await turns(LAST_TURNS), this.#next())
      if (isSo()) return true
      if (next === undefined || next.at > end) return false
      this.#now = Math.max(this.#now, next.at)
      this.#timers.delete(next)
      next.callback()
    }
  }

  #next(): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer
    return first
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => void setImmediate(resolve))
}
