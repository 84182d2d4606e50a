import type { Outcome } from './outcome.ts'
import type { Row } from './row.ts'
import type { RunScope } from './scope.ts'
import type { RowOrigin } from './work-queue.ts'

/** Symbol and date of a place in the run. */
export function nameOfRow({ symbols, dates }: RunScope, position: number): { symbol: string; date: string } {
  return { symbol: symbols[Math.floor(position / dates.length)]!, date: dates[position % dates.length]! }
}

/** The row of a symbol and date that no worker has seen; the caller says what became of it. */
export function emptyRow({ symbols, dates }: RunScope, position: number): Row {
  return {
    symbol: symbols[Math.floor(position / dates.length)]!,
    date: dates[position % dates.length]!,
    status: 'miss',
    reason: '',
    score: null,
    direction: null,
    data: null,
    strategies: [],
    batchId: null,
    workerId: null,
    attempt: 1,
    queueMs: null,
    dataMs: null,
    scriptMs: null,
    error: null,
  }
}

/** The row that a worker's outcome makes. Written out field by field: this runs once for every symbol of the market. */
export function scannedRow({ symbols, dates }: RunScope, position: number, outcome: Outcome, origin: RowOrigin): Row {
  return {
    symbol: symbols[Math.floor(position / dates.length)]!,
    date: dates[position % dates.length]!,
    status: outcome.status,
    reason: outcome.reason,
    score: outcome.score,
    direction: outcome.direction,
    data: outcome.data,
    strategies: outcome.strategies,
    batchId: origin.batchId,
    workerId: origin.workerId,
    attempt: origin.attempt,
    queueMs: toMicroseconds(origin.queueMs),
    dataMs: toMicroseconds(origin.dataMs),
    scriptMs: toMicroseconds(origin.scriptMs),
    error: outcome.error,
  }
}

const toMicroseconds = (ms: number): number => Math.round(ms * 1000) / 1000
