import { join } from 'node:path'
import { emptyBlock, type SymbolBlock } from '../block.ts'
import { withStoreErrors } from '../durable-files.ts'
import { WHOLE_ROW, type Culprit } from './culprit.ts'
import type { RejectedSample, RejectReason } from './report.ts'
import { groupRows, RowRunFile, type RowRun } from './row-runs.ts'
import { SymbolTable } from './symbol-table.ts'

/** Of 44 bytes each: what an import holds in memory grows up to there. */
const ROWS_PER_RUN = 1 << 19
const SAMPLES_PER_REASON = 5
const SAMPLE_TEXT_LENGTH = 200

/** Rows of one file by outcome. */
export interface FileTally {
  name: string
  rowsRead: number
  rowsRejected: number
}

/**
 * Takes the rows of an import as they come, refuses those that cannot be bars, and keeps the rest grouped by symbol: the
 * last half million in memory, earlier ones in a temporary file, so that memory use does not grow with the number of rows.
 */
export class BarCollector {
  readonly table = new SymbolTable()
  readonly reasons: Partial<Record<RejectReason, number>> = {}
  readonly samples: RejectedSample[] = []
  readonly #folder: string
  readonly #rowsPerRun: number
  readonly #runs: RowRun[] = []
  readonly #spilled: RowRunFile
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
    this.#spilled = new RowRunFile(join(folder, 'rows.bin'))
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
    this.#runs.push(this.#grouped())
  }

  /** The kept rows of a symbol in the order in which they came; days not necessarily rising. */
  rowsOf(symbolId: number): SymbolBlock {
    const block = emptyBlock(this.#runs.reduce((sum, run) => sum + run.count(symbolId), 0))
    let at = 0
    for (const run of this.#runs) {
      const count = run.count(symbolId)
      if (count > 0) run.copy(symbolId, block, at)
      at += count
    }
    return block
  }

  /** Closes the temporary file; the folder is the caller's to remove. */
  close(): void {
    this.#spilled.close()
    this.#runs.length = 0
  }

  #grouped(): RowRun {
    return groupRows(this.#rows, this.#symbolIds, this.#used, this.table.names.length)
  }

  /** Moves the rows in memory to the file. */
  #spill(): void {
    this.#runs.push(withStoreErrors(this.#folder, () => this.#spilled.add(this.#grouped(), this.table.names.length)))
    this.#used = 0
  }
}
