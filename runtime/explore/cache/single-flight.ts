import { orAborted } from '../../clock.ts'
import type { FetchWaiter } from '../fetch/chain-fetcher.ts'

/**
 * Work under way for everybody who waits for it. It lets go of its outcome when it has one: the table that a Map has outgrown stays linked to those
 * that come after it, so that the garbage collector takes all that any of them held for alive until it looks at the whole heap. Of every chain that
 * is fetched, its contracts would be kept until then.
 */
class Flight<T> {
  readonly #controller = new AbortController()
  readonly #waiters = new Set<FetchWaiter>()
  #outcome: Promise<T> | null
  #isActive = false

  /** @param ended called when there is an outcome and it is let go of */
  constructor(work: (waiter: FetchWaiter) => Promise<T>, ended: () => void) {
    const outcome = Promise.try(work, {
      signal: this.#controller.signal,
      activity: (active: boolean) => {
        this.#isActive = active
        for (const waiter of this.#waiters) waiter.activity?.(active)
      },
    })
    this.#outcome = outcome
    const end = (): void => {
      this.#outcome = null
      ended()
    }
    // Those who wait hear of a failure; there may be nobody left.
    outcome.then(end, end)
  }

  /** The outcome while there is none yet, or the signal's reason. */
  wait(signal: AbortSignal): Promise<T> {
    return orAborted(this.#outcome!, signal)
  }

  enter(waiter: FetchWaiter): void {
    this.#waiters.add(waiter)
    if (this.#isActive) waiter.activity?.(true)
  }

  /** Gives true where nobody waits any more. */
  leave(waiter: FetchWaiter): boolean {
    this.#waiters.delete(waiter)
    if (this.#isActive) waiter.activity?.(false)
    return this.#waiters.size === 0
  }

  abandon(): void {
    this.#controller.abort(new DOMException('Nobody waits for the answer any more.', 'AbortError'))
  }
}

/**
 * One piece of work for many waiters: whoever asks for a key while work for it is under way shares its outcome. Any of them may give up
 * without harm to the others; the work is aborted only when all have.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>()

  /** Pieces of work under way. */
  get underWay(): number {
    return this.#flights.size
  }

  isUnderWay(key: string): boolean {
    return this.#flights.has(key)
  }

  /** The outcome of the key's work, which `start` begins unless it is under way. @throws what the work throws, or the waiter's signal's reason */
  async share(key: string, asker: FetchWaiter, start: (waiter: FetchWaiter) => Promise<T>): Promise<T> {
    asker.signal.throwIfAborted()
    // An asker may wait for one key twice; each wait is one of its own.
    const waiter: FetchWaiter = { signal: asker.signal, activity: (active) => asker.activity?.(active) }
    const flight = this.#flights.get(key) ?? this.#begin(key, start)
    flight.enter(waiter)
    try {
      return await flight.wait(waiter.signal)
    } finally {
      if (flight.leave(waiter) && this.#flights.get(key) === flight) {
        // A no-op where the work is done: it has then left the table already.
        this.#flights.delete(key)
        flight.abandon()
      }
    }
  }

  #begin(key: string, start: (waiter: FetchWaiter) => Promise<T>): Flight<T> {
    const flight = new Flight(start, () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    })
    this.#flights.set(key, flight)
    return flight
  }
}
