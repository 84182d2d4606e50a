import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import type { Cell, Column } from './columns.ts'
import { Pace, type Paced } from './paced.ts'

/**
 * A row group ends at this many rows or this much text, whichever is first: memory stays bounded, and so does the time in which one is
 * put together, during which a server could do nothing else.
 */
const GROUP_ROWS = 4_000
const GROUP_TEXT = 2_097_152
const PARQUET_TYPES = { number: 'DOUBLE', integer: 'INT32', boolean: 'BOOLEAN' } as const

/**
 * Bytes of a Parquet file (Snappy, nulls allowed), one chunk per row group. Text is UTF-8, numbers doubles, whole numbers
 * 32-bit. Nothing in the file depends on when or by which process it was written.
 */
export async function* parquetBytes<T>(rows: Iterable<Paced<T>>, columns: Column<T>[]): AsyncGenerator<Uint8Array> {
  const pace = new Pace()
  const target = new ByteWriter(65_536)
  const writer = new ParquetWriter({ writer: target, schema: schemaOf(columns), createdBy: 'strikescan' })
  let group = emptyGroup(columns)
  for (const row of rows) {
    if (row === undefined) {
      await pace.rest()
      continue
    }
    group.add(row)
    if (group.rows < GROUP_ROWS && group.text < GROUP_TEXT) continue
    await pace.rest()
    yield* flush(group)
    await pace.rest()
    group = emptyGroup(columns)
  }
  if (group.rows > 0) yield* flush(group)
  void writer.finish()
  yield taken(target)

  function* flush(full: Group<T>): Generator<Uint8Array> {
    const columnData = columns.map((column, index) => ({ name: column.name, data: full.values[index]! }))
    // With a synchronous target this is synchronous too.
    void writer.write({ columnData, rowGroupSize: full.rows })
    yield taken(target)
  }
}

interface Group<T> {
  rows: number
  /** Length of all text held, in UTF-16 code units. */
  text: number
  values: Cell[][]
  add(row: T): void
}

function emptyGroup<T>(columns: Column<T>[]): Group<T> {
  const values = columns.map((): Cell[] => [])
  return {
    rows: 0,
    text: 0,
    values,
    add(row) {
      columns.forEach((column, index) => {
        const value = column.value(row)
        values[index]!.push(value)
        if (typeof value === 'string') this.text += value.length
      })
      this.rows++
    },
  }
}

function schemaOf<T>(columns: Column<T>[]): SchemaElement[] {
  return [
    { name: 'rows', num_children: columns.length },
    ...columns.map(({ name, type }): SchemaElement => {
      if (type === 'text') {
        return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' }, repetition_type: 'OPTIONAL' }
      }
      return { name, type: PARQUET_TYPES[type], repetition_type: 'OPTIONAL' }
    }),
  ]
}

/** The bytes written since the last time, as a copy; the writer's own offset goes on counting. */
function taken(target: ByteWriter): Uint8Array {
  const bytes = target.getBytes().slice()
  target.index = 0
  return bytes
}
