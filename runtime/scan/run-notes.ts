import type { Settings } from '../config/schema.ts'
import type { Run } from './run.ts'
import type { Settlement } from './settlement.ts'

const MAX_SAMPLES = 5
/** Lines that are compared with those of later batches. */
const MAX_REMEMBERED = 10_000
/** Longer lines are no summaries. */
const MAX_COUNTED = 300

/** Lines of several batches that differ in nothing but their numbers. */
interface Counted {
  /** How often each batch said it. */
  times: Map<number, number>
  texts: Set<string>
}

const OF_A_PART =
  "the run was divided, and a line that the script prints once shows the numbers of one part each time, of its own symbols or its own date: what the run comes to as a whole is in its summary, and --split never prints the whole's line"

interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  symbol: string | null
  text: string
  batch: number | null
}

/** A run's log, within its limits, and its warnings, each code once with a count. What is dropped is counted and said. */
export class RunNotes {
  readonly #run: Run
  readonly #maxLines: number
  readonly #maxBytes: number
  #lines = 0
  #bytes = 0
  #dropped = 0
  /** The batch that said a line first, by line. */
  readonly #saidBy = new Map<string, number>()
  #repeated = 0
  /** By the line without its numbers. */
  readonly #counted = new Map<string, Counted>()

  constructor(run: Run, settings: Settings) {
    this.#run = run
    this.#maxLines = settings['log.maxLines']
    this.#maxBytes = settings['log.maxBytes']
  }

  /** `batch` is that of a script that takes its symbols at once: what each batch says again, as its greeting, is shown once. */
  log(settlement: Settlement, { level, symbol, text, batch }: LogLine): void {
    if (batch !== null) this.#count(batch, text)
    if (batch !== null && this.#isRepeated(batch, text)) {
      this.#repeated++
      return
    }
    if (this.#lines >= this.#maxLines || this.#bytes + text.length > this.#maxBytes) {
      this.#dropped++
      return
    }
    this.#lines++
    this.#bytes += text.length
    settlement.event({ type: 'log', level, symbol, text })
  }

  #isRepeated(batch: number, text: string): boolean {
    const first = this.#saidBy.get(text)
    if (first === undefined && this.#saidBy.size < MAX_REMEMBERED) this.#saidBy.set(text, batch)
    return first !== undefined && first !== batch
  }

  #count(batch: number, text: string): void {
    if (!/\d/.test(text) || text.length > MAX_COUNTED) return
    const key = text.replace(/\d+([.,]\d+)*/g, '#')
    const known = this.#counted.get(key)
    if (known === undefined && this.#counted.size >= MAX_REMEMBERED) return
    const counted = known ?? { times: new Map<number, number>(), texts: new Set<string>() }
    counted.times.set(batch, (counted.times.get(batch) ?? 0) + 1)
    if (counted.texts.size < MAX_SAMPLES) counted.texts.add(text)
    this.#counted.set(key, counted)
  }

  /** Says which lines are of one part of the run each, as `12 of 50 symbols`: those that parts say once each, with other numbers. */
  #tellCounted(): void {
    for (const { times, texts } of this.#counted.values()) {
      if (times.size < 2 || texts.size < 2 || [...times.values()].some((count) => count > 1)) continue
      this.warn('logs_of_parts', OF_A_PART, times.size, [...texts])
    }
    this.#counted.clear()
  }

  /** Log lines that a worker dropped by itself, or took with it when it was killed. */
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

  /** Says what was dropped, once, at the end; that one batch shows no hits is no news where another did. */
  close(): void {
    if (this.#run.ledger.hit > 0) this.#run.warnings = this.#run.warnings.filter(({ code }) => code !== 'hits_not_found')
    this.#tellCounted()
    if (this.#dropped > 0) this.warn('logs_dropped', 'log lines beyond the limit of the run, or lost with a worker that was killed, are not shown', this.#dropped)
    this.#dropped = 0
    if (this.#repeated > 0) this.warn('logs_repeated', 'log lines that one batch after another wrote alike are shown once', this.#repeated)
    this.#repeated = 0
  }
}
