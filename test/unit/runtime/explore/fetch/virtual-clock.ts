import type { Clock } from '../../../../../runtime/clock.ts'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** Time that passes only when it is told to. The monotonic clock and the epoch differ, as they do on a machine. */
export class VirtualClock implements Clock {
  /** Epoch milliseconds at monotonic 0: Friday, 20 November 2026, 15:00 in New York. */
  epoch = Date.UTC(2026, 10, 20, 20)
  /** How late each timer fires. */
  lateness: () => number = () => 0
  #now = 1_000
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.epoch + this.#now
  }

  monotonic(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms) + this.lateness(), callback }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  get timers(): number {
    return this.#timers.size
  }

  /** Lets `ms` pass: timers fire in order, and what they set off settles before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let next = this.#next(); next !== undefined && next.at <= end; next = this.#next()) {
      this.#now = Math.max(this.#now, next.at)
      this.#timers.delete(next)
      next.callback()
      await settle()
    }
    this.#now = end
  }

  /** Lets time pass until the promise settles. */
  async until<T>(promise: Promise<T>, limitMs = 86_400_000): Promise<T> {
    let isSettled = false
    promise.then(() => (isSettled = true), () => (isSettled = true))
    await settle()
    for (let next = this.#next(); !isSettled && next !== undefined && next.at <= this.#now + limitMs; next = this.#next()) {
      await this.advance(Math.max(0, next.at - this.#now))
    }
    if (!isSettled) throw new Error('nothing is left to wait for, and the promise has not settled')
    return promise
  }

  #next(): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer
    return first
  }
}

/** Lets promises that are settled already run their course. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
