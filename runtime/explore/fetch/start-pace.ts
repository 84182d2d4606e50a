const MINUTE_MS = 60_000
/** Calls reach the vendor sooner or later than they left; its minute must still not hold more than it grants. */
const MINUTE_MARGIN_MS = 250
/** The same within a second: calls leave a little after they were let, some later than others. */
const PACE_MARGIN = 1.002
/** Most requests of a group, and the most of a second's that it may be. */
const LARGEST_GROUP = 5
const GROUP_SHARE = 0.5

export interface PaceLimits {
  /** Above 0. */
  readonly requestsPerSecond: number
  /** Null where none is known. */
  readonly callsPerMinute: number | null
}

/**
 * When requests may start: none before its turn, which comes every `1 / requestsPerSecond` seconds. Where as many wait as make a group, they
 * start together at the turn of the last of them: one by one they cost half as much again of processor time, since the process sleeps
 * before each and then finds its caches cold. A start that comes late (the event loop was busy) is made up for by the next, so that the
 * mean rate holds, but never by more than `requestsPerSecond` starts within any second. Pure: instants are milliseconds of one monotonic
 * clock.
 */
export class StartPace {
  /** So many waiting requests start together. */
  readonly groupSize: number
  readonly #intervalMs: number
  readonly #burst: number
  readonly #burstMs: number
  readonly #perMinute: number
  readonly #starts: number[] = []
  #lastSlot = -Infinity

  constructor({ requestsPerSecond, callsPerMinute }: PaceLimits) {
    this.groupSize = Math.min(LARGEST_GROUP, Math.max(1, Math.floor(requestsPerSecond * GROUP_SHARE)))
    this.#intervalMs = (1_000 / requestsPerSecond) * PACE_MARGIN
    this.#burst = Math.max(1, Math.floor(requestsPerSecond))
    this.#burstMs = this.#burst * this.#intervalMs
    this.#perMinute = callsPerMinute === null ? Infinity : Math.max(1, Math.floor(callsPerMinute))
  }

  /**
   * The earliest start of a request that waits since `since`, first of `waiting`. `obeyMinute` false leaves the known calls per minute aside,
   * where the vendor itself says what is left.
   */
  earliest(since: number, obeyMinute: boolean, waiting: number): number {
    const slot = this.#slot(since, obeyMinute)
    const others = waiting >= this.groupSize && slot > since ? this.groupSize - 1 : 0
    return Math.max(slot + others * this.#intervalMs, this.#startBefore(this.#burst) + this.#burstMs)
  }

  /** Counts a start at `at` of a request that waited since `since`. */
  started(at: number, since: number, obeyMinute: boolean): void {
    this.#lastSlot = Math.max(this.#slot(since, obeyMinute), at - this.#burstMs)
    this.#starts.push(at)
    if (this.#starts.length > Math.max(this.#burst, Number.isFinite(this.#perMinute) ? this.#perMinute : 0)) this.#starts.shift()
  }

  #slot(since: number, obeyMinute: boolean): number {
    const even = Math.max(this.#lastSlot + this.#intervalMs, since)
    return obeyMinute ? Math.max(even, this.#startBefore(this.#perMinute) + MINUTE_MS + MINUTE_MARGIN_MS) : even
  }

  /** The start that was `count` starts ago. */
  #startBefore(count: number): number {
    return this.#starts.at(-count) ?? -Infinity
  }
}
