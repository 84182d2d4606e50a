import type { RunEvent } from '../scan/run.ts'

export type EventListener = (events: readonly RunEvent[]) => void

/** Who hears of which run. Events of one write go out together, in order. */
export class Watchers {
  readonly #listeners = new Map<string, Set<EventListener>>()
  readonly #pending = new Map<string, RunEvent[]>()
  readonly #warn: (message: string) => void

  /** @param warn told of a listener that throws; the others hear the events all the same */
  constructor(warn: (message: string) => void) {
    this.#warn = warn
  }

  /** Hears what happens from now on. Gives the way to stop. */
  watch(id: string, listener: EventListener): () => void {
    this.#deliver(id)
    const listeners = this.#listeners.get(id) ?? new Set()
    this.#listeners.set(id, listeners)
    // The same function may watch twice.
    const own: EventListener = (events) => listener(events)
    listeners.add(own)
    return () => {
      listeners.delete(own)
      if (listeners.size === 0 && this.#listeners.get(id) === listeners) this.#listeners.delete(id)
    }
  }

  /** Takes an event that is in the journal. */
  publish(event: RunEvent): void {
    const id = event.runId
    if (!this.#listeners.has(id)) return
    const pending = this.#pending.get(id)
    if (pending !== undefined) return void pending.push(event)
    this.#pending.set(id, [event])
    queueMicrotask(() => this.#deliver(id))
  }

  #deliver(id: string): void {
    const events = this.#pending.get(id)
    if (events === undefined) return
    this.#pending.delete(id)
    for (const listener of [...(this.#listeners.get(id) ?? [])]) {
      try {
        listener(events)
      } catch (error) {
        this.#warn(`A watcher of ${id} failed: ${(error as Error).message}`)
      }
    }
  }
}
