import { StrikescanError } from '../../errors/strikescan-error.ts'
import { fileChunks, openFile, unpacked, type Chunks, type Unpacked } from '../../market/import/byte-source.ts'
import type { StrategyRow } from '../row.ts'
import { CsvStrategies } from './csv.ts'
import { readJsonStrategies } from './json.ts'
import { LineText } from './line-text.ts'
import { readParquetStrategies } from './parquet.ts'
import { StrategyRows } from './strategy-rows.ts'

/** Rows handed over at once, at most. */
const ROWS_AT_ONCE = 1_000

export type StrategiesFormat = 'csv' | 'json' | 'ndjson' | 'parquet'

/** What is known of a strategies file so far; complete once its rows are read. */
export interface StrategiesReport {
  readonly file: string
  /** Null before the first rows. */
  readonly format: StrategiesFormat | null
  readonly rows: number
  readonly rowsWithProblems: number
  /** Names of the columns that rows keep, in their order: those of row files that are written of them. */
  readonly columns: readonly string[]
  /** What was assumed or left out, each a sentence. */
  readonly notes: readonly string[]
}

/** The rows of a file, to be read once. */
export interface StrategiesReading extends AsyncIterable<StrategyRow[]> {
  report(): StrategiesReport
}

export interface ReadStrategiesOptions {
  /** Reading stops with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Called after every piece of the file that was read, with its bytes on disk. */
  onBytes?: ((bytes: number) => void) | undefined
}

/**
 * The rows of a strategies file, up to 1,000 at a time, read as they are taken and at constant memory: one for every record,
 * in the order of the file, whatever is wrong with it, which its `problems` then say.
 *
 * CSV, a JSON array, NDJSON (each plain, .gz or .zst) and Parquet; the format is told by the content, not by the name.
 * @throws strategies_… errors of the registry, while it is read
 */
export function readStrategies(path: string, options: ReadStrategiesOptions = {}): StrategiesReading {
  const rows = new StrategyRows(path)
  let format: StrategiesFormat | null = null
  async function* chunks(): AsyncGenerator<StrategyRow[]> {
    try {
      for await (format of piecesOf(path, rows, options.onBytes ?? (() => {}))) {
        const taken = rows.take()
        // Objects have no header: the first rows must show what the file has.
        if (taken.length > 0) rows.requireColumns()
        for (let start = 0; start < taken.length; start += ROWS_AT_ONCE) {
          options.signal?.throwIfAborted()
          yield taken.slice(start, start + ROWS_AT_ONCE)
        }
        options.signal?.throwIfAborted()
      }
    } catch (error) {
      throw readError(path, error)
    }
    if (rows.rows === 0) rows.note(`${path} holds no strategy.`)
  }
  return {
    [Symbol.asyncIterator]: chunks,
    report: () => ({ file: path, format, rows: rows.rows, rowsWithProblems: rows.rowsWithProblems, columns: rows.columns, notes: rows.notes }),
  }
}

/** Gives the format after every piece of the file that was made into rows. */
async function* piecesOf(path: string, rows: StrategyRows, onBytes: (bytes: number) => void): AsyncGenerator<StrategiesFormat> {
  const file = openFile(path)
  try {
    const { kind, chunks, layers } = await unpacked(fileChunks(file, onBytes))
    if (kind === 'parquet' && layers === 0) {
      file.destroy()
      yield* readParquetStrategies(path, rows, onBytes)
    } else yield* streamPieces(path, kind, chunks, rows)
  } finally {
    file.destroy()
  }
}

async function* streamPieces(path: string, kind: Unpacked['kind'], chunks: Chunks, rows: StrategyRows): AsyncGenerator<StrategiesFormat> {
  switch (kind) {
    case 'empty':
      throw new StrikescanError('strategies_file_empty', { file: path })
    case 'csv':
      return yield* csvPieces(path, chunks, rows)
    case 'json':
      return yield* readJsonStrategies(path, chunks, rows)
    case 'zip':
    case 'tar':
      throw new StrikescanError('strategies_not_a_table', { file: path, looksLike: `a ${kind} archive or a workbook`, mend: 'unpack the archive or save the sheet as CSV' })
    case 'parquet':
      throw new StrikescanError('strategies_not_a_table', { file: path, looksLike: 'a compressed Parquet file', mend: 'unpack it first' })
    default:
      throw new StrikescanError('strategies_not_a_table', { file: path, looksLike: kind.other, mend: kind.mend })
  }
}

async function* csvPieces(path: string, chunks: Chunks, rows: StrategyRows): AsyncGenerator<'csv'> {
  const text = new LineText(path)
  const csv = new CsvStrategies(path, rows)
  for await (const chunk of chunks) {
    csv.push(text.push(chunk), false)
    yield 'csv'
  }
  csv.push(text.end(), true)
  const foreign = text.foreignLines
  if (foreign > 0) rows.note(`${foreign === 1 ? '1 line is' : `${foreign} lines are`} not UTF-8 and read as Windows-1252.`)
  yield 'csv'
}

/** The registry's error for what reading a file threw; errors of the registry come back as they are. */
function readError(file: string, error: unknown): unknown {
  // The readers that imports share with this word it as one.
  if (error instanceof StrikescanError && error.code === 'import_file_truncated') {
    return new StrikescanError('strategies_file_damaged', { file, cause: String(error.details['cause']) }, { cause: error })
  }
  if (error instanceof StrikescanError || !(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') return new StrikescanError('strategies_file_missing', { file }, { cause: error })
  if (code === 'EISDIR') return new StrikescanError('strategies_file_unreadable', { file, cause: 'it is a folder' }, { cause: error })
  if (['EACCES', 'EPERM', 'EIO', 'ELOOP', 'EMFILE', 'ENAMETOOLONG', 'ENXIO'].includes(code)) return new StrikescanError('strategies_file_unreadable', { file, cause: code }, { cause: error })
  if (code === 'Z_BUF_ERROR') return new StrikescanError('strategies_file_damaged', { file, cause: 'the compressed data ends too early' }, { cause: error })
  if (code.startsWith('Z_') || code.startsWith('ZSTD')) return new StrikescanError('strategies_file_damaged', { file, cause: error.message }, { cause: error })
  return error
}
