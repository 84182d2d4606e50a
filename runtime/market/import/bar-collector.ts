import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { blockBytes, blockViews, emptyBlock, VALUE_COLUMNS, type SymbolBlock } from '../block.ts'
import { withStoreErrors } from '../durable-files.ts'
import { WHOLE_ROW, type Culprit } from './culprit.ts'
import type { RejectedSample, RejectReason } from './report.ts'
import { SymbolTable } from './symbol-table.ts'

const ROWS_PER_RUN = 1 << 21
const SAMPLES_PER_REASON = 5
const SAMPLE_TEXT_LENGTH = 200
const WRITE_BUFFER_BYTES = 1 << 20

/** Rows of one file by outcome. */
export interface FileTally {
  name: string
  rowsRead: number
  rowsRejected: number
}

/** A part of the rows, grouped by symbol number: in each group the rows are in the order in which they came. */
interface Run {
  /** Rows of a symbol number, 0 for symbols first met later. */
  count(symbolId: number): number
  rowsOf(symbolId: number): SymbolBlock
  close(): void
}

/**
 * Takes the rows of an import as they come, refuses those that cannot be bars, and keeps the rest grouped by symbol: the
 * last two million in memory, earlier ones in temporary files, so that memory use does not grow with the number of rows.
 */
export class BarCollector {
  readonly table = new SymbolTable()
  readonly reasons: Partial<Record<RejectReason, number>> = {}
  readonly samples: RejectedSample[] = []
  readonly #folder: string
  readonly #rowsPerRun: number
  readonly #runs: Run[] = []
  readonly #symbolIds: Int32Array
  readonly #rows: SymbolBlock
  #used = 0
  #file: FileTally = { name: '', rowsRead: 0, rowsRejected: 0 }
  rowsRead = 0
  rowsRejected = 0

  /** @param folder an existing folder for temporary files */
  constructor(folder: string, rowsPerRun = ROWS_PER_RUN) {
    this.#folder = folder
    this.#rowsPerRun = rowsPerRun
    this.#symbolIds = new Int32Array(rowsPerRun)
    this.#rows = emptyBlock(rowsPerRun)
  }

  /** Begins a file: the rows that follow are its rows. */
  beginFile(name: string): FileTally {
    this.#file = { name, rowsRead: 0, rowsRejected: 0 }
    return this.#file
  }

  /**
   * Takes a row. Gives '' where it is kept, else why its values cannot be a bar's, which the caller then hands to
   * `reject` with the row's text.
   */
  add(symbolId: number, day: number, open: number, high: number, low: number, close: number, volume: number): RejectReason | '' {
    // One test for the common case: positive and finite fails for NaN, zero, negatives and infinities alike.
    if (!(open > 0 && high > 0 && low > 0 && close > 0 && open < Infinity && high < Infinity && low < Infinity && close < Infinity)) {
      return Number.isFinite(open) && Number.isFinite(high) && Number.isFinite(low) && Number.isFinite(close) ? 'non_positive_price' : 'non_finite_price'
    }
    if (!(volume >= 0 && volume < Infinity)) return volume < 0 ? 'negative_volume' : 'unparsable_number'
    if (this.#used === this.#rowsPerRun) this.#spill()
    const at = this.#used++
    const rows = this.#rows
    this.#symbolIds[at] = symbolId
    rows.day[at] = day
    rows.open[at] = open
    rows.high[at] = high
    rows.low[at] = low
    rows.close[at] = close
    // Adding zero turns -0 into 0, so that equal bars have equal bytes.
    rows.volume[at] = volume + 0
    this.rowsRead++
    this.#file.rowsRead++
    return ''
  }

  /** Counts a refused row and keeps the first few of each reason as samples. */
  reject(line: number, reason: RejectReason, text: string, culprit: () => Culprit = () => WHOLE_ROW): void {
    this.rowsRead++
    this.rowsRejected++
    this.#file.rowsRead++
    this.#file.rowsRejected++
    const count = (this.reasons[reason] ?? 0) + 1
    this.reasons[reason] = count
    if (count <= SAMPLES_PER_REASON) this.samples.push({ file: this.#file.name, line, reason, ...culprit(), text: text.slice(0, SAMPLE_TEXT_LENGTH) })
  }

  /** Ends the taking of rows; from now on `rowsOf` gives them. */
  finish(): void {
    this.#runs.push(this.#groupInMemory())
  }

  /** The kept rows of a symbol in the order in which they came; days not necessarily rising. */
  rowsOf(symbolId: number): SymbolBlock {
    const blocks = this.#runs.filter((run) => run.count(symbolId) > 0).map((run) => run.rowsOf(symbolId))
    return blocks.length === 1 ? blocks[0]! : joined(blocks)
  }

  /** Closes the temporary files; the folder is the caller's to remove. */
  close(): void {
    for (const run of this.#runs) run.close()
    this.#runs.length = 0
  }

  /** Groups the rows in memory by symbol: a counting sort, so rows of a symbol keep their order. */
  #groupInMemory(): Run {
    const symbols = this.table.names.length
    const ends = new Uint32Array(symbols)
    for (let row = 0; row < this.#used; row++) ends[this.#symbolIds[row]!]! += 1
    for (let id = 1; id < symbols; id++) ends[id]! += ends[id - 1]!
    const starts = new Uint32Array(symbols)
    for (let id = 1; id < symbols; id++) starts[id] = ends[id - 1]!
    const next = starts.slice()
    const order = new Uint32Array(this.#used)
    for (let row = 0; row < this.#used; row++) order[next[this.#symbolIds[row]!]!++] = row
    const count = (id: number) => (id < symbols ? ends[id]! - starts[id]! : 0)
    return {
      count,
      rowsOf: (id) => {
        const block = emptyBlock(count(id))
        gather(this.#rows, order, starts[id]!, block)
        return block
      },
      close() {},
    }
  }

  /** Moves the rows in memory to a file, one block per symbol. */
  #spill(): void {
    const path = join(this.#folder, `rows-${this.#runs.length}.bin`)
    this.#runs.push(withStoreErrors(this.#folder, () => fileRun(path, this.#groupInMemory(), this.table.names.length)))
    this.#used = 0
  }
}

function fileRun(path: string, rows: Run, symbols: number): Run {
  const fd = openSync(path, 'wx+')
  const offsets = new Float64Array(symbols + 1)
  const counts = new Uint32Array(symbols)
  const buffer = new Uint8Array(WRITE_BUFFER_BYTES)
  let used = 0
  const write = (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done)
  }
  try {
    for (let id = 0; id < symbols; id++) {
      const block = new Uint8Array(rows.rowsOf(id).day.buffer)
      counts[id] = rows.count(id)
      offsets[id + 1] = offsets[id]! + block.length
      if (used + block.length > buffer.length) {
        write(buffer.subarray(0, used))
        used = 0
      }
      if (block.length > buffer.length) write(block)
      else {
        buffer.set(block, used)
        used += block.length
      }
    }
    write(buffer.subarray(0, used))
  } catch (error) {
    closeSync(fd)
    throw error
  }
  const count = (id: number) => counts[id] ?? 0
  return {
    count,
    rowsOf(id) {
      const buffer = new ArrayBuffer(blockBytes(count(id)))
      readSync(fd, new Uint8Array(buffer), 0, buffer.byteLength, offsets[id]!)
      return blockViews(buffer, count(id))
    },
    close: () => closeSync(fd),
  }
}

function gather(rows: SymbolBlock, order: Uint32Array, start: number, target: SymbolBlock): void {
  const length = target.day.length
  for (let bar = 0; bar < length; bar++) {
    const row = order[start + bar]!
    target.day[bar] = rows.day[row]!
    target.open[bar] = rows.open[row]!
    target.high[bar] = rows.high[row]!
    target.low[bar] = rows.low[row]!
    target.close[bar] = rows.close[row]!
    target.volume[bar] = rows.volume[row]!
  }
}

function joined(blocks: readonly SymbolBlock[]): SymbolBlock {
  const whole = emptyBlock(blocks.reduce((sum, block) => sum + block.day.length, 0))
  let at = 0
  for (const block of blocks) {
    whole.day.set(block.day, at)
    for (const name of VALUE_COLUMNS) whole[name].set(block[name], at)
    at += block.day.length
  }
  return whole
}
