import { StrikescanError } from '../../errors/strikescan-error.ts'
import type { BarCollector } from './bar-collector.ts'
import { CsvBars } from './csv.ts'
import { DateColumn } from './date-column.ts'
import { readJson } from './json.ts'
import { readTables } from './layers.ts'
import { readParquet } from './parquet.ts'
import type { ImportReading } from './reading.ts'
import { RecordBars } from './record-bars.ts'
import type { BarFormat, ImportedFile } from './report.ts'

/** What reading the files of one import has in common. */
export interface ReadContext extends ImportReading {
  readonly collector: BarCollector
  readonly map: Record<string, string>
  readonly format: BarFormat | undefined
  readonly files: ImportedFile[]
}

/** Reads one file, or all members of an archive, into the collector. The format is told by the content, not by the name. */
export async function readBarFile(path: string, context: ReadContext): Promise<void> {
  const { collector, map, signal, warnings, openEnded, onBytes } = context
  await readTables(path, {
    signal,
    warnings,
    onBytes,
    readCsv: (name, sha256, chunks) =>
      readOne(path, name, sha256, context, async (dates) => {
        const csv = new CsvBars(name, collector, map, dates)
        for await (const chunk of chunks) csv.push(chunk)
        if (csv.end() === 'open') openEnded.push(name)
        warnings.push(...csv.readings())
        return 'csv'
      }),
    readJson: (name, sha256, chunks) => readOne(path, name, sha256, context, (dates) => readJson(name, chunks, new RecordBars(name, collector, map, dates))),
    readParquet: (file, sha256) =>
      readOne(path, file, sha256, context, async (dates) => {
        await readParquet(file, new RecordBars(file, collector, map, dates), map, onBytes)
        return 'parquet'
      }),
    skips: () => false,
    foreign: (file, looksLike, mend) => new StrikescanError('import_not_bars', { file, looksLike, mend }),
    worded: (_, error) => error,
  })
}

/** Keeps the account of one file, or one member of the archive at `path`, around the reading of its rows. */
async function readOne(path: string, name: string, sha256: string, context: ReadContext, read: (dates: DateColumn) => Promise<BarFormat>): Promise<void> {
  const { collector, files, warnings } = context
  const tally = collector.beginFile(name)
  const dates = new DateColumn(name, (id) => collector.table.names[id] ?? '')
  const format = await read(dates)
  if (context.format !== undefined && format !== context.format) {
    throw new StrikescanError('import_format', { file: name, found: format, wanted: context.format })
  }
  files.push({ name, member: name === path ? null : name.slice(path.length + 1), sha256, format, rowsRead: tally.rowsRead, rowsRejected: tally.rowsRejected })
  if (tally.rowsRead === 0) warnings.push(`${name} holds no data row.`)
  warnings.push(...dates.readings())
}
