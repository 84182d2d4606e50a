import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { ChainSource, RecordedChains } from '../../../sdk/chain-source.ts'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { dayFromIso, isoFromDay } from '../days.ts'
import { renameDurably, withStoreErrors } from '../durable-files.ts'
import type { ImportProgress } from '../import/report.ts'
import { StoreFolder } from '../store-folder.ts'
import { ChainCatalogue, type Generation, type RecordingEntry, type SourceSummary } from './chain-catalogue.ts'
import { canonicalTicker } from './option-roots.ts'
import { lastTradingDay } from './quote-time.ts'
import { blockOf, decodeContracts, decodeHeader, type RecordingHeader } from './recording-codec.ts'
import type { ChainImportOptions, ChainImportReport } from './report.ts'

const LOCK_WAIT_MS = 5000
const LAST_DAY = dayFromIso('2199-12-31')

/** What a store of chains holds; dates ISO. */
export interface ChainSummary {
  snapshot: string
  tickers: string[]
  recordings: number
  contracts: number
  /** Days on which something was recorded. */
  dates: string[]
  sources: { source: string; tickers: number; recordings: number; contracts: number; firstDate: string; lastDate: string }[]
}

/**
 * The option chains of a state folder, in `market/chains/` below it: immutable recordings in packs, and a catalogue that
 * says which are current. Any number of processes may read while one writes; a writer that dies leaves the store as it was.
 */
export class ChainStore {
  readonly folder: string
  readonly #store: StoreFolder
  readonly #catalogue: ChainCatalogue
  readonly #now: () => Date

  private constructor(folder: string, now: () => Date) {
    this.folder = folder
    this.#now = now
    this.#store = new StoreFolder(folder, 'packs', () => this.#catalogue.packs())
    this.#catalogue = new ChainCatalogue(folder)
  }

  /** True where a state folder has a store of chains. */
  static exists(home: string): boolean {
    return existsSync(join(home, 'market', 'chains', 'catalog.db'))
  }

  /**
   * Opens the chains of a state folder, creating the store where there is none, and clears what a killed import left.
   * Throws `store_unwritable`, `store_catalogue_damaged` or `store_version`.
   */
  static open(home: string, now: () => Date = () => new Date()): ChainStore {
    const store = new ChainStore(join(home, 'market', 'chains'), now)
    try {
      store.#store.sweepIfFree()
    } catch (error) {
      store.close()
      throw error
    }
    return store
  }

  /** What is in the store; null where it is empty. */
  summary(): ChainSummary | null {
    const current = this.#catalogue.current()
    if (current === null) return null
    const sources = this.#catalogue.sources(current)
    const sum = (of: (source: SourceSummary) => number) => sources.reduce((total, source) => total + of(source), 0)
    return {
      snapshot: current.id,
      tickers: this.#catalogue.tickers(current),
      recordings: sum(({ recordings }) => recordings),
      contracts: sum(({ contracts }) => contracts),
      dates: this.#catalogue.days(current).map(isoFromDay),
      sources: sources.map(({ firstDay, lastDay, ...source }) => ({ ...source, firstDate: isoFromDay(firstDay), lastDate: isoFromDay(lastDay) })),
    }
  }

  /** The chains as they are now, for a provider: later imports do not change what it gives. Null where the store is empty. */
  source(): ChainSource | null {
    const current = this.#catalogue.current()
    if (current === null) return null
    return { identity: current.id, newest: (ticker, asOf) => this.#newest(current, ticker, asOf) }
  }

  /**
   * Imports files and folders of option chains: all of them or, where one fails, none. The order of files, and of imports
   * without `replace`, does not matter. Throws the registry's `import_…` and `store_…` errors.
   */
  async importChains(paths: readonly string[], options: ChainImportOptions = {}, onProgress: (progress: ImportProgress) => void = () => {}): Promise<ChainImportReport> {
    return this.#store.writing('importing option chains', options.lockWaitMs ?? LOCK_WAIT_MS, async (temporary) => {
      const current = this.#catalogue.current()
      const stored = (ticker: string, key: string) => {
        const entry = current === null ? null : this.#catalogue.find(current, ticker, key)
        return entry === null ? null : { entry, ...this.#readWhole(entry) }
      }
      // Loaded here, with all that reads files: most commands import nothing.
      const { importChainsInto } = await import('./import-chains.ts')
      const { report, entries, pack } = await importChainsInto(temporary, stored, paths, options, onProgress)
      if (entries.length > 0) {
        withStoreErrors(this.folder, () => renameDurably(pack.path, this.#store.partPath(pack.name)))
        report.snapshot = this.#catalogue.publish(entries, this.#now().toISOString()).id
      } else {
        report.snapshot = current?.id ?? null
      }
      return report
    })
  }

  /** Removes all chains. Throws `store_busy` while another process writes. */
  async reset(): Promise<void> {
    await this.#store.writing('resetting the chains', LOCK_WAIT_MS, async () => {
      this.#catalogue.clear(this.#now().toISOString())
      this.#store.sweep()
    })
  }

  close(): void {
    this.#catalogue.close()
  }

  #newest(generation: Generation, ticker: string, asOf: string | null): RecordedChains | null {
    const lastDay = asOf === null ? LAST_DAY : dayFromIso(asOf)
    if (Number.isNaN(lastDay)) throw new RangeError(`${asOf} is no ISO date.`)
    const entry = this.#catalogue.newest(generation, canonicalTicker(ticker), lastDay)
    if (entry === null) return null
    const header = this.#readHeader(entry)
    const { stated, underlyingPrice, optionVolume } = header
    return {
      ticker: entry.ticker,
      source: entry.source,
      day: isoFromDay(entry.day),
      asOf: entry.asOf,
      underlyingPrice,
      optionVolume,
      expirations: header.expirations.map(({ day }) => isoFromDay(day)),
      chain: (expiration) => {
        const listed = dayFromIso(expiration)
        // Monthly options were listed for Saturdays until 2015: either date finds them.
        const block = Number.isNaN(listed) ? null : blockOf(header, lastTradingDay(listed))
        if (block === null) return null
        const bytes = this.#read(entry, entry.headerBytes + block.offset, block.bytes)
        if (crc32(bytes) !== block.expiration.crc32) throw this.#damaged(entry, 'a checksum does not match')
        return {
          ticker: entry.ticker,
          expiration: isoFromDay(block.expiration.day),
          underlyingPrice,
          asOf: entry.asOf,
          delayMinutes: stated.delayMinutes,
          contracts: decodeContracts(header, block.expiration, new Float64Array(bytes.buffer)),
          refused: [],
        }
      },
    }
  }

  #readHeader(entry: RecordingEntry): RecordingHeader {
    const bytes = this.#read(entry, 0, entry.headerBytes)
    try {
      return decodeHeader(bytes)
    } catch (error) {
      throw this.#damaged(entry, error instanceof Error ? error.message : 'its header is unreadable')
    }
  }

  #readWhole(entry: RecordingEntry): { header: RecordingHeader; blocks: Float64Array } {
    const header = this.#readHeader(entry)
    return { header, blocks: new Float64Array(this.#read(entry, entry.headerBytes, entry.length - entry.headerBytes).buffer) }
  }

  /** Bytes of a recording, in a buffer of their own. */
  #read(entry: RecordingEntry, from: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length)
    try {
      const fd = openSync(this.#store.partPath(entry.pack), 'r')
      try {
        for (let done = 0; done < length; ) {
          const read = readSync(fd, bytes, done, length - done, entry.offset + from + done)
          if (read === 0) throw new Error('it ends too early')
          done += read
        }
      } finally {
        closeSync(fd)
      }
    } catch (error) {
      throw this.#damaged(entry, error instanceof Error ? error.message : 'it cannot be read')
    }
    return bytes
  }

  #damaged(entry: RecordingEntry, what: string): StrikescanError {
    return new StrikescanError('chain_recording_damaged', { ticker: entry.ticker, date: isoFromDay(entry.day), file: this.#store.partPath(entry.pack), what })
  }
}
