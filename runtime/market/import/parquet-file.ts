import { open } from 'node:fs/promises'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { parquetMetadataAsync, parquetRead, parquetSchema, type AsyncBuffer, type ColumnData, type FileMetaData } from 'hyparquet'
import { StrikescanError } from '../../errors/strikescan-error.ts'

/** hyparquet itself knows no compression and Snappy. */
const compressors = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
  ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)),
  BROTLI: (bytes: Uint8Array) => new Uint8Array(brotliDecompressSync(bytes)),
}

/** A part of the rows of a Parquet file; `columns` holds their values by column name. */
export interface RowGroup {
  /** Rows of the file before these. */
  readonly rowStart: number
  readonly rows: number
  readonly columns: ReadonlyMap<string, readonly unknown[]>
}

/** Tells from the names of all columns which ones to read, and takes them row group by row group. */
export type TakeParquet = (names: readonly string[]) => { wanted: readonly string[]; take: (group: RowGroup) => void }

/** Reads a Parquet file row group by row group. Throws `import_file_truncated` where it is damaged. */
export async function readParquetFile(file: string, onBytes: (bytes: number) => void, begin: TakeParquet): Promise<void> {
  const handle = await open(file, 'r')
  try {
    const byteLength = (await handle.stat()).size
    const source: AsyncBuffer = {
      byteLength,
      async slice(start, end = byteLength) {
        const bytes = new Uint8Array(end - start)
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
        if (bytesRead < bytes.length) throw new Error('the file ends too early')
        onBytes(bytesRead)
        return bytes.buffer
      },
    }
    const metadata = await readable(file, () => parquetMetadataAsync(source))
    const { wanted, take } = begin(parquetSchema(metadata).children.map((column) => column.element.name))
    let rowStart = 0
    for (const group of metadata.row_groups) {
      const rows = Number(group.num_rows)
      const first = rowStart
      const columns = await readable(file, () => readColumns(source, metadata, [...wanted], first, first + rows))
      take({ rowStart: first, rows, columns })
      rowStart += rows
    }
  } finally {
    await handle.close()
  }
}

/** The values of some columns in a row group, by name. */
async function readColumns(file: AsyncBuffer, metadata: FileMetaData, columns: string[], rowStart: number, rowEnd: number): Promise<Map<string, unknown[]>> {
  const result = new Map(columns.map((name) => [name, new Array<unknown>(rowEnd - rowStart)]))
  const take = ({ columnName, columnData, rowStart: first }: ColumnData) => {
    const target = result.get(columnName)!
    for (let index = 0; index < columnData.length; index++) {
      const row = first + index - rowStart
      if (row >= 0 && row < target.length) target[row] = columnData[index]
    }
  }
  await parquetRead({ file, metadata, columns, rowStart, rowEnd, compressors, onChunk: take })
  return result
}

async function readable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StrikescanError) throw error
    throw new StrikescanError('import_file_truncated', { file, cause: error instanceof Error ? error.message.slice(0, 200) : 'unreadable' }, { cause: error })
  }
}
