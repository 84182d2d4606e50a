import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { SymbolBars } from '../../sdk/market.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { blockBytes, blockViews, breaksHighLowOrder, VALUE_COLUMNS } from './block.ts'
import { makeFolder, syncFolder, withStoreErrors } from './durable-files.ts'
import { DayCounts, FIRST_VALID_DAY, LAST_VALID_DAY, sessionDays, thinSessionDays } from './sessions.ts'
import { BARS_FILE, INDEX_FILE } from './snapshot.ts'
import { hashedText, idOf, SNAPSHOT_FORMAT, type SnapshotIndex } from './snapshot-index.ts'

const BUFFER_BYTES = 4 << 20

/** Where the bars of a new snapshot come from. */
export interface SnapshotSource {
  readonly provider: string
  readonly simulated: boolean
}

/** Writes a snapshot's files symbol by symbol, at a memory use that does not grow with the number of bars. */
export class SnapshotWriter {
  readonly #folder: string
  readonly #source: SnapshotSource
  readonly #fd: number
  readonly #hash = createHash('sha256')
  #buffer = new ArrayBuffer(BUFFER_BYTES)
  #used = 0
  #closed = false
  readonly #dayCounts = new DayCounts()
  readonly #symbols: string[] = []
  readonly #counts: number[] = []
  readonly #firstDays: number[] = []
  readonly #lastDays: number[] = []
  #zeroVolume = 0
  #highLowOrder = 0

  /** @param folder a new folder, renamed into place by the caller once `finish` has returned */
  constructor(folder: string, source: SnapshotSource) {
    this.#folder = folder
    this.#source = source
    makeFolder(folder)
    this.#fd = withStoreErrors(folder, () => openSync(join(folder, BARS_FILE), 'wx'))
  }

  /** Adds the bars of the next symbol. Throws `provider_bars_invalid` where symbols or days are out of order or a value cannot be a price. */
  add(bars: SymbolBars): void {
    const length = bars.day.length
    if (length === 0) return
    this.#check(bars)
    const bytes = blockBytes(length)
    if (this.#used + bytes > this.#buffer.byteLength) this.#flush()
    if (bytes > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(bytes)
    const block = blockViews(this.#buffer, length, this.#used)
    block.day.set(bars.day)
    // The padding after an odd number of days is part of the hashed content.
    if (length % 2 === 1) new Int32Array(this.#buffer, this.#used + 4 * length, 1)[0] = 0
    for (const name of VALUE_COLUMNS) block[name].set(bars[name])
    this.#used += bytes
    this.#dayCounts.addAll(bars.day)
    this.#symbols.push(bars.symbol)
    this.#counts.push(length)
    this.#firstDays.push(bars.day[0]!)
    this.#lastDays.push(bars.day[length - 1]!)
  }

  /** Writes the rest and the index, flushed to the disk, and gives the index with the snapshot's id. */
  finish(): SnapshotIndex {
    return withStoreErrors(this.#folder, () => {
      this.#flush()
      fsyncSync(this.#fd)
      this.abort()
      const { days, counts } = this.#dayCounts.entries()
      const sessions = sessionDays(days, counts)
      const thinSessions = thinSessionDays(days, sessions)
      const index: SnapshotIndex = {
        formatVersion: SNAPSHOT_FORMAT,
        id: idOf(this.#hash.update(hashedText({ ...this.#source, symbols: this.#symbols, counts: this.#counts }))),
        provider: this.#source.provider,
        simulated: this.#source.simulated,
        symbols: this.#symbols,
        counts: this.#counts,
        firstDays: this.#firstDays,
        lastDays: this.#lastDays,
        sessions: [...sessions],
        thinSessions: [...thinSessions],
        flags: { zeroVolume: this.#zeroVolume, highLowOrder: this.#highLowOrder, nonSession: this.#dayCounts.countOutside([...sessions, ...thinSessions]) },
      }
      writeFileSync(join(this.#folder, INDEX_FILE), JSON.stringify(index), { flush: true })
      syncFolder(this.#folder)
      return index
    })
  }

  /** Closes the file where it is still open; the folder stays for the caller to remove. */
  abort(): void {
    if (this.#closed) return
    this.#closed = true
    closeSync(this.#fd)
  }

  #flush(): void {
    const bytes = new Uint8Array(this.#buffer, 0, this.#used)
    this.#hash.update(bytes)
    withStoreErrors(this.#folder, () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done, bytes.length - done)
    })
    this.#used = 0
  }

  #check({ symbol, day, open, high, low, close, volume }: SymbolBars): void {
    const refuse = (what: string) => new StrikescanError('provider_bars_invalid', { provider: this.#source.provider, symbol, what })
    const previous = this.#symbols.at(-1)
    if (symbol === '') throw refuse('the symbol is empty')
    if (previous !== undefined && !(previous < symbol)) throw refuse(`it comes after ${previous}, out of order`)
    for (const column of [open, high, low, close, volume]) if (column.length !== day.length) throw refuse('its columns differ in length')
    let zeroVolume = 0
    let highLowOrder = 0
    for (let bar = 0; bar < day.length; bar++) {
      if (bar > 0 && day[bar]! <= day[bar - 1]!) throw refuse(`its days do not rise at bar ${bar}`)
      const opened = open[bar]!
      const highest = high[bar]!
      const lowest = low[bar]!
      const closed = close[bar]!
      const shares = volume[bar]!
      if (!(isPrice(opened) && isPrice(highest) && isPrice(lowest) && isPrice(closed))) {
        throw refuse(`bar ${bar} has a price that is not positive and finite`)
      }
      if (!(shares >= 0 && shares < Infinity)) throw refuse(`bar ${bar} has a volume that is negative or not finite`)
      if (shares === 0) zeroVolume++
      if (breaksHighLowOrder(opened, highest, lowest, closed)) highLowOrder++
    }
    if (day[0]! < FIRST_VALID_DAY || day[day.length - 1]! > LAST_VALID_DAY) throw refuse('a day lies outside the years 1800 to 2199')
    this.#zeroVolume += zeroVolume
    this.#highLowOrder += highLowOrder
  }
}

function isPrice(value: number): boolean {
  return value > 0 && value < Infinity
}
