import { StrikescanError } from '../errors/strikescan-error.ts'
import type { Row } from '../scan/row.ts'

/** A row that two runs disagree on. */
export interface RowDifference {
  readonly symbol: string
  readonly date: string
  /** What differs: names of the row's columns. */
  readonly fields: readonly string[]
  readonly before: Row
  readonly after: Row
}

export interface RunComparison {
  readonly rows: number
  readonly same: number
  /** The first that differ, in the order of the rows. */
  readonly differences: readonly RowDifference[]
}

/** What a script and its market decide; workers, batches, attempts and durations are the machine's. */
const DECIDED = ['status', 'reason', 'score', 'direction', 'data', 'strategies', 'error'] as const
/** Kept with both their rows, whose data may be large. */
const MOST_DIFFERENCES = 100

/** Holds the rows of a replay against those of the run that it replays: both are in one order. @throws replay_rows_missing where one has rows that the other has not */
export function compareRows(runId: string, before: Iterable<Row>, after: Iterable<Row>): RunComparison {
  const differences: RowDifference[] = []
  let rows = 0
  let same = 0
  const others = after[Symbol.iterator]()
  for (const row of before) {
    const other = others.next().value as Row | undefined
    if (other === undefined || other.symbol !== row.symbol || other.date !== row.date) throw new StrikescanError('replay_rows_missing', { run: runId })
    rows++
    const fields = DECIDED.filter((field) => JSON.stringify(row[field]) !== JSON.stringify(other[field]))
    if (fields.length === 0) same++
    else if (differences.length < MOST_DIFFERENCES) differences.push({ symbol: row.symbol, date: row.date, fields, before: row, after: other })
  }
  if (others.next().done !== true) throw new StrikescanError('replay_rows_missing', { run: runId })
  return { rows, same, differences }
}
