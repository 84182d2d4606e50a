const WINDOW_MS = 60_000
/** Tokens whose windows are kept; the oldest are forgotten beyond. */
const MOST_TOKENS = 1_000

export interface RateState {
  readonly granted: boolean
  readonly allowed: number
  readonly used: number
  /** Epoch milliseconds. */
  readonly expiry: number
}

/** One-minute windows, each from a token's first request on, as Tradier counts them. */
export class RateWindows {
  readonly #allowed: number
  readonly #now: () => number
  readonly #windows = new Map<string, { used: number; expiry: number }>()

  constructor(allowed: number, now: () => number) {
    this.#allowed = allowed
    this.#now = now
  }

  /** Counts one request; one that is refused uses nothing. */
  take(token: string): RateState {
    const now = this.#now()
    let window = this.#windows.get(token)
    if (window === undefined || now >= window.expiry) {
      window = { used: 0, expiry: now + WINDOW_MS }
      this.#windows.delete(token)
      this.#windows.set(token, window)
      if (this.#windows.size > MOST_TOKENS) this.#windows.delete(this.#windows.keys().next().value!)
    }
    const granted = window.used < this.#allowed
    if (granted) window.used++
    return { granted, allowed: this.#allowed, used: window.used, expiry: window.expiry }
  }
}
