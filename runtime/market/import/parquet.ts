import { open } from 'node:fs/promises'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { parquetMetadataAsync, parquetRead, parquetSchema, type AsyncBuffer, type ColumnData, type FileMetaData } from 'hyparquet'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { planColumns } from './columns.ts'
import { PRICE_AND_VOLUME, type RecordBars } from './record-bars.ts'

/** hyparquet itself knows no compression and Snappy. */
const compressors = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
  ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)),
  BROTLI: (bytes: Uint8Array) => new Uint8Array(brotliDecompressSync(bytes)),
}

/** Reads bars from a Parquet file, row group by row group. Throws `import_file_truncated` where the file is damaged. */
export async function readParquet(file: string, bars: RecordBars, map: Record<string, string>, onBytes: (bytes: number) => void): Promise<void> {
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
    const names = parquetSchema(metadata).children.map((column) => column.element.name)
    const plan = planColumns(file, names, map)
    const nameAt = (position: number) => names[position] ?? ''
    const columns = { symbol: nameAt(plan.positions.symbol), date: nameAt(plan.positions.date), values: PRICE_AND_VOLUME.map((field) => nameAt(plan.positions[field])) }
    let rowStart = 0
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows)
      const data = await readable(file, () => readColumns(source, metadata, [columns.symbol, columns.date, ...columns.values].filter((name) => name !== ''), rowStart, rowEnd))
      const values = columns.values.map((name) => data.get(name)!)
      for (let row = 0; row < rowEnd - rowStart; row++) {
        const symbol = columns.symbol === '' ? plan.fileSymbol : data.get(columns.symbol)![row]
        const date = data.get(columns.date)![row]
        const numbers = values.map((column) => column[row])
        bars.takeValues(symbol, date, numbers, rowStart + row + 1, () => [symbol, date instanceof Date ? date.toISOString() : date, ...numbers].join(','))
      }
      rowStart = rowEnd
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
