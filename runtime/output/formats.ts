import { StrikescanError } from '../errors/strikescan-error.ts'
import type { Row } from '../scan/row.ts'
import { scanLayout, type RowFileOptions, type RowLayout } from './columns.ts'
import { csvLines } from './csv.ts'
import { Pace, type Paced } from './paced.ts'

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

/** The bytes of a file of a scan's rows: see `encodeTable`. */
export const encodeRows = (format: RowFormat, rows: Iterable<Paced<Row>>, options: RowFileOptions): AsyncGenerator<Uint8Array> =>
  encodeTable(format, rows, scanLayout(options))

/**
 * The bytes of a row file in pieces of about 64 KB (Parquet: a row group), read from `rows` as they are asked for. The
 * same rows and layout give the same bytes.
 */
export async function* encodeTable<T>(format: RowFormat, rows: Iterable<Paced<T>>, layout: RowLayout<T>): AsyncGenerator<Uint8Array> {
  if (format === 'parquet') {
    // Loaded on demand: most runs write no Parquet.
    const { parquetBytes } = await import('./parquet.ts')
    yield* parquetBytes(rows, layout.columns)
    return
  }
  yield* inPieces(textOf(format, rows, layout))
}

function textOf<T>(format: 'csv' | 'json' | 'ndjson', rows: Iterable<Paced<T>>, layout: RowLayout<T>): Iterable<Paced<string>> {
  if (format === 'csv') return csvLines(rows, layout.columns)
  if (format === 'json') return jsonLines(rows, layout)
  return ndjsonLines(rows, layout)
}

/** A JSON array with one row a line. */
function* jsonLines<T>(rows: Iterable<Paced<T>>, layout: RowLayout<T>): Generator<Paced<string>> {
  let before = '[\n'
  for (const row of rows) {
    if (row === undefined) {
      yield undefined
      continue
    }
    yield before + JSON.stringify(layout.record(row))
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

function* ndjsonLines<T>(rows: Iterable<Paced<T>>, layout: RowLayout<T>): Generator<Paced<string>> {
  for (const row of rows) yield row === undefined ? undefined : `${JSON.stringify(layout.record(row))}\n`
}

const PIECE_LENGTH = 65_536

async function* inPieces(texts: Iterable<Paced<string>>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  const pace = new Pace()
  let piece = ''
  for (const text of texts) {
    if (text === undefined) {
      await pace.rest()
      continue
    }
    piece += text
    if (piece.length < PIECE_LENGTH) continue
    yield encoder.encode(piece)
    piece = ''
  }
  if (piece !== '') yield encoder.encode(piece)
}
