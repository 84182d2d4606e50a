/** Time as everything that waits sees it: injected, so that tests can run hours in an instant. */
export interface Clock {
  /** Epoch milliseconds: what ages of entries and vendors' instants are measured by. May jump when the machine's clock is set. */
  now(): number
  /** Milliseconds since some instant, never going back: what waits are measured by. */
  monotonic(): number
  /** Calls back once after `ms`; gives the way to call it off. */
  after(ms: number, callback: () => void): () => void
}

/** Longest that one timer of Node can be set for; who waits longer looks again and waits on. */
const LONGEST_TIMER_MS = 2_147_483_647

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, Math.ceil(ms)), LONGEST_TIMER_MS))
    return () => clearTimeout(timer)
  },
}

/** Resolves after `ms`; rejects at once with the signal's reason where it is or becomes aborted. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error)
    const onAbort = (): void => {
      cancel()
      reject(signal.reason as Error)
    }
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** The promise's outcome, or the signal's reason as soon as it is aborted: for work that may not heed the signal. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
