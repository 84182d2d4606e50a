import { StrikescanError } from '../../errors/strikescan-error.ts'
import type { Chunks } from '../import/byte-source.ts'
import { readJson } from '../import/json.ts'
import { readTables } from '../import/layers.ts'
import { openParquet } from '../import/parquet-file.ts'
import type { ImportReading } from '../import/reading.ts'
import { isCompanionFile, readCompanion } from './companion.ts'
import type { ContractCollector } from './contract-collector.ts'
import { ContractObjects } from './contract-objects.ts'
import { ContractRows } from './contract-rows.ts'
import { readCsv } from './csv-text.ts'
import { fileNameFacts } from './file-name.ts'
import { planChainColumns, type ChainField, type ChainPlan } from './formats.ts'
import type { ChainFormat, ImportedChainFile } from './report.ts'

/** What reading the files of one import has in common. */
export interface ChainReadContext extends ImportReading {
  readonly collector: ContractCollector
  readonly map: Record<string, string>
  readonly format: string | undefined
  /** Shares their counts with the collector's tallies, which change until the import ends. */
  readonly files: { readonly name: string; readonly sha256: string; readonly format: ChainFormat; readonly tally: Pick<ImportedChainFile, 'rowsRead' | 'rowsRejected'> }[]
}

/** Reads one file, or all members of an archive, into the collector. What stands beside a data file is read with it. */
export async function readChainFile(path: string, context: ChainReadContext): Promise<void> {
  if (isCompanionFile(path)) return
  const { signal, warnings, onBytes } = context
  await readTables(path, {
    signal,
    warnings,
    onBytes,
    readCsv: (name, sha256, chunks) => readOne(name, sha256, context, (rows) => readCsvChains(name, chunks, rows, context)),
    readJson: (name, sha256, chunks) =>
      readOne(name, sha256, context, async (rows) => {
        await readJson(name, chunks, new ContractObjects(name, context.collector, rows, context.map, context.format))
        return 'contracts'
      }),
    readParquet: (file, sha256) => readOne(file, sha256, context, (rows) => readParquetChains(file, rows, context)),
    skips: isCompanionFile,
    foreign: (file, looksLike, mend) => new StrikescanError('import_not_chains', { file, looksLike, mend }),
    worded: asChainError,
  })
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
      if (fields.length !== plan!.header.length) return collector.reject(line, 'wrong_field_count', text)
      current = fields
      rows.take(plan!, cell, line, () => text)
    },
    broken: (line, text) => collector.reject(line, 'unclosed_quote', text),
  })
  return plan!.format.name
}

async function readParquetChains(name: string, rows: ContractRows, { map, format, onBytes }: ChainReadContext): Promise<ChainFormat> {
  const table = await openParquet(name, onBytes)
  try {
    const { names } = table
    const plan = planChainColumns(name, names, map, format)
    rows.check(plan)
    const wanted = names.filter((_, position) => Object.values(plan.positions).includes(position))
    for await (const piece of table.pieces(wanted)) {
      const columns = names.map((column) => piece.columns.get(column))
      for (let row = 0; row < piece.rows; row++) {
        const text = () => wanted.map((column) => String(piece.columns.get(column)![row])).join(',')
        rows.take(plan, (field) => columns[plan.positions[field]]?.[row], piece.rowStart + row + 1, text)
      }
    }
    return plan.format.name
  } finally {
    table.close()
  }
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
