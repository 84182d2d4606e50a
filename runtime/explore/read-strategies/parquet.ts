import { open } from 'node:fs/promises'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { parquetMetadataAsync, parquetRead, parquetSchema, type AsyncBuffer, type ColumnData } from 'hyparquet'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { textOfValue } from './json.ts'
import type { StrategyRows } from './strategy-rows.ts'

/** hyparquet itself knows no compression and Snappy. */
const compressors = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
  ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)),
  BROTLI: (bytes: Uint8Array) => new Uint8Array(brotliDecompressSync(bytes)),
}

/** Rows that are made at once; a row group's columns are read for as many. */
const ROWS_AT_ONCE = 10_000

/** Makes strategy rows of a Parquet file, some thousand at a time; `rows` has them after every piece. @throws strategies_file_damaged */
export async function* readParquetStrategies(file: string, rows: StrategyRows, onBytes: (bytes: number) => void): AsyncGenerator<'parquet'> {
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
    const names = parquetSchema(metadata).children.map(({ element }) => element.name)
    const plan = rows.plan(names)
    rows.requireColumns()
    let groupStart = 0
    for (const group of metadata.row_groups) {
      const groupEnd = groupStart + Number(group.num_rows)
      for (let rowStart = groupStart; rowStart < groupEnd; rowStart += ROWS_AT_ONCE) {
        const rowEnd = Math.min(groupEnd, rowStart + ROWS_AT_ONCE)
        const columns = new Map(names.map((name) => [name, new Array<unknown>(rowEnd - rowStart)]))
        const take = ({ columnName, columnData, rowStart: first }: ColumnData): void => {
          const target = columns.get(columnName)!
          for (let index = 0; index < columnData.length; index++) {
            const row = first + index - rowStart
            if (row >= 0 && row < target.length) target[row] = columnData[index]
          }
        }
        await readable(file, () => parquetRead({ file: source, metadata, rowStart, rowEnd, compressors, onChunk: take }))
        const values = names.map((name) => columns.get(name)!)
        for (let row = 0; row < rowEnd - rowStart; row++) rows.add(values.map((column) => textOfValue(column[row]) ?? ''), plan)
        yield 'parquet'
      }
      groupStart = groupEnd
    }
  } finally {
    await handle.close()
  }
}

async function readable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof StrikescanError) throw cause
    throw new StrikescanError('strategies_file_damaged', { file, cause: cause instanceof Error ? cause.message.slice(0, 200) : 'unreadable' }, { cause })
  }
}
