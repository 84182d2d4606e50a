import { setImmediate as nextTurn } from 'node:timers/promises'

/** What comes one by one from a source that serves others as well: undefined stands where these may have a turn. */
export type Paced<T> = T | undefined

/** Longest that a source is read at a stretch, in milliseconds. */
const STRETCH_MS = 8

/** Gives others a turn where it is time for one; make one for each source that is read. */
export class Pace {
  #began = performance.now()

  async rest(): Promise<void> {
    if (performance.now() - this.#began < STRETCH_MS) return
    await nextTurn()
    this.#began = performance.now()
  }
}

/** What a work comes to that yields where others may have a turn. */
export async function inTurns<T>(work: Generator<undefined, T>): Promise<T> {
  const pace = new Pace()
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
    await pace.rest()
  }
}
