import type { Direction, Row, RowError, RowStatus } from '../scan/row.ts'

/** A row as the table `rows` holds it; JSON in `data`, `strategies` and `error`. */
export interface RowRecord {
  run: number
  position: number
  symbol: string
  date: string
  status: RowStatus
  reason: string
  score: number | null
  direction: Direction | null
  data: string | null
  strategies: string | null
  batch_id: number | null
  worker_id: number | null
  attempt: number
  queue_ms: number | null
  data_ms: number | null
  script_ms: number | null
  error: string | null
}

export function rowParameters(run: number, position: number, row: Row): (string | number | null)[] {
  return [
    run,
    position,
    row.symbol,
    row.date,
    row.status,
    row.reason,
    row.score,
    row.direction,
    row.data === null ? null : JSON.stringify(row.data),
    row.strategies.length === 0 ? null : JSON.stringify(row.strategies),
    row.batchId,
    row.workerId,
    row.attempt,
    row.queueMs,
    row.dataMs,
    row.scriptMs,
    row.error === null ? null : JSON.stringify(row.error),
  ]
}

export function rowFromRecord(record: RowRecord): Row {
  return {
    symbol: record.symbol,
    date: record.date,
    status: record.status,
    reason: record.reason,
    score: record.score,
    direction: record.direction,
    data: record.data === null ? null : JSON.parse(record.data),
    strategies: record.strategies === null ? [] : (JSON.parse(record.strategies) as string[]),
    batchId: record.batch_id,
    workerId: record.worker_id,
    attempt: record.attempt,
    queueMs: record.queue_ms,
    dataMs: record.data_ms,
    scriptMs: record.script_ms,
    error: record.error === null ? null : (JSON.parse(record.error) as RowError),
  }
}
