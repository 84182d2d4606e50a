import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { isSession } from '../../../sdk/calendar.ts'
import { newYorkDay } from '../../../sdk/options/time.ts'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { isoFromDay } from '../days.ts'
import { readAll, type ImportReading } from '../import/reading.ts'
import type { ImportProgress } from '../import/report.ts'
import type { RecordingEntry } from './chain-catalogue.ts'
import { ContractCollector } from './contract-collector.ts'
import { checkChainOptions } from './formats.ts'
import { countFlags, differingValues, mergeContracts, oneRowPerContract, type ContractTally, type MergeListener, type SortedContracts } from './merge.ts'
import { PackWriter } from './pack-writer.ts'
import { readChainFile, type ChainReadContext } from './read-chain-files.ts'
import { combined, recordingKey, timeOf, type StatedRecording } from './recording.ts'
import { decodeRecords, encodeRecording, type RecordingHeader } from './recording-codec.ts'
import { contractConflictRule, type ChainImportOptions, type ChainImportReport } from './report.ts'

const SAMPLES_PER_OUTCOME = 5
const NO_CONTRACTS: SortedContracts = { records: new Float64Array(0), expirations: new Int32Array(0), count: 0 }

/** A recording that the store has. */
export interface StoredRecording {
  readonly entry: RecordingEntry
  readonly header: RecordingHeader
  readonly blocks: Float64Array
}

/** Finds the stored recording of a ticker under its key; null where there is none. */
export type FindStored = (ticker: string, key: string) => StoredRecording | null

/**
 * Reads chain files and writes a pack with the recordings that are new or changed.
 *
 * @param temporary an existing folder for temporary files, the pack among them
 * @returns the report, whose `snapshot` is still to be set; entries of the new recordings, none where nothing changes; the pack
 */
export async function importChainsInto(
  temporary: string,
  stored: FindStored,
  paths: readonly string[],
  options: ChainImportOptions,
  onProgress: (progress: ImportProgress) => void,
): Promise<{ report: ChainImportReport; entries: RecordingEntry[]; pack: { path: string; name: string } }> {
  const { map = {}, format, signal } = options
  checkChainOptions(map, format)
  const collector = new ContractCollector(temporary)
  try {
    const begin = (reading: ImportReading): ChainReadContext => ({ ...reading, collector, map, format, files: [] })
    const { context, progress } = await readAll(paths, signal, collector, onProgress, begin, readChainFile)
    progress.symbolsTotal = collector.recordingCount
    return await new ChainMerge(collector, stored, options, temporary).carryOut(context, progress, onProgress)
  } finally {
    collector.close()
  }
}

/** Merges recording by recording and keeps the account of what the files brought. */
class ChainMerge {
  readonly #collector: ContractCollector
  readonly #stored: FindStored
  readonly #options: ChainImportOptions
  readonly #pack: { path: string; name: string }
  readonly #tally: ContractTally = { duplicates: 0, conflicts: 0, conflictsInFiles: 0, added: 0, replaced: 0, unchanged: 0, conflictingKept: 0 }
  readonly #flagged = { zeroFilled: 0, crossed: 0, zeroImpliedVol: 0, closedDay: 0 }
  readonly #conflictSamples: ChainImportReport['conflictSamples'] = []
  readonly #entries: RecordingEntry[] = []
  readonly #tickers = new Set<string>()
  #recordings = 0
  #kept = 0
  #firstDay = Infinity
  #lastDay = -Infinity

  constructor(collector: ContractCollector, stored: FindStored, options: ChainImportOptions, temporary: string) {
    this.#collector = collector
    this.#stored = stored
    this.#options = options
    this.#pack = { path: join(temporary, 'pack'), name: '' }
  }

  async carryOut(context: ChainReadContext, progress: ImportProgress, onProgress: (progress: ImportProgress) => void) {
    const writer = new PackWriter(this.#pack.path)
    try {
      for (const { stated, records } of this.#collector.recordings()) {
        this.#merge(stated, records, writer)
        progress.symbolsDone++
        if (this.#options.signal?.aborted) throw new StrikescanError('import_cancelled')
        onProgress({ ...progress })
        await breathe()
      }
      this.#pack.name = writer.finish()
    } finally {
      writer.close()
    }
    const entries = this.#entries.map((entry) => ({ ...entry, pack: this.#pack.name }))
    return { report: this.#report(context), entries, pack: this.#pack }
  }

  #merge(fresh: StatedRecording, records: Float64Array, writer: PackWriter): void {
    const { roots } = this.#collector
    const key = recordingKey(fresh)
    const before = this.#stored(fresh.ticker, key)
    const stated = before === null ? fresh : combined(before.header.stated, fresh)
    const { day, asOf } = timeOf(stated)
    const firstLiveDay = newYorkDay(asOf)
    const listener: MergeListener = {
      expired: (file, line, occ) => this.#collector.refuse(file, line, 'expired', `${occ} expired before the quotes of ${isoFromDay(firstLiveDay)}`),
      conflict: (occ, outcome, standing, other) => {
        if (this.#conflictSamples.filter((sample) => sample.outcome === outcome).length >= SAMPLES_PER_OUTCOME) return
        const [kept, dropped] = differingValues(standing, other)
        this.#conflictSamples.push({ ticker: fresh.ticker, date: isoFromDay(day), occ, outcome, kept, dropped })
      },
    }
    const contracts = oneRowPerContract(records, roots, firstLiveDay, this.#tally, listener)
    if (contracts.count === 0) return
    this.#recordings++
    this.#kept += contracts.count
    this.#tickers.add(fresh.ticker)
    this.#firstDay = Math.min(this.#firstDay, day)
    this.#lastDay = Math.max(this.#lastDay, day)
    countFlags(contracts, this.#flagged)
    if (!isSession(stated.day)) this.#flagged.closedDay += contracts.count

    const old = before === null ? NO_CONTRACTS : decodeRecords(before.header, before.blocks, (root) => this.#collector.rootId(root), firstLiveDay)
    const merged = mergeContracts(old, contracts, roots, this.#options.replace === true, this.#tally, listener)
    const { header, headerBytes, bytes } = encodeRecording(stated, merged, roots)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (sha256 === before?.entry.sha256) return
    this.#entries.push({
      ticker: stated.ticker, source: stated.source, key, day, asOf, contracts: header.contracts, pack: '', offset: writer.append(bytes), headerBytes, length: bytes.length, sha256,
    })
  }

  #report({ files, warnings }: ChainReadContext): ChainImportReport {
    const { rowsRead, rowsRejected, reasons, samples } = this.#collector
    const { duplicates, conflicts, conflictsInFiles, ...stored } = this.#tally
    return {
      rowsRead,
      rowsKept: this.#kept,
      rowsRejected,
      reasons,
      samples,
      flagged: this.#flagged,
      duplicates,
      conflicts,
      conflictsInFiles,
      conflictRule: contractConflictRule(this.#options.replace === true),
      conflictSamples: this.#conflictSamples,
      stored,
      files: files.map(({ tally, ...file }) => ({ ...file, rowsRead: tally.rowsRead, rowsRejected: tally.rowsRejected })),
      tickers: this.#tickers.size,
      recordings: this.#recordings,
      firstDate: this.#kept === 0 ? null : isoFromDay(this.#firstDay),
      lastDate: this.#kept === 0 ? null : isoFromDay(this.#lastDay),
      snapshot: null,
      unchanged: this.#entries.length === 0,
      warnings,
    }
  }
}
