import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { tarMembers, zipMembers, type ArchiveMember } from '../import/archives.ts'
import { fileChunks, gunzipped, kindOf, openFile, peek, readError, unzstandard, utf8From, type Chunks } from '../import/byte-source.ts'
import { readJson } from '../import/json.ts'
import { readParquetFile } from '../import/parquet-file.ts'
import type { InputFile } from '../import/paths.ts'
import { isCompanionFile, readCompanion } from './companion.ts'
import type { ContractCollector } from './contract-collector.ts'
import { ContractObjects } from './contract-objects.ts'
import { ContractRows } from './contract-rows.ts'
import { readCsv } from './csv-text.ts'
import { fileNameFacts } from './file-name.ts'
import { planChainColumns, type ChainField, type ChainPlan } from './formats.ts'
import type { ChainFormat, ImportedChainFile } from './report.ts'

/** What reading the files of one import has in common. */
export interface ChainReadContext {
  readonly collector: ContractCollector
  readonly map: Record<string, string>
  readonly format: string | undefined
  readonly signal: AbortSignal | undefined
  /** Shares their counts with the collector's tallies, which change until the import ends. */
  readonly files: { readonly name: string; readonly sha256: string; readonly format: ChainFormat; readonly tally: Pick<ImportedChainFile, 'rowsRead' | 'rowsRejected'> }[]
  readonly warnings: string[]
  /** Called after every piece of a file. */
  onBytes(bytes: number): void
}

/** Reads one file, or all members of an archive, into the collector. What it is written in is told by the content, not by the name. */
export async function readChainFile({ path }: InputFile, context: ChainReadContext): Promise<void> {
  const file = openFile(path)
  try {
    const sha256 = await hashOf(path, context.signal)
    const { head, chunks } = await peek(fileChunks(file, context.onBytes, context.signal))
    const kind = kindOf(head)
    if (kind === 'zip') await readMembers(path, sha256, zipMembers(path), context)
    else if (kind === 'parquet') await readOne(path, sha256, context, (rows) => readParquetChains(path, rows, context))
    else await readStream(path, sha256, head, chunks, context)
  } catch (error) {
    throw asChainError(path, readError(path, error))
  } finally {
    file.destroy()
  }
}

/** Reads a stream by what its first bytes say, through as many layers of compression as it has. */
async function readStream(name: string, sha256: string, head: Uint8Array, chunks: Chunks, context: ChainReadContext): Promise<void> {
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
      return readOne(name, sha256, context, (rows) => readCsvChains(name, chunks, rows, context))
    case 'json':
      return readOne(name, sha256, context, async (rows) => {
        await readJson(name, chunks, new ContractObjects(name, context.collector, rows, context.map, context.format))
        return 'contracts'
      })
    case 'zip':
    case 'parquet':
      throw new StrikescanError('import_not_chains', { file: name, looksLike: `a ${kind} file inside another file`, mend: 'unpack the outer one first' })
    default:
      throw new StrikescanError('import_not_chains', { file: name, looksLike: kind.other, mend: kind.mend })
  }
}

/** Reads the members that hold chains; other members are named in the warnings, unless none holds any. */
async function readMembers(archive: string, sha256: string, members: AsyncIterable<ArchiveMember>, context: ChainReadContext): Promise<void> {
  let read = 0
  let firstForeign: unknown = null
  for await (const member of members) {
    const base = basename(member.name)
    if (base.startsWith('.') || member.name.startsWith('__MACOSX/') || isCompanionFile(base)) continue
    const name = `${archive}/${member.name}`
    try {
      const { head, chunks } = await peek(member.chunks)
      await readStream(name, sha256, head, chunks, context)
      read++
    } catch (error) {
      const known = asChainError(name, readError(name, error))
      if (!(known instanceof StrikescanError) || known.code !== 'import_not_chains') throw known
      firstForeign ??= known
      context.warnings.push(`${name} was left out: it looks like ${known.details['looksLike']}.`)
    }
  }
  if (read > 0) return
  if (firstForeign !== null) throw firstForeign
  throw new StrikescanError('import_file_empty', { file: archive })
}

/** Keeps the account of one file around the reading of its rows. */
async function readOne(name: string, sha256: string, context: ChainReadContext, read: (rows: ContractRows) => Promise<ChainFormat>): Promise<void> {
  const { collector, files, warnings } = context
  const tally = collector.beginFile(name)
  const rows = new ContractRows(name, collector, fileNameFacts(name), readCompanion(name))
  const format = await read(rows)
  rows.end()
  files.push({ name, sha256, format, tally })
  if (tally.rowsRead === 0) warnings.push(`${name} holds no contract.`)
}

async function readCsvChains(name: string, chunks: Chunks, rows: ContractRows, { collector, map, format }: ChainReadContext): Promise<ChainFormat> {
  let plan: ChainPlan | null = null
  let current: readonly string[] = []
  let positions = {} as ChainPlan['positions']
  const cell = (field: ChainField) => {
    const position = positions[field]
    return position < 0 ? undefined : current[position]
  }
  await readCsv(name, chunks, {
    header(fields) {
      plan = planChainColumns(name, fields, map, format)
      rows.check(plan)
      positions = plan.positions
    },
    record(fields, line, text) {
      if (fields.length !== plan!.width) return collector.reject(line, 'wrong_field_count', text)
      current = fields
      rows.take(plan!, cell, line, () => text)
    },
    broken: (line, text) => collector.reject(line, 'unclosed_quote', text),
  })
  return plan!.format.name
}

async function readParquetChains(name: string, rows: ContractRows, { map, format, onBytes }: ChainReadContext): Promise<ChainFormat> {
  let found: ChainFormat = 'contracts'
  await readParquetFile(name, onBytes, (names) => {
    const plan = planChainColumns(name, names, map, format)
    rows.check(plan)
    found = plan.format.name
    const wanted = names.filter((_, position) => Object.values(plan.positions).includes(position))
    return {
      wanted,
      take(group) {
        const columns = names.map((column) => group.columns.get(column))
        for (let row = 0; row < group.rows; row++) {
          const text = () => wanted.map((column) => String(group.columns.get(column)![row])).join(',')
          rows.take(plan, (field) => columns[plan.positions[field]]?.[row], group.rowStart + row + 1, text)
        }
      },
    }
  })
  return found
}

/** The readers that bars and chains share name bars in two of their errors. */
function asChainError(file: string, error: unknown): unknown {
  if (!(error instanceof StrikescanError)) return error
  if (error.code === 'import_not_bars') return new StrikescanError('import_not_chains', { file, looksLike: '', mend: '', ...error.details }, { cause: error })
  if (error.code === 'import_json_shape') {
    return new StrikescanError('import_not_chains', { file, looksLike: 'JSON without contracts', mend: 'give contracts as an array of objects, one per line, or as {"ticker", "asOf", "contracts": […]}' }, { cause: error })
  }
  return error
}

async function hashOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of fileChunks(openFile(path), () => {}, signal)) hash.update(chunk)
  return hash.digest('hex')
}
