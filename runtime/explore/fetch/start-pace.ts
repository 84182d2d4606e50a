const MINUTE_MS = 60_000
/** Calls reach the vendor sooner or later than they left; its minute must still not hold more than it grants. */
const MINUTE_MARGIN_MS = 250
/** The same within a second: calls leave a little after they were let and are under way for a while, some longer than others. */
const SECOND_MARGIN_MS = 25
/** The first calls and those after a pause arrive later still: connections are made for them, and code is compiled. Spread over a second's. */
const COLD_MARGIN_MS = 150
/** A pace that has been at rest for so long beyond its own turns begins anew. */
const PAUSE_MS = 5_000
/** Most requests of a group, and the fewest groups in a second. */
const LARGEST_GROUP = 5
const FEWEST_GROUPS = 2

export interface PaceLimits {
  /** Above 0. */
  readonly requestsPerSecond: number
  /** Null where none is known. */
  readonly callsPerMinute: number | null
}

/**
 * When requests may start: none before its turn. Turns are evenly spread, `requestsPerSecond` of them in a second and a margin, so that no
 * second holds more, wherever it begins and by the vendor's clock as by ours; rates of no whole number hold theirs in as long as their
 * whole part takes. The margin costs 2.5% of time, and the first turns after a pause are longer still. Where as many requests wait as make
 * a group, they start together at the turn of the last of them: one by one they cost half as much again of processor time, since the
 * process sleeps before each and then finds its caches cold. A start that comes late (the event loop was busy) is made up for by the next as
 * far as the second allows. Pure: instants are milliseconds of one monotonic clock.
 */
export class StartPace {
  /** So many waiting requests start together. */
  readonly groupSize: number
  readonly #intervalMs: number
  readonly #burst: number
  readonly #burstMs: number
  readonly #pauseMs: number
  readonly #perMinute: number
  readonly #starts: number[] = []
  #lastSlot = -Infinity
  #lastStart = -Infinity
  /** Starts to come that are still of the first after a pause. */
  #coldStarts = 0

  constructor({ requestsPerSecond, callsPerMinute }: PaceLimits) {
    this.#burst = Math.max(1, Math.floor(requestsPerSecond))
    this.groupSize = groupSizeOf(this.#burst)
    this.#burstMs = (this.#burst / requestsPerSecond) * 1_000 + SECOND_MARGIN_MS
    this.#intervalMs = this.#burstMs / this.#burst
    this.#pauseMs = PAUSE_MS + 2 * this.#intervalMs
    this.#perMinute = callsPerMinute === null ? Infinity : Math.max(1, Math.floor(callsPerMinute))
  }

  /**
   * The earliest start of a request that waits since `since`, first of `waiting`. `obeyMinute` false leaves the known calls per minute aside,
   * where the vendor itself says what is left.
   */
  earliest(since: number, obeyMinute: boolean, waiting: number): number {
    const slot = this.#slot(since, obeyMinute)
    const others = waiting >= this.groupSize && slot > since ? this.groupSize - 1 : 0
    return Math.max(slot + this.#turns(others, this.#coldStarts - 1), this.#startBefore(this.#burst - others) + this.#burstMs)
  }

  /** Counts a start at `at` of a request that waited since `since`. */
  started(at: number, since: number, obeyMinute: boolean): void {
    this.#lastSlot = Math.max(this.#slot(since, obeyMinute), at - this.#burstMs)
    this.#coldStarts = at - this.#lastStart > this.#pauseMs ? this.#burst : Math.max(0, this.#coldStarts - 1)
    this.#lastStart = at
    this.#starts.push(at)
    if (this.#starts.length > Math.max(this.#burst, Number.isFinite(this.#perMinute) ? this.#perMinute : 0)) this.#starts.shift()
  }

  #slot(since: number, obeyMinute: boolean): number {
    const even = Math.max(this.#lastSlot + this.#turns(1, this.#coldStarts), since)
    return obeyMinute ? Math.max(even, this.#startBefore(this.#perMinute) + MINUTE_MS + MINUTE_MARGIN_MS) : even
  }

  /** How long so many turns take, the first of them `cold`. */
  #turns(count: number, cold: number): number {
    return count * this.#intervalMs + (Math.min(count, Math.max(0, cold)) * COLD_MARGIN_MS) / this.#burst
  }

  /** The start that was `count` starts ago. */
  #startBefore(count: number): number {
    return this.#starts.at(-count) ?? -Infinity
  }
}

/** The largest group of which a second holds a whole number: others would leave it partly unused, or fall apart. */
function groupSizeOf(perSecond: number): number {
  let size = Math.min(LARGEST_GROUP, Math.floor(perSecond / FEWEST_GROUPS))
  while (size > 1 && perSecond % size !== 0) size--
  return Math.max(1, size)
}
