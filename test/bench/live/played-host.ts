import type { LiveHost } from '../../../api/live/channel.ts'
import type { Run, RunEvent } from '../../../runtime/host.ts'

const FLUSH_MS = 40
const DATE = '2026-11-20'

export interface PlayedRun {
  readonly symbols: number
  readonly durationMs: number
}

/**
 * A run that is played, not carried out: outcomes at an even pace, told every 40 ms as a run's settlement does, with the
 * states, samples and log lines that go with them. Its log is in memory, as a journal that costs nothing.
 */
export class PlayedHost implements LiveHost {
  readonly id = 'run-played'
  readonly #log: RunEvent[] = []
  readonly #listeners = new Set<(events: readonly RunEvent[]) => void>()
  #status: Run['status'] = 'running'

  /** Plays the run in real time, to its end. */
  async play({ symbols, durationMs }: PlayedRun): Promise<void> {
    const started = performance.now()
    for (let done = 0; done < symbols; ) {
      await new Promise((resolve) => setTimeout(resolve, FLUSH_MS))
      const until = Math.min(symbols, Math.ceil((symbols * (performance.now() - started)) / durationMs))
      this.#publish(news(done, until, symbols))
      done = until
    }
    this.#status = 'completed'
    this.#publish([{ type: 'end', run: this.run() }])
  }

  run(): Run {
    return { id: this.id, status: this.#status } as Run
  }

  lastSeq(): number {
    return this.#log.length
  }

  *events(_id: string, after = 0): Generator<RunEvent> {
    for (let place = after; place < this.#log.length; place++) yield this.#log[place]!
  }

  watch(_id: string, listener: (events: readonly RunEvent[]) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  cancel(): Run {
    return this.run()
  }

  pause(): Run {
    return this.run()
  }

  resume(): Run {
    return this.run()
  }

  #publish(bodies: readonly object[]): void {
    const at = new Date().toISOString()
    const events = bodies.map((body, place) => ({ seq: this.#log.length + 1 + place, at, runId: this.id, ...body }) as RunEvent)
    this.#log.push(...events)
    for (const listener of this.#listeners) listener(events)
  }
}

function news(from: number, until: number, of: number): object[] {
  const names = Array.from({ length: until - from }, (_, at) => `SYM${from + at}`)
  const ledger = { detected: of, rejected: 0, hit: Math.floor(until / 10), miss: until - Math.floor(until / 10), failed: 0, timedOut: 0, outOfMemory: 0, noData: 0, cancelled: 0 }
  return [
    { type: 'symbols', symbols: names.map((symbol) => ({ symbol, date: DATE, status: 'running' })) },
    ...names.filter((_, at) => at % 10 === 0).map((symbol) => ({ type: 'log', level: 'info', symbol, text: `${symbol}: gap of 3.21 % on 4.5 times its volume` })),
    { type: 'worker', id: 1 + (from % 2), pid: 4_000 + (from % 2), rssBytes: 150_000_000 + from, cpuPercent: 99, symbol: names.at(-1) ?? null, note: null },
    { type: 'symbols', symbols: names.map((symbol, at) => ({ symbol, date: DATE, status: at % 10 === 0 ? 'hit' : 'miss' })) },
    { type: 'run', status: 'running', stage: 'executing', percent: 68 + (21 * until) / of, message: `Processing symbols ${from + 1}-${until} of ${of}`, ledger, etaMs: of - until, market: { source: 'simulated', simulated: true, snapshot: 'ab12', asOf: '2026-11-20' } },
  ]
}
