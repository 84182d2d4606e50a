import { StrikescanError } from '../errors/strikescan-error.ts'
import type { Row } from '../scan/row.ts'
import { rowColumns, rowRecord, type RowFileOptions } from './columns.ts'
import { csvLines } from './csv.ts'

/** Formats of row files, each by the end of the file's name. */
const ROW_FORMATS = ['csv', 'parquet', 'json', 'ndjson'] as const
export type RowFormat = (typeof ROW_FORMATS)[number]

/** The format that a file's name asks for, whatever its case. @throws output_unknown_format listing those known */
export function formatOfPath(path: string): RowFormat {
  const end = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase()
  const format = ROW_FORMATS.find((known) => known === end)
  if (format) return format
  throw new StrikescanError('output_unknown_format', { path, known: ROW_FORMATS.map((known) => `.${known}`).join(', ') })
}

/**
 * The bytes of a row file in pieces of about 64 KB (Parquet: a row group), read from `rows` as they are asked for. The
 * same rows and options give the same bytes.
 */
export async function* encodeRows(format: RowFormat, rows: Iterable<Row>, options: RowFileOptions): AsyncGenerator<Uint8Array> {
  if (format === 'parquet') {
    // Loaded on demand: most runs write no Parquet.
    const { parquetBytes } = await import('./parquet.ts')
    yield* parquetBytes(rows, rowColumns(options))
    return
  }
  yield* inPieces(textOf(format, rows, options))
}

function textOf(format: 'csv' | 'json' | 'ndjson', rows: Iterable<Row>, options: RowFileOptions): Iterable<string> {
  if (format === 'csv') return csvLines(rows, rowColumns(options))
  if (format === 'json') return jsonLines(rows, options)
  return ndjsonLines(rows, options)
}

/** A JSON array with one row a line. */
function* jsonLines(rows: Iterable<Row>, options: RowFileOptions): Generator<string> {
  let before = '[\n'
  for (const row of rows) {
    yield before + JSON.stringify(rowRecord(row, options))
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

function* ndjsonLines(rows: Iterable<Row>, options: RowFileOptions): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(rowRecord(row, options))}\n`
}

const PIECE_LENGTH = 65_536

function* inPieces(texts: Iterable<string>): Generator<Uint8Array> {
  const encoder = new TextEncoder()
  let piece = ''
  for (const text of texts) {
    piece += text
    if (piece.length < PIECE_LENGTH) continue
    yield encoder.encode(piece)
    piece = ''
  }
  if (piece !== '') yield encoder.encode(piece)
}
