import { StrikescanError } from '../errors/strikescan-error.ts'
import type { Paced } from '../output/paced.ts'
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

/**
 * Holds the rows of a replay against those of the run that it replays: both are in one order.
 * @throws replay_rows_missing where one has rows that the other has not
 */
export function compareRows(runId: string, before: Iterable<Row>, after: Iterable<Row>): RunComparison {
  for (const work = comparing(runId, before, after); ; ) {
    const step = work.next()
    if (step.done === true) return step.value
  }
}

/** The same over rows that are read beside others' turns, at which it yields. */
export function* comparing(runId: string, before: Iterable<Paced<Row>>, after: Iterable<Paced<Row>>): Generator<undefined, RunComparison> {
  const differences: RowDifference[] = []
  let rows = 0
  let same = 0
  const others = after[Symbol.iterator]()
  for (const row of before) {
    if (row === undefined) {
      yield
      continue
    }
    const other = yield* nextOf(others)
    if (other === null || other.symbol !== row.symbol || other.date !== row.date) throw new StrikescanError('replay_rows_missing', { run: runId })
    rows++
    const fields = DECIDED.filter((field) => JSON.stringify(row[field]) !== JSON.stringify(other[field]))
    if (fields.length === 0) same++
    else if (differences.length < MOST_DIFFERENCES) differences.push({ symbol: row.symbol, date: row.date, fields, before: row, after: other })
  }
  if ((yield* nextOf(others)) !== null) throw new StrikescanError('replay_rows_missing', { run: runId })
  return { rows, same, differences }
}

/** The next row, null behind the last. */
function* nextOf(rows: Iterator<Paced<Row>>): Generator<undefined, Row | null> {
  for (;;) {
    const step = rows.next()
    if (step.done === true) return null
    if (step.value !== undefined) return step.value
    yield
  }
}
