import { setImmediate as breathe } from 'node:timers/promises'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { breaksHighLowOrder, emptyBlock, VALUE_COLUMNS, type SymbolBlock } from '../block.ts'
import { isoFromDay } from '../days.ts'
import { DayCounts } from '../sessions.ts'
import type { Snapshot } from '../snapshot.ts'
import { openDays, type SnapshotIndex } from '../snapshot-index.ts'
import type { SnapshotReader } from '../snapshot-reader.ts'
import { SnapshotWriter } from '../snapshot-writer.ts'
import { BarCollector } from './bar-collector.ts'
import { checkMap } from './columns.ts'
import { mergeBars, oneBarPerDay, type BarPlace, type MergeTally } from './merge.ts'
import { readBarFile, type ReadContext } from './read-files.ts'
import { readAll, type ImportReading } from './reading.ts'
import { barConflictRule, type BarConflict, type BarValues, type ConflictOutcome, type ImportOptions, type ImportProgress, type ImportReport } from './report.ts'

const SOURCE = { provider: 'import', simulated: false } as const
const SYMBOLS_PER_PAUSE = 64
const SAMPLES_PER_OUTCOME = 5
const NO_BARS = emptyBlock(0)

/**
 * Reads bar files and writes the snapshot that the store has after them.
 *
 * @param folder where the new snapshot's files are written
 * @param temporary an existing folder for other temporary files
 * @param base the imported data so far
 * @returns the report, and the index of the snapshot to make current: null where neither store nor files have a bar
 */
export async function importInto(
  folder: string,
  temporary: string,
  base: Snapshot | null,
  paths: readonly string[],
  options: ImportOptions,
  onProgress: (progress: ImportProgress) => void,
): Promise<{ report: ImportReport; index: SnapshotIndex | null }> {
  const { map = {}, format, signal } = options
  checkMap(map)
  const collector = new BarCollector(temporary)
  try {
    const begin = (reading: ImportReading): ReadContext => ({ ...reading, collector, map, format, files: [] })
    const { context, progress } = await readAll(paths, signal, collector, onProgress, begin, readBarFile)
    collector.finish()
    return await mergeAll(folder, base, collector, context, options, progress, onProgress)
  } finally {
    collector.close()
  }
}

async function mergeAll(
  folder: string,
  base: Snapshot | null,
  collector: BarCollector,
  { files, warnings }: ReadContext,
  { replace = false, signal }: ImportOptions,
  progress: ImportProgress,
  onProgress: (progress: ImportProgress) => void,
): Promise<{ report: ImportReport; index: SnapshotIndex | null }> {
  const account = new KeptBars()
  const ids = new Map(collector.table.names.map((symbol, id) => [symbol, id]))
  const symbols = [...new Set([...(base?.symbols ?? []), ...ids.keys()])].sort(byCodeUnit)
  progress.symbolsTotal = symbols.length
  const writer = new SnapshotWriter(folder, SOURCE)
  let reader: SnapshotReader | null = null
  let index: SnapshotIndex | null
  try {
    reader = base?.openReader() ?? null
    for (const symbol of symbols) {
      const position = base?.indexOf(symbol) ?? -1
      const stored = reader !== null && position >= 0 ? reader.read(position) : NO_BARS
      const id = ids.get(symbol)
      writer.add({ symbol, ...(id === undefined ? stored : account.merge(symbol, stored, collector.rowsOf(id), replace)) })
      if (++progress.symbolsDone % SYMBOLS_PER_PAUSE === 0) {
        if (signal?.aborted) throw new StrikescanError('import_cancelled')
        onProgress({ ...progress })
        await breathe()
      }
    }
    onProgress({ ...progress })
    account.checkDaily()
    index = account.bars === 0 ? (base?.index ?? null) : writer.finish()
  } finally {
    writer.abort()
    reader?.close()
  }
  const { tally } = account
  const report: ImportReport = {
    rowsRead: collector.rowsRead,
    rowsKept: account.bars,
    rowsRejected: collector.rowsRejected,
    reasons: collector.reasons,
    samples: collector.samples,
    flagged: account.flags(index === null ? [] : openDays(index)),
    duplicates: tally.duplicates,
    conflicts: tally.conflicts,
    conflictsInFiles: tally.conflictsInFiles,
    conflictRule: barConflictRule(replace),
    conflictSamples: account.conflictSamples,
    stored: { added: tally.added, replaced: tally.replaced, unchanged: tally.unchanged, conflictingKept: tally.conflictingKept },
    files,
    symbols: account.symbols,
    firstDate: account.bars === 0 ? null : isoFromDay(account.firstDay),
    lastDate: account.bars === 0 ? null : isoFromDay(account.lastDay),
    snapshot: index?.id ?? null,
    unchanged: index === null || index.id === base?.id,
    warnings,
  }
  return { report, index }
}

/** Merges symbol by symbol and keeps the account of what the files brought. */
class KeptBars {
  readonly tally: MergeTally = { duplicates: 0, conflicts: 0, conflictsInFiles: 0, added: 0, replaced: 0, unchanged: 0, conflictingKept: 0 }
  readonly conflictSamples: BarConflict[] = []
  readonly #days = new DayCounts()
  #zeroVolume = 0
  #highLowOrder = 0
  bars = 0
  symbols = 0
  firstDay = Infinity
  lastDay = -Infinity

  merge(symbol: string, stored: SymbolBlock, rows: SymbolBlock, replace: boolean): SymbolBlock {
    const onConflict = (outcome: ConflictOutcome, kept: BarPlace, dropped: BarPlace) => {
      if (this.conflictSamples.filter((sample) => sample.outcome === outcome).length >= SAMPLES_PER_OUTCOME) return
      this.conflictSamples.push({ symbol, date: isoFromDay(kept.bars.day[kept.row]!), outcome, kept: valuesAt(kept), dropped: valuesAt(dropped) })
    }
    const fresh = oneBarPerDay(rows, this.tally, onConflict)
    const length = fresh.day.length
    if (length === 0) return stored
    this.bars += length
    this.symbols++
    this.firstDay = Math.min(this.firstDay, fresh.day[0]!)
    this.lastDay = Math.max(this.lastDay, fresh.day[length - 1]!)
    this.#days.addAll(fresh.day)
    for (let bar = 0; bar < length; bar++) {
      if (fresh.volume[bar] === 0) this.#zeroVolume++
      if (breaksHighLowOrder(fresh.open[bar]!, fresh.high[bar]!, fresh.low[bar]!, fresh.close[bar]!)) this.#highLowOrder++
    }
    return mergeBars(stored, fresh, replace, this.tally, onConflict)
  }

  /** More conflicts than bars are no slips of a few rows: the files hold several bars per day. */
  checkDaily(): void {
    const { conflictsInFiles: conflicts } = this.tally
    if (conflicts > this.bars) throw new StrikescanError('import_conflicting', { conflicts, bars: this.bars })
  }

  flags(openDays: readonly number[]): ImportReport['flagged'] {
    return { zeroVolume: this.#zeroVolume, highLowOrder: this.#highLowOrder, nonSession: this.#days.countOutside(openDays) }
  }
}

function valuesAt({ bars, row }: BarPlace): BarValues {
  return Object.fromEntries(VALUE_COLUMNS.map((name) => [name, bars[name][row]!])) as BarValues
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : 1
}
