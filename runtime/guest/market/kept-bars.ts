import { blockBytes, blockOf, lengthOfBlock, type BarBlock } from './bars.ts'
import { lowerBound } from '../fetch/bars.ts'
import { ArrayBufferConstructor, Float64ArrayConstructor, listPush, MapConstructor, mapGet, mapSet, newList } from '../language/intrinsics.ts'

/** The bars that the host gives to code inside, all of them up to the as-of day. */
export interface BarSource {
  /** Bars of a symbol from a day on, as one block; undefined for an unknown symbol. */
  readBars(symbol: string, fromDay: number): ArrayBuffer | undefined
  /** Says that from now on a symbol that was read goes by a number, counted up from 0. */
  keep(symbol: string): void
  /** Bars after a day of all symbols with a number: for each in order how many they are, then the six values of each, as Float64. */
  readNewer(afterDay: number): ArrayBuffer
  /** Says that the bars of a symbol with a number are looked at without being read. */
  reading(place: number): void
}

interface Kept {
  readonly place: number
  /** First day that was asked for. */
  fromDay: number
  /** Bars that the columns have room for. */
  room: number
  /** The bars as they are handed out, whose columns may have room for more; what holds an earlier one goes on seeing the bars of its time. */
  view: BarBlock
}

const NOTHING = blockOf(new ArrayBufferConstructor(0), 0)
/** Bars that a symbol gets room for when it has more than before: a run of so many dates copies them once. */
const ROOM = 32

/**
 * Bars of symbols that a script asked for before, kept from one date to the next. They are never handed to a script, and never
 * reach beyond the as-of day: a later one adds the bars in between, an earlier one takes away those after it.
 */
export class KeptBars {
  readonly #source: BarSource
  readonly #mostBytes: number
  readonly #bySymbol = new MapConstructor<string, Kept>()
  readonly #inOrder = newList<Kept>()
  #bytes = 0
  #asOfDay = -1
  /** False while, and after, a change was cut short: by a full stack, or for want of memory. From then on bars are read each time. */
  #isWhole = true

  /** @param mostBytes how much is kept; beyond that, bars are read again each time */
  constructor(source: BarSource, mostBytes: number) {
    this.#source = source
    this.#mostBytes = mostBytes
  }

  /** Bars of a symbol up to the as-of day; earlier ones than `fromDay` may be among them, none where there is none from that day on. Null for an unknown symbol. */
  at(symbol: string, fromDay: number, asOfDay: number): BarBlock | null {
    if (asOfDay !== this.#asOfDay && this.#isWhole) this.#moveTo(asOfDay)
    if (!this.#isWhole) return this.#read(symbol, fromDay)
    const kept = mapGet(this.#bySymbol, symbol)
    if (kept === undefined || fromDay < kept.fromDay) return this.#readAndKeep(symbol, fromDay, kept)
    this.#source.reading(kept.place)
    const { view } = kept
    return view.length === 0 || (view.day[view.length - 1] as number) < fromDay ? NOTHING : view
  }

  #read(symbol: string, fromDay: number): BarBlock | null {
    const found = this.#source.readBars(symbol, fromDay)
    return found === undefined ? null : blockOf(found, lengthOfBlock(found))
  }

  #readAndKeep(symbol: string, fromDay: number, before: Kept | undefined): BarBlock | null {
    const view = this.#read(symbol, fromDay)
    if (view === null) return null
    const room = view.length
    // While a script loads there is no date yet, and the host gives all it has: that is not to be kept for a date.
    if (room > 0 && (view.day[room - 1] as number) > this.#asOfDay) return view
    const bytes = this.#bytes + blockBytes(room) - (before === undefined ? 0 : blockBytes(before.room))
    if (bytes > this.#mostBytes) return view
    this.#bytes = bytes
    if (before === undefined) this.#keep(symbol, { place: this.#inOrder.length, fromDay, room, view })
    else {
      before.fromDay = fromDay
      before.room = room
      before.view = view
    }
    return view
  }

  #keep(symbol: string, kept: Kept): void {
    this.#isWhole = false
    this.#source.keep(symbol)
    mapSet(this.#bySymbol, symbol, kept)
    listPush(this.#inOrder, kept)
    this.#isWhole = true
  }

  #moveTo(asOfDay: number): void {
    this.#isWhole = false
    const kept = this.#inOrder
    if (asOfDay < this.#asOfDay) for (let i = 0; i < kept.length; i++) this.#cut(kept[i] as Kept, asOfDay)
    else if (kept.length > 0) this.#add()
    this.#asOfDay = asOfDay
    this.#isWhole = true
  }

  /** Into columns of their own: nothing of a later day stays in reach. */
  #cut(kept: Kept, asOfDay: number): void {
    const length = lowerBound(kept.view, asOfDay + 1)
    if (length < kept.view.length) this.#resize(kept, length, length)
  }

  #add(): void {
    const kept = this.#inOrder
    const values = new Float64ArrayConstructor(this.#source.readNewer(this.#asOfDay))
    let at = 0
    for (let i = 0; i < kept.length; i++) at = this.#append(kept[i] as Kept, values, at)
  }

  #append(kept: Kept, values: Float64Array, at: number): number {
    const count = values[at] as number
    if (count === 0) return at + 1
    const start = kept.view.length
    const length = start + count
    if (length > kept.room) this.#resize(kept, start, length + ROOM)
    const { day, open, high, low, close, volume } = kept.view
    let from = at + 1
    for (let i = start; i < length; i++) {
      day[i] = values[from] as number
      open[i] = values[from + 1] as number
      high[i] = values[from + 2] as number
      low[i] = values[from + 3] as number
      close[i] = values[from + 4] as number
      volume[i] = values[from + 5] as number
      from += 6
    }
    kept.view = { length, day, open, high, low, close, volume }
    return from
  }

  /** The first `length` bars in new columns. */
  #resize(kept: Kept, length: number, room: number): void {
    const from = kept.view
    const columns = blockOf(new ArrayBufferConstructor(blockBytes(room)), room)
    for (let i = 0; i < length; i++) {
      columns.day[i] = from.day[i] as number
      columns.open[i] = from.open[i] as number
      columns.high[i] = from.high[i] as number
      columns.low[i] = from.low[i] as number
      columns.close[i] = from.close[i] as number
      columns.volume[i] = from.volume[i] as number
    }
    this.#bytes += blockBytes(room) - blockBytes(kept.room)
    kept.room = room
    kept.view = { ...columns, length }
  }
}
