import { closeSync, openSync, readSync, writeSync } from 'node:fs'

import { blockBytes, blockViews, VALUE_COLUMNS, type SymbolBlock } from '../block.ts'

const BUFFER_BYTES = 1 << 20

/** A part of an import's rows, grouped by symbol number: in each group the rows are in the order in which they came. */
export interface RowRun {
  /** Rows of a symbol number, 0 for symbols first met later. */
  count(symbolId: number): number
  /** Copies the rows of a symbol into a block, from its row `at` on. */
  copy(symbolId: number, target: SymbolBlock, at: number): void
}

/**
 * Groups rows by symbol where they lie: a counting sort, so rows of a symbol keep their order.
 *
 * @param symbolIds of each row
 * @param used rows that there are
 * @param symbols numbers that there are: all are below
 */
export function groupRows(rows: SymbolBlock, symbolIds: Int32Array, used: number, symbols: number): RowRun {
  // The rows of a symbol stand in `order` from `starts[id]` to before `starts[id + 1]`.
  const starts = new Uint32Array(symbols + 1)
  for (let row = 0; row < used; row++) starts[symbolIds[row]! + 1]! += 1
  for (let id = 0; id < symbols; id++) starts[id + 1]! += starts[id]!
  const next = starts.slice()
  const order = new Uint32Array(used)
  for (let row = 0; row < used; row++) order[next[symbolIds[row]!]!++] = row
  return {
    count: (id) => (id < symbols ? starts[id + 1]! - starts[id]! : 0),
    copy: (id, target, at) => gather(rows, order.subarray(starts[id]!, starts[id + 1]!), target, at),
  }
}

/** Runs that are out of the way of memory: one file, whatever their number, and a few bytes a symbol for each. */
export class RowRunFile {
  readonly #path: string
  #fd: number | null = null
  #size = 0
  /** What is gathered to be written, or was read last. */
  #buffer = new ArrayBuffer(BUFFER_BYTES)

  /** @param path of the file that the first run makes; whoever made its folder removes it */
  constructor(path: string) {
    this.#path = path
  }

  /** Writes a run and gives it as it stands in the file. Throws what the system refuses. @param symbols numbers that there are */
  add(run: RowRun, symbols: number): RowRun {
    const fd = (this.#fd ??= openSync(this.#path, 'wx+'))
    const base = this.#size
    const offsets = new Float64Array(symbols)
    const counts = new Uint32Array(symbols)
    let used = 0
    const flush = (): void => {
      const bytes = new Uint8Array(this.#buffer, 0, used)
      for (let done = 0; done < used; ) done += writeSync(fd, bytes, done, used - done, this.#size + done)
      this.#size += used
      used = 0
    }
    for (let id = 0; id < symbols; id++) {
      const count = run.count(id)
      const bytes = blockBytes(count)
      if (used + bytes > this.#buffer.byteLength) flush()
      this.#makeRoom(bytes)
      run.copy(id, blockViews(this.#buffer, count, used), 0)
      counts[id] = count
      offsets[id] = this.#size + used - base
      used += bytes
    }
    flush()
    return {
      count: (id) => counts[id] ?? 0,
      copy: (id, target, at) => {
        const block = this.#read(fd, base + offsets[id]!, counts[id]!)
        target.day.set(block.day, at)
        for (const name of VALUE_COLUMNS) target[name].set(block[name], at)
      },
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd)
    this.#fd = null
  }

  /** Over the one buffer: good until the next use of it. */
  #read(fd: number, offset: number, rows: number): SymbolBlock {
    const length = blockBytes(rows)
    this.#makeRoom(length)
    const bytes = new Uint8Array(this.#buffer, 0, length)
    for (let done = 0; done < length; ) {
      const read = readSync(fd, bytes, done, length - done, offset + done)
      if (read === 0) throw new Error(`${this.#path} has become shorter`)
      done += read
    }
    return blockViews(this.#buffer, rows)
  }

  #makeRoom(bytes: number): void {
    if (bytes > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(bytes)
  }
}

function gather(rows: SymbolBlock, order: Uint32Array, target: SymbolBlock, at: number): void {
  for (let bar = 0; bar < order.length; bar++) {
    const row = order[bar]!
    target.day[at + bar] = rows.day[row]!
    target.open[at + bar] = rows.open[row]!
    target.high[at + bar] = rows.high[row]!
    target.low[at + bar] = rows.low[row]!
    target.close[at + bar] = rows.close[row]!
    target.volume[at + bar] = rows.volume[row]!
  }
}
