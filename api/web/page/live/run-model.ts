import type { CellStatus, Ledger, LiveMessage, Run, RunEvent } from '../server/types.ts'

/** Places of statuses in the cells; 0 is a symbol that nothing was heard of. Later ones of `RANK` win where dates differ. */
export const CELL_STATUSES = [
  'running',
  'hit',
  'miss',
  'rejected',
  'failed',
  'timed_out',
  'out_of_memory',
  'no_data',
  'cancelled',
] as const satisfies readonly CellStatus[]
const CODE = new Map<string, number>(CELL_STATUSES.map((status, at) => [status, at + 1]))
/** What a cell of several dates shows: what is under way, else what one would look for first. */
const RANK: readonly CellStatus[] = ['rejected', 'no_data', 'cancelled', 'miss', 'out_of_memory', 'timed_out', 'failed', 'hit', 'running']
const rankOf = [0, ...CELL_STATUSES.map((status) => RANK.indexOf(status) + 1)]

const MOST_LOGS = 5_000
const MOST_SAMPLES = 600
const MOST_NOTES = 200
/** Workers are heard of several times a second; one that is silent for so long while others are not is gone. */
const SILENT_SECONDS = 3

export interface LogLine {
  readonly seq: number
  readonly at: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly symbol: string | null
  readonly text: string
}

/** A worker process as it was last heard of, and how it came there. */
export interface Lane {
  readonly id: number
  pid: number
  symbol: string | null
  rssBytes: number
  cpuPercent: number
  /** The most memory that it was seen with. */
  mostBytes: number
  /** Epoch seconds, megabytes, percent: the newest samples. */
  readonly times: number[]
  readonly memory: number[]
  readonly cpu: number[]
  readonly notes: { readonly at: number; readonly text: string }[]
}

type RunState = Pick<Extract<RunEvent, { type: 'run' }>, 'status' | 'stage' | 'percent' | 'message' | 'ledger' | 'etaMs'>

/**
 * A run as its events tell it, at a size that does not grow with their number: one byte per symbol and date, the newest
 * log lines and samples. Events that were heard before change nothing; one that leaves a gap is refused.
 */
export class RunModel {
  /** Number of the last event that was taken. */
  seq = 0
  /** Epoch milliseconds of that event. */
  at = 0
  state: RunState | null = null
  /** The final run, once it is there. */
  end: Run | null = null
  readonly symbols: string[] = []
  readonly dates: string[] = []
  readonly lanes = new Map<number, Lane>()
  readonly logs: LogLine[] = []
  /** Log lines that are no longer in `logs`, or were left out by the server for a reader that was behind. */
  logsGone = 0
  /** Explored strategies heard of. */
  explored = 0
  /** Symbols whose cell changed since the view took them. */
  readonly changed = new Set<number>()
  readonly #places = new Map<string, number>()
  readonly #dates = new Map<string, number>()
  #cells: Uint8Array[] = []
  #capacity = 8_192

  /** Takes a message. False where there is a gap before it: what is missing must be asked for again. */
  take(message: LiveMessage): boolean {
    if (message.seq <= this.seq) return true
    if ((message.seqFrom ?? message.seq) > this.seq + 1) return false
    this.seq = message.seq
    this.at = Date.parse(message.at)
    this.logsGone += message.logsDropped ?? 0
    if (message.type === 'run') this.#go(message)
    else if (message.type === 'symbols') for (const { symbol, date, status } of message.symbols) this.#set(symbol, date, status)
    else if (message.type === 'worker') this.#sample(message)
    else if (message.type === 'log') this.#log(message)
    else if (message.type === 'explore') this.explored++
    else this.#finish(message.run)
    return true
  }

  /** Back to the beginning: the server's log is another one than what was taken. */
  forget(): void {
    Object.assign(this, { seq: 0, at: 0, state: null, end: null, logsGone: 0, explored: 0 })
    for (const list of [this.symbols, this.dates, this.logs]) list.length = 0
    for (const known of [this.lanes, this.changed, this.#places, this.#dates]) known.clear()
    this.#cells = []
  }

  /** Cells of a full grid: symbols heard of, or as many as the run has rows for. */
  get expected(): number {
    const rows = (this.state?.ledger ?? this.end?.ledger)?.detected ?? 0
    return Math.max(this.symbols.length, this.dates.length <= 1 ? rows : Math.ceil(rows / this.dates.length))
  }

  /** What a symbol's cell shows: its status on one date, or the most telling of all (`date` null); 0 where nothing was heard. */
  cell(symbol: number, date: string | null): number {
    if (date !== null) return this.#cells[this.#dates.get(date) ?? -1]?.[symbol] ?? 0
    let shown = 0
    for (const column of this.#cells) if (rankOf[column[symbol]!]! > rankOf[shown]!) shown = column[symbol]!
    return shown
  }

  /** Whether a worker is there no more: its run is over, or others were heard of long after it. */
  isGone({ times }: Lane): boolean {
    const newest = Math.max(...[...this.lanes.values()].map((lane) => lane.times.at(-1) ?? 0))
    return this.end !== null || (times.at(-1) ?? 0) < newest - SILENT_SECONDS
  }

  placeOf(symbol: string): number | undefined {
    return this.#places.get(symbol)
  }

  #set(symbol: string, date: string, status: CellStatus): void {
    let place = this.#places.get(symbol)
    if (place === undefined) {
      place = this.symbols.push(symbol) - 1
      this.#places.set(symbol, place)
      if (place >= this.#capacity) this.#grow()
    }
    let column = this.#dates.get(date)
    if (column === undefined) {
      column = this.dates.push(date) - 1
      this.#dates.set(date, column)
      this.#cells.push(new Uint8Array(this.#capacity))
    }
    this.#cells[column]![place] = CODE.get(status) ?? 0
    this.changed.add(place)
  }

  #grow(): void {
    this.#capacity *= 2
    this.#cells = this.#cells.map((old) => {
      const larger = new Uint8Array(this.#capacity)
      larger.set(old)
      return larger
    })
  }

  #sample({ id, pid, rssBytes, cpuPercent, symbol, note, at }: Extract<RunEvent, { type: 'worker' }>): void {
    let lane = this.lanes.get(id)
    if (lane === undefined) {
      this.lanes.set(id, (lane = { id, pid, symbol, rssBytes, cpuPercent, mostBytes: 0, times: [], memory: [], cpu: [], notes: [] }))
    }
    Object.assign(lane, { pid, symbol, rssBytes, cpuPercent, mostBytes: Math.max(lane.mostBytes, rssBytes) })
    const seconds = Date.parse(at) / 1_000
    if (note !== null) keep(lane.notes, { at: seconds, text: note }, MOST_NOTES)
    // A plot's times have to rise.
    if (seconds <= (lane.times.at(-1) ?? 0)) return
    keep(lane.times, seconds, MOST_SAMPLES)
    keep(lane.memory, rssBytes / 2 ** 20, MOST_SAMPLES)
    keep(lane.cpu, cpuPercent, MOST_SAMPLES)
  }

  #log({ seq, at, level, symbol, text }: Extract<RunEvent, { type: 'log' }>): void {
    this.logs.push({ seq, at, level, symbol, text })
    // Cut rarely: taking from the front of a list costs its length.
    if (this.logs.length < MOST_LOGS + 1_000) return
    this.logsGone += this.logs.length - MOST_LOGS
    this.logs.splice(0, this.logs.length - MOST_LOGS)
  }

  #go(message: Extract<LiveMessage, { type: 'run' }>): void {
    this.state = message
    // One that was over may be gone on with: rows that failed for what can pass are tried again.
    if (message.status === 'queued' || message.status === 'running') this.end = null
  }

  #finish(run: Run): void {
    // A run that was paused may go on.
    if (run.finishedAt !== null && run.status !== 'paused') this.end = run
    this.state = { status: run.status, stage: run.stage, percent: run.percent, message: run.message, ledger: run.ledger, etaMs: run.etaMs }
  }
}

function keep<T>(list: T[], item: T, most: number): void {
  list.push(item)
  if (list.length > most) list.shift()
}

/** The parts of a ledger that are done. */
export function doneOf(ledger: Ledger): number {
  const { detected: _, ...done } = ledger
  return Object.values(done).reduce((sum, part) => sum + part, 0)
}
