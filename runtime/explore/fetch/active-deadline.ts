import type { Clock } from '../../clock.ts'

/**
 * A time limit that runs only while work is being done for its owner: while a call is in flight or backs off, not while it waits for its
 * turn in the budget that all share. Its signal is aborted with a `TimeoutError` when the time is used up, or with the outer signal's
 * reason.
 */
export class ActiveDeadline {
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #outer: AbortSignal
  readonly #controller = new AbortController()
  readonly #onOuterAbort: () => void
  #active = 0
  #usedMs = 0
  #since = 0
  #cancelTimer: (() => void) | null = null

  constructor(limitMs: number, clock: Clock, outer: AbortSignal) {
    this.#limitMs = limitMs
    this.#clock = clock
    this.#outer = outer
    this.#onOuterAbort = () => this.#controller.abort(outer.reason)
    if (outer.aborted) this.#onOuterAbort()
    else outer.addEventListener('abort', this.#onOuterAbort, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Milliseconds of the limit that are used up. */
  get usedMs(): number {
    return this.#usedMs + (this.#active > 0 ? this.#clock.monotonic() - this.#since : 0)
  }

  /** Told when a piece of work begins (true) and ends (false); pieces may overlap. Hand it over as a waiter's `activity`. */
  readonly activity = (active: boolean): void => {
    if (active && this.#active++ === 0) {
      this.#since = this.#clock.monotonic()
      this.#watch()
    }
    if (!active && --this.#active === 0) {
      this.#usedMs += this.#clock.monotonic() - this.#since
      this.#cancelTimer?.()
    }
  }

  /** Lets go of the outer signal and of any timer. */
  dispose(): void {
    this.#cancelTimer?.()
    this.#outer.removeEventListener('abort', this.#onOuterAbort)
  }

  #watch(): void {
    this.#cancelTimer = this.#clock.after(this.#limitMs - this.usedMs, () => {
      if (this.usedMs < this.#limitMs) return this.#watch()
      this.#controller.abort(new DOMException(`No answer within ${this.#limitMs / 1_000} s of calling.`, 'TimeoutError'))
    })
  }
}
