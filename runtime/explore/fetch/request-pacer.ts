import { ProviderCallError, type RateWindow } from '../../../sdk/option-provider.ts'
import type { Clock } from '../../clock.ts'
import type { CallLimits } from './plan-calls.ts'
import { StartPace, type PaceLimits } from './start-pace.ts'
import { StatedWindow } from './stated-window.ts'

/** However far away the vendor's instant is, which may be nonsense: after this long one call asks again. */
const LONGEST_HOLD_MS = 15 * 60_000
const DAY_MS = 86_400_000

/** Sums of intervals differ by the order in which they are made. */
const ROUNDING_MS = 1e-3

/** The leave to make one call. */
export interface Admission {
  /** Takes the window that the call's answer states. */
  state(window: RateWindow): void
  /** The call is over, whatever came of it. */
  done(): void
}

export interface PacerOptions extends PaceLimits {
  /** Longest that calls are held back by the vendor's word; where it asks for more they fail instead. */
  readonly maxHoldMs: number
  readonly clock: Clock
}

/** From when calls may start. */
interface Opening {
  /** Monotonic; no more than `LONGEST_HOLD_MS` after it was stated. */
  readonly at: number
  /** The vendor's own word, in epoch milliseconds. */
  readonly stated: number
}

const OPEN: Opening = { at: -Infinity, stated: -Infinity }

interface Waiter {
  since: number
  admit(admission: Admission): void
  reject(error: Error): void
}

/**
 * The budget of calls to one source, shared by all that call it: first come, first served, none ahead of an even pace, within what the vendor
 * grants.
 * No kept library does this: none of p-throttle, p-queue and rate-limiter-flexible takes an instant to hold until, a count of calls in
 * flight or a clock, or gives an abandoned wait's place to the next.
 */
export class RequestPacer {
  readonly #clock: Clock
  readonly #maxHoldMs: number
  readonly #pace: StartPace
  readonly #requestsPerSecond: number
  /** By the vendor's last answer, else as it is known to grant. */
  #callsPerMinute: number | null
  readonly #window = new StatedWindow()
  readonly #queue: Waiter[] = []
  #inFlight = 0
  #hold = OPEN
  #windowEnd = -Infinity
  /** Since when nothing but the pace holds calls back. */
  #openSince = -Infinity
  #wasShut = false
  #cancelTimer: (() => void) | null = null

  constructor(options: PacerOptions) {
    this.#clock = options.clock
    this.#maxHoldMs = options.maxHoldMs
    this.#pace = new StartPace(options)
    this.#requestsPerSecond = options.requestsPerSecond
    this.#callsPerMinute = options.callsPerMinute
  }

  /**
   * Resolves when a call may be made, which must then be made at once.
   * @throws the signal's reason; ProviderCallError `rate_limited` where the vendor wants no call for longer than `maxHoldMs`
   */
  admit(signal: AbortSignal): Promise<Admission> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const settle = (): void => signal.removeEventListener('abort', onAbort)
      const waiter: Waiter = {
        since: this.#clock.monotonic(),
        admit: (admission) => (settle(), resolve(admission)),
        reject: (error) => (settle(), reject(error)),
      }
      const onAbort = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiter), 1)
        reject(signal.reason as Error)
        this.#pump()
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(waiter)
      if (this.#queue.length === 1 || this.#queue.length === this.#pace.groupSize) this.#pump()
    })
  }

  /** Lets no call start before an instant in epoch milliseconds. */
  hold(until: number): void {
    const at = this.#monotonic(until)
    if (at > this.#hold.at) this.#hold = { at, stated: until }
    this.#pump()
  }

  /** What holds calls back as far as is known by now: more once an answer has told of the vendor's minute. */
  get limits(): CallLimits {
    return { requestsPerSecond: this.#requestsPerSecond, callsPerMinute: this.#callsPerMinute, window: this.#window.left(this.#inFlight, this.#clock.monotonic()) }
  }

  /** Why calls to be made now fail, in one sentence, where they would have to wait longer than they are let; else null. */
  get refusal(): string | null {
    const opening = this.#refusingOpening(this.#clock.monotonic())
    return opening === null ? null : this.#describe(opening)
  }

  #pump(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    let isOpen = false
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      const now = this.#clock.monotonic()
      const refusing = this.#refusingOpening(now)
      if (refusing !== null) return this.#refuseAll(refusing)
      const opensAt = this.#opening(now).at
      if (opensAt > now) {
        this.#wasShut = true
        return this.#pumpAfter(opensAt - now)
      }
      if (this.#wasShut) this.#openSince = now
      this.#wasShut = false
      const since = Math.max(head.since, this.#openSince)
      const obeyMinute = !this.#window.everStated
      // Once the first of a group may start, all whose turn has come do.
      if (!isOpen || this.#pace.earliest(since, obeyMinute, 1) > now + ROUNDING_MS) {
        const due = this.#pace.earliest(since, obeyMinute, this.#queue.length)
        if (due > now) return this.#pumpAfter(due - now)
      }
      isOpen = true
      this.#pace.started(now, since, obeyMinute)
      this.#queue.shift()
      head.admit(this.#admission())
    }
  }

  #pumpAfter(ms: number): void {
    this.#cancelTimer = this.#clock.after(ms, () => this.#pump())
  }

  #opening(now: number): Opening {
    const window = { at: this.#window.opensAt(this.#inFlight, now), stated: this.#windowEnd }
    return window.at > this.#hold.at ? window : this.#hold
  }

  #refusingOpening(now: number): Opening | null {
    const opening = this.#opening(now)
    return opening.at - now > this.#maxHoldMs && !this.#awaitsAnswers(now) ? opening : null
  }

  /** Calls in flight may still bring better news than what is known. */
  #awaitsAnswers(now: number): boolean {
    return this.#inFlight > 0 && this.#hold.at - now <= this.#maxHoldMs
  }

  #describe({ stated }: Opening): string {
    const instant = stated - this.#clock.now() > DAY_MS ? 'an instant more than a day ahead' : new Date(Math.round(stated)).toISOString()
    return `The provider wants no further call before ${instant}, which is more than the ${this.#maxHoldMs / 1_000} s of explore.maxHoldMs away.`
  }

  #refuseAll(opening: Opening): void {
    const message = this.#describe(opening)
    for (const waiter of this.#queue.splice(0)) {
      waiter.reject(new ProviderCallError('rate_limited', message, { passing: true, retryAt: Math.round(opening.stated) }))
    }
  }

  #admission(): Admission {
    this.#inFlight++
    let counted = false
    const count = (): void => {
      if (!counted) this.#inFlight--
      counted = true
    }
    return {
      state: ({ allowed, available, resetsAt }) => {
        count()
        if (Number.isFinite(resetsAt)) this.#state(available, resetsAt)
        if (this.#window.everStated && allowed >= 1) this.#callsPerMinute = allowed
        this.#pump()
      },
      done: () => {
        count()
        this.#pump()
      },
    }
  }

  #state(available: number, resetsAt: number): void {
    this.#window.state(available, this.#monotonic(resetsAt), this.#clock.monotonic())
    // Answers overtake each other: an older one's end is no news while the later is to come.
    this.#windowEnd = this.#windowEnd > this.#clock.now() ? Math.max(this.#windowEnd, resetsAt) : resetsAt
  }

  #monotonic(epochMs: number): number {
    return this.#clock.monotonic() + Math.min(epochMs - this.#clock.now(), LONGEST_HOLD_MS)
  }
}

/** The pacers of a process, one per source however many explorations call it. */
export class RequestBudgets {
  readonly #options: Omit<PacerOptions, 'callsPerMinute'>
  readonly #pacers = new Map<string, RequestPacer>()

  constructor(options: Omit<PacerOptions, 'callsPerMinute'>) {
    this.#options = options
  }

  of({ identity, callsPerMinute }: { readonly identity: string; readonly callsPerMinute: number | null }): RequestPacer {
    const known = this.#pacers.get(identity)
    if (known) return known
    const pacer = new RequestPacer({ ...this.#options, callsPerMinute })
    this.#pacers.set(identity, pacer)
    return pacer
  }
}
