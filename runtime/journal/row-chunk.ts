import { ROW_STATUSES, type Row, type RowError, type RowStatus } from '../scan/row.ts'

/**
 * Rows that were settled together, in columns: what every row has as numbers, names and outcomes as JSON texts, each
 * outcome that many rows share once. One chunk is one record of the journal, since a record a row would cost more than
 * scanning does. The column arrays are little-endian, as the market's files are.
 */
export interface RowChunk {
  count: number
  /** Least and greatest place of its rows in the run. */
  first: number
  last: number
  /** Bit n is set where a row has the n-th of ROW_STATUSES. */
  statusMask: number
  /** Place of each row in the run, as Uint32. */
  positions: Uint8Array
  /** One byte a row: its place in ROW_STATUSES. */
  statuses: Uint8Array
  /**
   * Of each row three Float64: queueMs, dataMs, scriptMs, NaN for null. Then of each five Uint32: its date's and its
   * outcome's place in the lists below, batch and worker (one more than the number, 0 for null), attempt.
   */
  numbers: Uint8Array
  /** JSON: the symbol of each row. */
  symbols: string
  /** JSON: the dates that occur. */
  dates: string
  /** JSON: the outcomes that occur; a text stands for a bare reason. */
  outcomes: string
}

interface StoredOutcome {
  reason: string
  score: Row['score']
  direction: Row['direction']
  data: unknown
  strategies: string[]
  error: RowError | null
}

const FLOAT_COLUMNS = 3
const WHOLE_COLUMNS = 5
const FIRST_CAPACITY = 1024

/** Gathers rows until they are written. */
export class RowChunkWriter {
  #count = 0
  #capacity = FIRST_CAPACITY
  #positions = new Uint32Array(FIRST_CAPACITY)
  #statuses = new Uint8Array(FIRST_CAPACITY)
  #floats = new Float64Array(FIRST_CAPACITY * FLOAT_COLUMNS)
  #wholes = new Uint32Array(FIRST_CAPACITY * WHOLE_COLUMNS)
  #symbols: string[] = []
  readonly #dates = new Map<string, number>()
  #outcomes: string[] = []
  #textLength = 0
  /** Places of outcomes that others may share: bare ones by their reason, failures by their text. */
  readonly #reasons = new Map<string, number>()
  readonly #failures = new Map<string, number>()

  get count(): number {
    return this.#count
  }

  /** Characters of all outcomes. */
  get textLength(): number {
    return this.#textLength
  }

  add(position: number, row: Row): void {
    if (this.#count === this.#capacity) this.#grow()
    const at = this.#count++
    this.#positions[at] = position
    this.#statuses[at] = STATUS_NUMBER[row.status]
    const floats = at * FLOAT_COLUMNS
    this.#floats[floats] = row.queueMs ?? Number.NaN
    this.#floats[floats + 1] = row.dataMs ?? Number.NaN
    this.#floats[floats + 2] = row.scriptMs ?? Number.NaN
    const wholes = at * WHOLE_COLUMNS
    this.#wholes[wholes] = this.#dateNumber(row.date)
    this.#wholes[wholes + 1] = this.#outcomeNumber(row)
    this.#wholes[wholes + 2] = row.batchId === null ? 0 : row.batchId + 1
    this.#wholes[wholes + 3] = row.workerId === null ? 0 : row.workerId + 1
    this.#wholes[wholes + 4] = row.attempt
    this.#symbols.push(row.symbol)
  }

  /** What the rows from the n-th to before the m-th came to, in the order in which they were settled. */
  changes(from: number, to: number): { symbol: string; date: string; status: RowStatus }[] {
    const dates = [...this.#dates.keys()]
    return Array.from({ length: to - from }, (_, place) => {
      const at = from + place
      return { symbol: this.#symbols[at]!, date: dates[this.#wholes[at * WHOLE_COLUMNS]!]!, status: ROW_STATUSES[this.#statuses[at]!]! }
    })
  }

  /** The chunk, whose bytes stand until the next row is added. */
  chunk(): RowChunk {
    const count = this.#count
    let [first, last, statusMask] = [Number.MAX_SAFE_INTEGER, 0, 0]
    for (let at = 0; at < count; at++) {
      const position = this.#positions[at]!
      if (position < first) first = position
      if (position > last) last = position
      statusMask |= 1 << this.#statuses[at]!
    }
    const floats = bytesOf(this.#floats, count * FLOAT_COLUMNS)
    const wholes = bytesOf(this.#wholes, count * WHOLE_COLUMNS)
    const numbers = new Uint8Array(floats.byteLength + wholes.byteLength)
    numbers.set(floats)
    numbers.set(wholes, floats.byteLength)
    return {
      count,
      first,
      last,
      statusMask,
      positions: bytesOf(this.#positions, count),
      statuses: this.#statuses.subarray(0, count),
      numbers,
      symbols: JSON.stringify(this.#symbols),
      dates: JSON.stringify([...this.#dates.keys()]),
      outcomes: `[${this.#outcomes.join(',')}]`,
    }
  }

  clear(): void {
    this.#count = 0
    this.#symbols = []
    this.#dates.clear()
    this.#outcomes = []
    this.#textLength = 0
    this.#reasons.clear()
    this.#failures.clear()
  }

  #dateNumber(date: string): number {
    const known = this.#dates.get(date)
    if (known !== undefined) return known
    this.#dates.set(date, this.#dates.size)
    return this.#dates.size - 1
  }

  #outcomeNumber({ reason, score, direction, data, strategies, error }: Row): number {
    const isBare = score === null && direction === null && data === null && error === null && strategies.length === 0
    if (isBare) return this.#reasons.get(reason) ?? this.#share(this.#reasons, reason, JSON.stringify(reason))
    const text = JSON.stringify({ reason, score, direction, data, strategies, error } satisfies StoredOutcome)
    // Hits differ; what failed often failed alike.
    if (error === null) return this.#addOutcome(text)
    return this.#failures.get(text) ?? this.#share(this.#failures, text, text)
  }

  #share(places: Map<string, number>, key: string, text: string): number {
    places.set(key, this.#outcomes.length)
    return this.#addOutcome(text)
  }

  #addOutcome(text: string): number {
    this.#textLength += text.length
    return this.#outcomes.push(text) - 1
  }

  #grow(): void {
    this.#capacity *= 2
    this.#positions = grown(this.#positions, new Uint32Array(this.#capacity))
    this.#statuses = grown(this.#statuses, new Uint8Array(this.#capacity))
    this.#floats = grown(this.#floats, new Float64Array(this.#capacity * FLOAT_COLUMNS))
    this.#wholes = grown(this.#wholes, new Uint32Array(this.#capacity * WHOLE_COLUMNS))
  }
}

/** Reads what a RowChunkWriter wrote. */
export class RowChunkReader {
  readonly count: number
  readonly #positions: Uint32Array
  readonly #statuses: Uint8Array
  readonly #floats: Float64Array
  readonly #wholes: Uint32Array
  readonly #symbols: string[]
  readonly #dates: string[]
  readonly #outcomes: (string | StoredOutcome)[]

  constructor(chunk: Pick<RowChunk, 'positions' | 'statuses' | 'numbers' | 'symbols' | 'dates' | 'outcomes'>) {
    this.#positions = positionsOf(chunk.positions)
    this.#statuses = chunk.statuses
    this.count = chunk.statuses.length
    const numbers = chunk.numbers.slice().buffer
    this.#floats = new Float64Array(numbers, 0, this.count * FLOAT_COLUMNS)
    this.#wholes = new Uint32Array(numbers, this.#floats.byteLength, this.count * WHOLE_COLUMNS)
    this.#symbols = JSON.parse(chunk.symbols) as string[]
    this.#dates = JSON.parse(chunk.dates) as string[]
    this.#outcomes = JSON.parse(chunk.outcomes) as (string | StoredOutcome)[]
  }

  position(at: number): number {
    return this.#positions[at]!
  }

  /** The row's status as its place in ROW_STATUSES. */
  statusNumber(at: number): number {
    return this.#statuses[at]!
  }

  change(at: number): { symbol: string; date: string; status: RowStatus } {
    return { symbol: this.#symbols[at]!, date: this.#dates[this.#wholes[at * WHOLE_COLUMNS]!]!, status: ROW_STATUSES[this.#statuses[at]!]! }
  }

  row(at: number): Row {
    const wholes = at * WHOLE_COLUMNS
    const floats = at * FLOAT_COLUMNS
    const outcome = this.#outcomes[this.#wholes[wholes + 1]!]!
    const isBare = typeof outcome === 'string'
    return {
      symbol: this.#symbols[at]!,
      date: this.#dates[this.#wholes[wholes]!]!,
      status: ROW_STATUSES[this.#statuses[at]!]!,
      reason: isBare ? outcome : outcome.reason,
      score: isBare ? null : outcome.score,
      direction: isBare ? null : outcome.direction,
      data: isBare ? null : outcome.data,
      // A list of the row's own: rows that failed alike share their outcome.
      strategies: isBare ? [] : [...outcome.strategies],
      batchId: lessOne(this.#wholes[wholes + 2]!),
      workerId: lessOne(this.#wholes[wholes + 3]!),
      attempt: this.#wholes[wholes + 4]!,
      queueMs: orNull(this.#floats[floats]!),
      dataMs: orNull(this.#floats[floats + 1]!),
      scriptMs: orNull(this.#floats[floats + 2]!),
      error: isBare ? null : outcome.error,
    }
  }
}

/** A chunk's `positions` as numbers. */
export function positionsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer)
}

/** The mask of several statuses, as in `statusMask`. */
export function maskOf(statuses: readonly RowStatus[]): number {
  return statuses.reduce((mask, status) => mask | (1 << STATUS_NUMBER[status]), 0)
}

const STATUS_NUMBER = Object.fromEntries(ROW_STATUSES.map((status, number) => [status, number])) as Record<RowStatus, number>

const orNull = (ms: number): number | null => (Number.isNaN(ms) ? null : ms)
const lessOne = (number: number): number | null => (number === 0 ? null : number - 1)

function bytesOf(array: Uint32Array | Float64Array, length: number): Uint8Array {
  return new Uint8Array(array.buffer, 0, length * array.BYTES_PER_ELEMENT)
}

function grown<A extends Uint8Array | Uint32Array | Float64Array>(array: A, larger: A): A {
  larger.set(array)
  return larger
}
