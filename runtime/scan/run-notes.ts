import type { Settings } from '../config/schema.ts'
import type { Run } from './run.ts'
import type { Settlement } from './settlement.ts'

const MAX_SAMPLES = 5

/** A run's log, within its limits, and its warnings, each code once with a count. What is dropped is counted and said. */
export class RunNotes {
  readonly #run: Run
  readonly #maxLines: number
  readonly #maxBytes: number
  #lines = 0
  #bytes = 0
  #dropped = 0

  constructor(run: Run, settings: Settings) {
    this.#run = run
    this.#maxLines = settings['log.maxLines']
    this.#maxBytes = settings['log.maxBytes']
  }

  log(settlement: Settlement, level: 'debug' | 'info' | 'warn' | 'error', symbol: string | null, text: string): void {
    if (this.#lines >= this.#maxLines || this.#bytes + text.length > this.#maxBytes) {
      this.#dropped++
      return
    }
    this.#lines++
    this.#bytes += text.length
    settlement.event({ type: 'log', level, symbol, text })
  }

  /** Log lines that a worker dropped by itself. */
  dropped(count: number): void {
    this.#dropped += count
  }

  warn(code: string, message: string, count: number, samples: string[] = []): void {
    const known = this.#run.warnings.find((warning) => warning.code === code)
    if (known === undefined) {
      this.#run.warnings.push({ code, message, count, samples: samples.slice(0, MAX_SAMPLES) })
      return
    }
    known.count += count
    known.samples = [...known.samples, ...samples].slice(0, MAX_SAMPLES)
  }

  /** Says what was dropped, once, at the end. */
  close(): void {
    if (this.#dropped > 0) this.warn('logs_dropped', 'log lines beyond the limit of the run were dropped', this.#dropped)
    this.#dropped = 0
  }
}
