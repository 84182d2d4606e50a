/**
 * Bars of one symbol as typed-array columns over one buffer, oldest first; all columns have the same length.
 * `day` is days since 1970-01-01, strictly rising; prices in dollars as traded; volume in shares.
 */
export interface SymbolBlock {
  readonly day: Int32Array<ArrayBuffer>
  readonly open: Float64Array<ArrayBuffer>
  readonly high: Float64Array<ArrayBuffer>
  readonly low: Float64Array<ArrayBuffer>
  readonly close: Float64Array<ArrayBuffer>
  readonly volume: Float64Array<ArrayBuffer>
}

/** The price and volume columns in the order in which a block holds them, after the days. */
export const VALUE_COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const

/** Bytes of the day column of `bars` bars: Int32 each, padded to a multiple of 8 so that the Float64 columns are aligned. */
export function dayColumnBytes(bars: number): number {
  return Math.ceil(bars / 2) * 8
}

/** Bytes of a whole block of `bars` bars. */
export function blockBytes(bars: number): number {
  return dayColumnBytes(bars) + VALUE_COLUMNS.length * 8 * bars
}

/** Column views of the block of `bars` bars that starts at `offset` (a multiple of 8) in `buffer`. Little-endian, as the files are. */
export function blockViews(buffer: ArrayBuffer, bars: number, offset = 0): SymbolBlock {
  const values = offset + dayColumnBytes(bars)
  return {
    day: new Int32Array(buffer, offset, bars),
    open: new Float64Array(buffer, values, bars),
    high: new Float64Array(buffer, values + 8 * bars, bars),
    low: new Float64Array(buffer, values + 16 * bars, bars),
    close: new Float64Array(buffer, values + 24 * bars, bars),
    volume: new Float64Array(buffer, values + 32 * bars, bars),
  }
}

/** An all-zero block of `bars` bars over a buffer of its own. */
export function emptyBlock(bars: number): SymbolBlock {
  return blockViews(new ArrayBuffer(blockBytes(bars)), bars)
}

/** The first `bars` bars of a block, over the same buffer. */
export function headOfBlock(block: SymbolBlock, bars: number): SymbolBlock {
  return {
    day: block.day.subarray(0, bars),
    open: block.open.subarray(0, bars),
    high: block.high.subarray(0, bars),
    low: block.low.subarray(0, bars),
    close: block.close.subarray(0, bars),
    volume: block.volume.subarray(0, bars),
  }
}

/** How many entries of a rising day column are at or before `asOfDay`. */
export function cutLength(day: Int32Array, asOfDay: number): number {
  let low = 0
  let high = day.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (day[middle]! <= asOfDay) low = middle + 1
    else high = middle
  }
  return low
}

/** True where a bar's high is not its highest price or its low not its lowest. */
export function breaksHighLowOrder(open: number, high: number, low: number, close: number): boolean {
  return high < low || high < open || high < close || low > open || low > close
}
