import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { tarMembers, zipMembers, type ArchiveMember } from './archives.ts'
import type { BarCollector } from './bar-collector.ts'
import { fileChunks, gunzipped, kindOf, openFile, peek, readError, unzstandard, utf8From, type Chunks } from './byte-source.ts'
import { CsvBars } from './csv.ts'
import { DateColumn } from './date-column.ts'
import { readJson } from './json.ts'
import { readParquet } from './parquet.ts'
import type { InputFile } from './paths.ts'
import { RecordBars } from './record-bars.ts'
import type { BarFormat, ImportedFile } from './report.ts'

/** What reading the files of one import has in common. */
export interface ReadContext {
  readonly collector: BarCollector
  readonly map: Record<string, string>
  readonly format: BarFormat | undefined
  readonly signal: AbortSignal | undefined
  readonly files: ImportedFile[]
  readonly warnings: string[]
  /** Called after every piece of a file. */
  onBytes(bytes: number): void
}

/** Reads one file, or all members of an archive, into the collector. The format is told by the content, not by the name. */
export async function readBarFile({ path }: InputFile, context: ReadContext): Promise<void> {
  const sha256 = await hashOf(path, context.signal)
  const file = openFile(path)
  try {
    const { head, chunks } = await peek(fileChunks(file, context.onBytes, context.signal))
    const kind = kindOf(head)
    if (kind === 'zip') {
      await readMembers(path, sha256, zipMembers(path), context)
    } else if (kind === 'parquet') {
      await readOne(path, sha256, context, async (dates) => {
        await readParquet(path, new RecordBars(path, context.collector, context.map, dates), context.map, context.onBytes)
        return 'parquet'
      })
    } else {
      await readStream(path, sha256, head, chunks, context)
    }
  } catch (error) {
    throw readError(path, error)
  } finally {
    file.destroy()
  }
}

/** Reads a stream by what its first bytes say, through as many layers of compression as it has. */
async function readStream(name: string, sha256: string, head: Uint8Array, chunks: Chunks, context: ReadContext): Promise<void> {
  const again = async (inner: Chunks) => {
    const next = await peek(inner)
    await readStream(name, sha256, next.head, next.chunks, context)
  }
  const kind = kindOf(head)
  switch (kind) {
    case 'empty':
      throw new StrikescanError('import_file_empty', { file: name })
    case 'gzip':
      return again(gunzipped(chunks))
    case 'zstd':
      return again(unzstandard(chunks))
    case 'utf16le':
      return again(utf8From(chunks, 'utf-16le'))
    case 'utf16be':
      return again(utf8From(chunks, 'utf-16be'))
    case 'tar':
      return readMembers(name, sha256, tarMembers(chunks, name), context)
    case 'csv':
      return readOne(name, sha256, context, async (dates) => {
        const csv = new CsvBars(name, context.collector, context.map, dates)
        for await (const chunk of chunks) csv.push(chunk)
        csv.end()
        return 'csv'
      })
    case 'json':
      return readOne(name, sha256, context, (dates) => readJson(name, chunks, new RecordBars(name, context.collector, context.map, dates)))
    case 'zip':
    case 'parquet':
      throw new StrikescanError('import_not_bars', { file: name, looksLike: `a ${kind} file inside another file`, mend: 'unpack the outer one first' })
    default:
      throw new StrikescanError('import_not_bars', { file: name, looksLike: kind.other, mend: kind.mend })
  }
}

/** Reads the members that hold bars; other members are named in the warnings, unless none holds any. */
async function readMembers(archive: string, sha256: string, members: AsyncIterable<ArchiveMember>, context: ReadContext): Promise<void> {
  let read = 0
  let firstForeign: unknown = null
  for await (const member of members) {
    const base = basename(member.name)
    if (base.startsWith('.') || member.name.startsWith('__MACOSX/')) continue
    const name = `${archive}/${member.name}`
    try {
      const { head, chunks } = await peek(member.chunks)
      await readStream(name, sha256, head, chunks, context)
      read++
    } catch (error) {
      const known = readError(name, error)
      if (!(known instanceof StrikescanError) || known.code !== 'import_not_bars') throw known
      firstForeign ??= known
      context.warnings.push(`${name} was left out: it looks like ${known.details['looksLike']}.`)
    }
  }
  if (read > 0) return
  if (firstForeign !== null) throw firstForeign
  throw new StrikescanError('import_file_empty', { file: archive })
}

/** Keeps the account of one file around the reading of its rows. */
async function readOne(name: string, sha256: string, context: ReadContext, read: (dates: DateColumn) => Promise<BarFormat>): Promise<void> {
  const { collector, files, warnings } = context
  const tally = collector.beginFile(name)
  const dates = new DateColumn(name, (id) => collector.table.names[id] ?? '')
  const format = await read(dates)
  if (context.format !== undefined && format !== context.format) {
    throw new StrikescanError('import_format', { file: name, found: format, wanted: context.format })
  }
  files.push({ name, sha256, format, rowsRead: tally.rowsRead, rowsRejected: tally.rowsRejected })
  if (tally.rowsRead === 0) warnings.push(`${name} holds no data row.`)
  if (dates.usedMonthDayYear) warnings.push(`Dates with slashes in ${name} were read as month/day/year.`)
}

async function hashOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of fileChunks(openFile(path), () => {}, signal)) hash.update(chunk)
  } catch (error) {
    throw readError(path, error)
  }
  return hash.digest('hex')
}
