import type { LiveHost } from '../../../../../api/live/channel.ts'
import { StrikescanError, type Run, type RunEvent } from '../../../../../runtime/host.ts'

/** What an event says, without its number, instant and run. */
export type EventBody = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'seq' | 'at' | 'runId'> : never) : never

const LEDGER = { detected: 0, rejected: 0, hit: 0, miss: 0, failed: 0, timedOut: 0, outOfMemory: 0, noData: 0, cancelled: 0 }

/** A host with runs in memory that a test moves on by hand. Events are in the journal before listeners hear of them. */
export class FakeHost implements LiveHost {
  readonly asked: string[] = []
  /** Events read from the journal since the beginning. */
  reads = 0
  listeners = 0
  readonly #runs = new Map<string, { log: RunEvent[]; status: Run['status']; listeners: Set<(events: readonly RunEvent[]) => void> }>()

  start(id = 'run-1'): string {
    this.#runs.set(id, { log: [], status: 'running', listeners: new Set() })
    return id
  }

  publish(id: string, ...bodies: EventBody[]): void {
    const { log, listeners } = this.#of(id)
    const events = bodies.map((body, place) => ({ seq: log.length + 1 + place, at: new Date().toISOString(), runId: id, ...body }) as RunEvent)
    log.push(...events)
    for (const listener of [...listeners]) listener(events)
  }

  end(id: string, status: Run['status'] = 'completed'): void {
    this.#of(id).status = status
    this.publish(id, { type: 'end', run: this.run(id) })
  }

  log(id: string): readonly RunEvent[] {
    return this.#of(id).log
  }

  setStatus(id: string, status: Run['status']): void {
    this.#of(id).status = status
  }

  run(id: string): Run {
    return { id, status: this.#of(id).status, ledger: LEDGER } as Run
  }

  *events(id: string, afterSeq = 0): Generator<RunEvent> {
    const { log } = this.#of(id)
    for (let place = afterSeq; place < log.length; place++) {
      this.reads++
      yield log[place]!
    }
  }

  lastSeq(id: string): number {
    return this.#of(id).log.length
  }

  watch(id: string, listener: (events: readonly RunEvent[]) => void): () => void {
    const { listeners } = this.#of(id)
    listeners.add(listener)
    this.listeners++
    return () => {
      if (listeners.delete(listener)) this.listeners--
    }
  }

  cancel(id: string): Run {
    return this.#ask('cancel', id)
  }

  pause(id: string): Run {
    return this.#ask('pause', id)
  }

  resume(id: string): Run {
    return this.#ask('resume', id)
  }

  #ask(what: string, id: string): Run {
    if (this.#of(id).status !== 'running') throw new StrikescanError('run_finished', { run: id, status: this.#of(id).status })
    this.asked.push(`${what} ${id}`)
    return this.run(id)
  }

  #of(id: string) {
    const run = this.#runs.get(id)
    if (run === undefined) throw new StrikescanError('run_unknown', { run: id })
    return run
  }
}

/** Events of every kind, as a run of `symbols` symbols sends them. */
export function eventBodies(symbols: number): EventBody[] {
  const bodies: EventBody[] = []
  for (let at = 0; at < symbols; at++) {
    const symbol = `S${at}`
    bodies.push({ type: 'symbols', symbols: [{ symbol, date: '2026-11-20', status: 'running' }] })
    bodies.push({ type: 'symbols', symbols: [{ symbol, date: '2026-11-20', status: at % 3 === 0 ? 'hit' : 'miss' }] })
    if (at % 5 === 0) bodies.push(stateBody(at, symbols))
    if (at % 7 === 0) bodies.push({ type: 'worker', id: at % 2, pid: 100 + (at % 2), rssBytes: 1e8 + at, cpuPercent: 50, symbol, note: null })
    if (at % 11 === 0) bodies.push({ type: 'log', level: 'info', symbol, text: `looked at ${symbol} – “fine”` })
  }
  return bodies
}

function stateBody(done: number, symbols: number): EventBody {
  return { type: 'run', status: 'running', stage: 'executing', percent: 68 + (21 * done) / symbols, message: `Processing symbols 1-${done} of ${symbols}`, ledger: { ...LEDGER, detected: symbols, hit: done }, etaMs: null, market: { source: 'simulated', simulated: true, snapshot: 'ab12', asOf: '2026-11-20' } }
}
