import { planColumns } from './columns.ts'
import { readParquetFile } from './parquet-file.ts'
import { PRICE_AND_VOLUME, type RecordBars } from './record-bars.ts'

/** Reads bars from a Parquet file, row group by row group. Throws `import_file_truncated` where the file is damaged. */
export async function readParquet(file: string, bars: RecordBars, map: Record<string, string>, onBytes: (bytes: number) => void): Promise<void> {
  await readParquetFile(file, onBytes, (names) => {
    const plan = planColumns(file, names, map)
    const nameAt = (position: number) => names[position] ?? ''
    const symbolColumn = nameAt(plan.positions.symbol)
    const dateColumn = nameAt(plan.positions.date)
    const valueColumns = PRICE_AND_VOLUME.map((field) => nameAt(plan.positions[field]))
    return {
      wanted: [symbolColumn, dateColumn, ...valueColumns].filter((name) => name !== ''),
      take({ rowStart, rows, columns }) {
        const values = valueColumns.map((name) => columns.get(name)!)
        for (let row = 0; row < rows; row++) {
          const symbol = symbolColumn === '' ? plan.fileSymbol : columns.get(symbolColumn)![row]
          const date = columns.get(dateColumn)![row]
          const numbers = values.map((column) => column[row])
          bars.takeValues(symbol, date, numbers, rowStart + row + 1, () => [symbol, date instanceof Date ? date.toISOString() : date, ...numbers].join(','))
        }
      },
    }
  })
}
