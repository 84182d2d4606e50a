import { planColumns } from './columns.ts'
import { openParquet } from './parquet-file.ts'
import { PRICE_AND_VOLUME, type RecordBars } from './record-bars.ts'

/** Reads bars from a Parquet file, row group by row group. Throws `import_file_truncated` where the file is damaged. */
export async function readParquet(file: string, bars: RecordBars, map: Record<string, string>, onBytes: (bytes: number) => void): Promise<void> {
  const table = await openParquet(file, onBytes)
  try {
    const plan = planColumns(file, table.names, map)
    const nameAt = (position: number) => table.names[position] ?? ''
    const symbolColumn = nameAt(plan.positions.symbol)
    const dateColumn = nameAt(plan.positions.date)
    const valueColumns = PRICE_AND_VOLUME.map((field) => nameAt(plan.positions[field]))
    const wanted = [symbolColumn, dateColumn, ...valueColumns].filter((name) => name !== '')
    for await (const { rowStart, rows, columns } of table.pieces(wanted)) {
      const values = valueColumns.map((name) => columns.get(name)!)
      for (let row = 0; row < rows; row++) {
        const symbol = symbolColumn === '' ? plan.fileSymbol : columns.get(symbolColumn)![row]
        const date = columns.get(dateColumn)![row]
        const numbers = values.map((column) => column[row])
        bars.takeValues(plan, symbol, date, numbers, rowStart + row + 1, () => [symbol, date instanceof Date ? shownDate(date) : date, ...numbers].join(','))
      }
    }
  } finally {
    table.close()
  }
}

/** A file can state days that no date reaches. */
function shownDate(date: Date): string {
  return Number.isNaN(date.getTime()) ? String(date) : date.toISOString()
}
