import type { Bar, BarColumns } from '../../../sdk/market.ts'
import { arrayBufferByteLength, makeArray, MathFloor as floor, newList } from '../language/intrinsics.ts'

const VALUE_BYTES = 8
const DAY_BYTES = 4
const COLUMNS = 5
const Int32 = Int32Array
const Float64 = Float64Array

/** Bars of one symbol over the one buffer that the host sent: days, padded to 8 bytes, then five columns. */
export interface BarBlock {
  readonly length: number
  readonly day: Int32Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** Bars in a block of this many bytes; an odd number of them has 4 bytes of padding. */
export function lengthOfBlock(buffer: ArrayBuffer): number {
  return floor(arrayBufferByteLength(buffer) / (DAY_BYTES + COLUMNS * VALUE_BYTES))
}

/** Bytes of a block of this many bars. */
export function blockBytes(length: number): number {
  return ((length + 1) >> 1) * 2 * DAY_BYTES + length * COLUMNS * VALUE_BYTES
}

export function blockOf(buffer: ArrayBuffer, length: number): BarBlock {
  const values = ((length + 1) >> 1) * 2 * DAY_BYTES
  const column = (index: number): Float64Array => new Float64(buffer, values + index * length * VALUE_BYTES, length)
  return {
    length,
    day: new Int32(buffer, 0, length),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(COLUMNS - 1),
  }
}

/**
 * ISO dates by day, kept for the isolate's life: a market has the same few hundred dates for every symbol. In pages of
 * a list each, since an object with days for keys is a hash table, which took a seventh of a scan's time.
 */
const PAGE_BITS = 9
const PAGE_DAYS = 2 ** PAGE_BITS
const pages = newList<string[]>()
const OriginalDate = Date
const toIso = Date.prototype.toISOString
const apply = Reflect.apply
const sliceText = String.prototype.slice

export function isoOfDay(day: number): string {
  const page = pages[day >> PAGE_BITS]
  const known = page === undefined ? '' : page[day & (PAGE_DAYS - 1)]!
  return known === '' ? remember(day) : known
}

function remember(day: number): string {
  const text = apply(sliceText, apply(toIso, new OriginalDate(day * 86_400_000), []), [0, 10]) as string
  if (day < 0) return text
  const page = (pages[day >> PAGE_BITS] ??= emptyPage())
  page[day & (PAGE_DAYS - 1)] = text
  return text
}

function emptyPage(): string[] {
  const page = newList<string>()
  for (let i = 0; i < PAGE_DAYS; i++) page[i] = ''
  return page
}

/** Columns as `defineScanner` scanners get them; the dates are made when first read. */
export function columnsOf(block: BarBlock): BarColumns {
  return new Columns(block)
}

class Columns implements BarColumns {
  readonly length: number
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  readonly #day: Int32Array
  #date: readonly string[] | null = null

  constructor(block: BarBlock) {
    this.length = block.length
    this.open = block.open
    this.high = block.high
    this.low = block.low
    this.close = block.close
    this.volume = block.volume
    this.#day = block.day
  }

  get date(): readonly string[] {
    this.#date ??= makeArray(this.length, (index) => isoOfDay(this.#day[index]!))
    return this.#date
  }
}

/** Bars as plain scanners get them: an array of objects of its own for each symbol and date. */
export function barObjectsOf(block: BarBlock): Bar[] {
  const { length, day, open, high, low, close, volume } = block
  const bars: Bar[] = []
  for (let i = 0; i < length; i++) {
    bars[i] = {
      date: isoOfDay(day[i]!),
      open: open[i]!,
      high: high[i]!,
      low: low[i]!,
      close: close[i]!,
      volume: volume[i]!,
    }
  }
  return bars
}
