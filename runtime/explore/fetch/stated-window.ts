/** A window that ends is left for dead this much later, since instants of vendors are whole milliseconds of another clock. */
const RESET_MARGIN_MS = 5
/** Ends this near to each other are one window's: clocks are read at different instants. */
const SAME_WINDOW_MS = 1_000

/**
 * What the vendor's own rate headers grant. Between two answers the count is kept on the safe side: calls in flight may not have been
 * counted yet. Pure: instants are milliseconds of one monotonic clock.
 */
export class StatedWindow {
  #available = Infinity
  #resetsAt = -Infinity
  #everStated = false

  /** True once an answer has stated a window that was not over: the vendor's own numbers then replace the known calls per minute. */
  get everStated(): boolean {
    return this.#everStated
  }

  /** Takes what an answer states. Windows that are over, and numbers that are none, say nothing. */
  state(available: number, resetsAt: number, now: number): void {
    if (!Number.isFinite(available)) return
    const end = resetsAt + RESET_MARGIN_MS
    // Answers overtake each other: an older window's is no news, and within one window calls left only fall.
    if (end <= now || end < this.#resetsAt - SAME_WINDOW_MS) return
    this.#everStated = true
    const isSame = end < this.#resetsAt + SAME_WINDOW_MS
    this.#available = isSame ? Math.min(this.#available, available) : available
    this.#resetsAt = isSame ? Math.max(this.#resetsAt, end) : end
  }

  /** Calls left beside `inFlight` that no answer has counted, and for how long; null where no window is under way. */
  left(inFlight: number, now: number): { left: number; endsInMs: number } | null {
    return now < this.#resetsAt ? { left: Math.max(0, this.#available - inFlight), endsInMs: this.#resetsAt - now } : null
  }

  /** The instant from which one more call may start beside `inFlight` others that no answer has counted: now or earlier where it may at once. */
  opensAt(inFlight: number, now: number): number {
    return now < this.#resetsAt && inFlight >= this.#available ? this.#resetsAt : -Infinity
  }
}
