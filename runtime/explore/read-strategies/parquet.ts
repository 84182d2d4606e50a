import { openParquet } from '../../market/import/parquet-file.ts'
import { textOfValue } from './json.ts'
import type { StrategyRows } from './strategy-rows.ts'

/** Rows that are made at once; a row group's columns are read for as many. */
const ROWS_AT_ONCE = 10_000

/** Makes strategy rows of a Parquet file, some thousand at a time; `rows` has them after every piece. */
export async function* readParquetStrategies(file: string, rows: StrategyRows, onBytes: (bytes: number) => void): AsyncGenerator<'parquet'> {
  const table = await openParquet(file, onBytes)
  try {
    const { names } = table
    const plan = rows.plan(names)
    rows.requireColumns()
    for await (const piece of table.pieces(names, ROWS_AT_ONCE)) {
      const values = names.map((name) => piece.columns.get(name)!)
      for (let row = 0; row < piece.rows; row++) rows.add(values.map((column) => textOfValue(column[row]) ?? ''), plan)
      yield 'parquet'
    }
  } finally {
    table.close()
  }
}
