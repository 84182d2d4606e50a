import { fileWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { parseSnapshotIndex } from '../../../runtime/market/snapshot-index.ts'
import { SnapshotReader } from '../../../runtime/market/snapshot-reader.ts'

/** Rows of a group at least: what DuckDB writes itself. */
const GROUP_ROWS = 122_880

const SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: 4 },
  { name: 'symbol', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'day', type: 'INT32', repetition_type: 'REQUIRED' },
  { name: 'open', type: 'DOUBLE', repetition_type: 'REQUIRED' },
  { name: 'close', type: 'DOUBLE', repetition_type: 'REQUIRED' },
]

/** What of a snapshot's bars the rule reads, as a Parquet file sorted by symbol and day, for those who read tables. Days count from 1970. */
export function writeParquet(snapshot: string, file: string): void {
  const index = parseSnapshotIndex(readFileSync(join(snapshot, 'index.json'), 'utf8'), snapshot)
  const barsFd = openSync(join(snapshot, 'bars.bin'), 'r')
  const target = fileWriter(file)
  try {
    const reader = new SnapshotReader({ barsFd, index })
    // Doubles hardly shrink, and what is not compressed is read faster.
    const writer = new ParquetWriter({ writer: target, schema: SCHEMA, codec: 'UNCOMPRESSED' })
    let group = { symbol: [] as string[], day: [] as number[], open: [] as number[], close: [] as number[] }
    const flush = (): void => {
      void writer.write({ columnData: Object.entries(group).map(([name, data]) => ({ name, data })), rowGroupSize: group.day.length })
      group = { symbol: [], day: [], open: [], close: [] }
    }
    index.symbols.forEach((symbol, place) => {
      const { day, open, close } = reader.read(place)
      for (let bar = 0; bar < day.length; bar++) {
        group.symbol.push(symbol)
        group.day.push(day[bar]!)
        group.open.push(open[bar]!)
        group.close.push(close[bar]!)
      }
      if (group.day.length >= GROUP_ROWS) flush()
    })
    if (group.day.length > 0) flush()
    void writer.finish()
  } finally {
    closeSync(barsFd)
  }
}
