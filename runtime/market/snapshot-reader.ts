import { closeSync, readSync } from 'node:fs'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { blockBytes, blockViews, cutLength, dayColumnBytes, emptyBlock, VALUE_COLUMNS, type SymbolBlock } from './block.ts'
import type { SnapshotIndex } from './snapshot-index.ts'

const CLOSE_COLUMN = 3
/** Bars that one reader keeps in memory: five years of some 600 symbols. */
const MOST_KEPT_BYTES = 32 * 2 ** 20
const VOLUME_COLUMN = 4
/** Bytes of a symbol's bars up to which they are read at once, also where only some are wanted: eleven years. */
const MOST_READ_AT_ONCE = 128 * 1024

/** The last bars of a symbol at or before a day, as the prefilter needs them. Means are NaN and `lastClose` is NaN without a bar. */
export interface RecentBars {
  /** True where the symbol has a bar on the day itself. */
  readonly barOnDay: boolean
  /** Bars that the means stand for: at most the number asked for. */
  readonly bars: number
  /** Shares a bar. */
  readonly meanVolume: number
  /** Mean of close × volume, dollars a bar. */
  readonly meanDollarVolume: number
  readonly lastClose: number
}

/**
 * Reads blocks of a snapshot through an open file descriptor of its `bars.bin`. It needs no right to open files, so it
 * serves in a worker that inherited the descriptor. Reads are synchronous.
 */
export class SnapshotReader {
  readonly #fd: number
  readonly #index: SnapshotIndex
  readonly #offsets: Float64Array
  #days = new Int32Array(2048)
  #tail = new Float64Array(64)
  readonly #memory = new Uint8Array(MOST_READ_AT_ONCE)
  readonly #blocks = new Map<number, SymbolBlock>()
  #blockBytes = 0

  /** @param options.barsFd open descriptor of `bars.bin`, closed only by `close` */
  constructor({ barsFd, index }: { barsFd: number; index: SnapshotIndex }) {
    this.#fd = barsFd
    this.#index = index
    this.#offsets = new Float64Array(index.counts.length + 1)
    index.counts.forEach((count, position) => {
      this.#offsets[position + 1] = this.#offsets[position]! + blockBytes(count)
    })
  }

  get symbols(): readonly string[] {
    return this.#index.symbols
  }

  /** All bars of a symbol, over a buffer of its own: one read, no parsing. */
  read(symbolIndex: number): SymbolBlock {
    const bars = this.#count(symbolIndex)
    const buffer = new ArrayBuffer(blockBytes(bars))
    this.#readExactly(new Uint8Array(buffer), this.#offsets[symbolIndex]!)
    return blockViews(buffer, bars)
  }

  /**
   * The last `maxBars` bars of a symbol at or before `asOfDay`, over a buffer of exactly their size: nothing later than
   * `asOfDay` is in it. Empty columns where there is no such bar.
   */
  readWindow(symbolIndex: number, asOfDay: number, maxBars = Number.POSITIVE_INFINITY): SymbolBlock {
    const count = this.#count(symbolIndex)
    const whole = this.#isWindowInside(symbolIndex, asOfDay, maxBars) ? this.#scratch(symbolIndex) : null
    const cut = whole === null ? this.#cut(symbolIndex, asOfDay) : cutLength(whole.day, asOfDay)
    const bars = Math.max(0, Math.min(cut, Math.floor(maxBars)))
    if (bars === count) return this.read(symbolIndex)
    const first = cut - bars
    if (whole !== null) return copyOf(whole, first, cut)
    const block = emptyBlock(bars)
    if (bars === 0) return block
    const offset = this.#offsets[symbolIndex]!
    this.#readExactly(block.day, offset + 4 * first)
    VALUE_COLUMNS.forEach((name, column) => this.#readExactly(block[name], this.#valueOffset(symbolIndex, column, first)))
    return block
  }

  /** The bars of a symbol from `fromDay` to `asOfDay`, both included, over a buffer of exactly their size. */
  readBetween(symbolIndex: number, fromDay: number, asOfDay: number): SymbolBlock {
    const whole = this.#kept(symbolIndex)
    const cut = cutLength(whole.day, asOfDay)
    return copyOf(whole, Math.min(cut, cutLength(whole.day, fromDay - 1)), cut)
  }

  /** Whether a window ends before the symbol's bars do, and these are so few that one read of all is less than seven of parts. */
  #isWindowInside(symbolIndex: number, asOfDay: number, maxBars: number): boolean {
    const { counts, firstDays, lastDays } = this.#index
    const isCut = asOfDay < lastDays[symbolIndex]! && asOfDay >= firstDays[symbolIndex]!
    return isCut && maxBars >= 1 && blockBytes(counts[symbolIndex]!) <= MOST_READ_AT_ONCE
  }

  /** A symbol's bars over memory that the next call takes. */
  #scratch(symbolIndex: number): SymbolBlock {
    const bars = this.#count(symbolIndex)
    const bytes = blockBytes(bars)
    this.#readExactly(this.#memory.subarray(0, bytes), this.#offsets[symbolIndex]!)
    return blockViews(this.#memory.buffer, bars)
  }

  /** The bars of several symbols after one day up to another: for each symbol how many they are, then day, open, high, low, close and volume of each. */
  readNewer(symbolIndexes: readonly number[], afterDay: number, asOfDay: number): Float64Array<ArrayBuffer> {
    const values: number[] = []
    for (const symbolIndex of symbolIndexes) {
      const { day, open, high, low, close, volume } = this.#kept(symbolIndex)
      const start = cutLength(day, afterDay)
      const end = Math.max(start, cutLength(day, asOfDay))
      values.push(end - start)
      for (let bar = start; bar < end; bar++) values.push(day[bar]!, open[bar]!, high[bar]!, low[bar]!, close[bar]!, volume[bar]!)
    }
    return new Float64Array(values)
  }

  /** A symbol's bars, kept for the next question: a script that goes through dates asks for the same symbols again and again. */
  #kept(symbolIndex: number): SymbolBlock {
    const known = this.#blocks.get(symbolIndex)
    if (known !== undefined) return known
    const block = this.read(symbolIndex)
    const { byteLength } = block.day.buffer
    if (this.#blockBytes + byteLength > MOST_KEPT_BYTES) {
      this.#blocks.clear()
      this.#blockBytes = 0
    }
    this.#blockBytes += byteLength
    this.#blocks.set(symbolIndex, block)
    return block
  }

  /** Means over the last `count` bars at or before `asOfDay` (fewer where the symbol has fewer), reading only these. */
  recent(symbolIndex: number, asOfDay: number, count: number): RecentBars {
    const cut = this.#cut(symbolIndex, asOfDay)
    const bars = Math.max(0, Math.min(cut, Math.floor(count)))
    const barOnDay = cut > 0 && this.#dayAt(symbolIndex, cut - 1) === asOfDay
    if (this.#tail.length < 2 * bars) this.#tail = new Float64Array(4 * bars)
    const close = this.#tail.subarray(0, bars)
    const volume = this.#tail.subarray(bars, 2 * bars)
    this.#readExactly(close, this.#valueOffset(symbolIndex, CLOSE_COLUMN, cut - bars))
    this.#readExactly(volume, this.#valueOffset(symbolIndex, VOLUME_COLUMN, cut - bars))
    return recentOf(barOnDay, close, volume, 0, bars)
  }

  /** The same as of several days, with one read where the symbol has not too many bars. */
  recents(symbolIndex: number, asOfDays: readonly number[], count: number): RecentBars[] {
    if (asOfDays.length < 2 || blockBytes(this.#count(symbolIndex)) > MOST_READ_AT_ONCE) return asOfDays.map((day) => this.recent(symbolIndex, day, count))
    const { day, close, volume } = this.#scratch(symbolIndex)
    return asOfDays.map((asOfDay) => {
      const cut = cutLength(day, asOfDay)
      return recentOf(cut > 0 && day[cut - 1] === asOfDay, close, volume, cut - Math.max(0, Math.min(cut, Math.floor(count))), cut)
    })
  }

  /** Closes the descriptor. */
  close(): void {
    closeSync(this.#fd)
  }

  #count(symbolIndex: number): number {
    const count = this.#index.counts[symbolIndex]
    if (count === undefined) throw new RangeError(`no symbol has the index ${symbolIndex}: the snapshot holds ${this.#index.counts.length}`)
    return count
  }

  /** Bars at or before `asOfDay`. The day column is read only where the index does not tell, and stays in `#days`. */
  #cut(symbolIndex: number, asOfDay: number): number {
    const count = this.#count(symbolIndex)
    if (asOfDay >= this.#index.lastDays[symbolIndex]!) return count
    if (!(asOfDay >= this.#index.firstDays[symbolIndex]!)) return 0
    if (this.#days.length < count) this.#days = new Int32Array(2 * count)
    const days = this.#days.subarray(0, count)
    this.#readExactly(days, this.#offsets[symbolIndex]!)
    return cutLength(days, asOfDay)
  }

  /** The day of a bar that `#cut` has just looked at. */
  #dayAt(symbolIndex: number, bar: number): number {
    return bar === this.#index.counts[symbolIndex]! - 1 ? this.#index.lastDays[symbolIndex]! : this.#days[bar]!
  }

  #valueOffset(symbolIndex: number, column: number, bar: number): number {
    const count = this.#index.counts[symbolIndex]!
    return this.#offsets[symbolIndex]! + dayColumnBytes(count) + 8 * (column * count + bar)
  }

  #readExactly(target: Uint8Array | Int32Array | Float64Array, position: number): void {
    let done = 0
    while (done < target.byteLength) {
      const read = readSync(this.#fd, target, done, target.byteLength - done, position + done)
      if (read === 0) throw new StrikescanError('snapshot_damaged', { folder: this.#index.id, what: 'bars.bin ends too early' })
      done += read
    }
  }
}

/** What `from` up to `end` of two columns come to. */
function recentOf(barOnDay: boolean, close: Float64Array, volume: Float64Array, from: number, end: number): RecentBars {
  const bars = end - from
  if (bars === 0) return { barOnDay, bars, meanVolume: Number.NaN, meanDollarVolume: Number.NaN, lastClose: Number.NaN }
  let shares = 0
  let dollars = 0
  for (let bar = from; bar < end; bar++) {
    shares += volume[bar]!
    dollars += close[bar]! * volume[bar]!
  }
  return { barOnDay, bars, meanVolume: shares / bars, meanDollarVolume: dollars / bars, lastClose: close[end - 1]! }
}

/** Bars of a block over a buffer of exactly their size. */
function copyOf(from: SymbolBlock, first: number, end: number): SymbolBlock {
  const block = emptyBlock(end - first)
  block.day.set(from.day.subarray(first, end))
  for (const name of VALUE_COLUMNS) block[name].set(from[name].subarray(first, end))
  return block
}
