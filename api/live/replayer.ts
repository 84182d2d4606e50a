import type { Pages } from './pages.ts'
import type { Counters } from './stats.ts'
import type { Watcher } from './watcher.ts'

/** Longest that pages are read at a stretch; then as long again belongs to everything else. */
const SLICE_MS = 4

interface Request {
  readonly watcher: Watcher
  readonly runId: string
  head(): number
}

/** Reads pages of the journal for watchers that lack more than the tail holds: in turns, one page each, at most half of the time. */
export class Replayer {
  readonly #pages: Pages
  readonly #counters: Counters
  #queue: Request[] = []
  #isPlanned = false

  constructor(pages: Pages, counters: Counters) {
    this.#pages = pages
    this.#counters = counters
  }

  ask(request: Request): void {
    this.#queue.push(request)
    this.#plan(0)
  }

  #plan(afterMs: number): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    if (afterMs > 0) setTimeout(() => this.#turn(), afterMs)
    else setImmediate(() => this.#turn())
  }

  #turn(): void {
    this.#isPlanned = false
    const started = performance.now()
    let served = 0
    // Who asks again meanwhile comes behind those who wait.
    for (let spent = 0; served < this.#queue.length && spent < SLICE_MS; spent = performance.now() - started) this.#serve(this.#queue[served++]!)
    this.#queue.splice(0, served)
    if (this.#queue.length > 0) this.#plan(performance.now() - started)
  }

  #serve({ watcher, runId, head }: Request): void {
    if (watcher.isClosed) return
    this.#counters.pages++
    try {
      if (!watcher.isCoalescible) return watcher.takePage(this.#pages.exact(runId, watcher.seq, head()))
      const { chunk, events, logsDropped } = this.#pages.coalesced(runId, watcher.seq, head())
      this.#counters.coalescedMessages += chunk.messageCount < events ? chunk.messageCount : 0
      this.#counters.coalescedEvents += chunk.messageCount < events ? events : 0
      this.#counters.logsDropped += logsDropped
      watcher.takePage(chunk)
    } catch (error) {
      watcher.fail(`events can not be read: ${(error as Error).message}`.slice(0, 120))
    }
  }
}
