import type { Row } from '../scan/row.ts'

/** The market that rows come from, as a run states it. */
export interface MarketSource {
  source: string
  simulated: boolean
  /** Empty where the data is of no snapshot. */
  snapshot: string
}

export interface RowFileOptions {
  market: MarketSource
  /** Adds which batch, worker and attempt made a row and how long it took; such files differ from run to run. */
  timings: boolean
}

/** One column of a row file; `text` columns hold strings, `number` doubles, `integer` 32-bit whole numbers; null is nothing. */
export interface Column<T = Row> {
  name: string
  type: 'text' | 'number' | 'integer' | 'boolean'
  value(row: T): Cell
}
export type Cell = string | number | boolean | null

/** How rows of one kind are written: as columns of CSV and Parquet, and as objects of JSON. */
export interface RowLayout<T> {
  columns: Column<T>[]
  record(row: T): Record<string, unknown>
}

/** The layout of a scan's rows. */
export const scanLayout = (options: RowFileOptions): RowLayout<Row> => ({
  columns: rowColumns(options),
  record: (row) => rowRecord(row, options),
})

/**
 * What a row file says about where its rows come from: `simulated:ab12`, `imported:cd34`. Simulated data always begins
 * with `simulated`, whatever the provider calls itself.
 */
export function marketLabel({ source, simulated, snapshot }: MarketSource): string {
  const named = simulated && !/^simulated\b/i.test(source) ? `simulated:${source}` : source
  return snapshot === '' ? named : `${named}:${snapshot}`
}

/** Columns of CSV and Parquet row files in order. Values that are not scalars are JSON text. */
export function rowColumns({ market, timings }: RowFileOptions): Column[] {
  const label = marketLabel(market)
  const provenance: Column[] = [
    integer('Batch_ID', (row) => row.batchId),
    integer('Worker_ID', (row) => row.workerId),
    integer('Attempt', (row) => row.attempt),
    number('Queue_Ms', (row) => row.queueMs),
    number('Data_Ms', (row) => row.dataMs),
    number('Script_Ms', (row) => row.scriptMs),
  ]
  return [
    text('Symbol', (row) => row.symbol),
    text('Date', (row) => row.date),
    text('Status', (row) => row.status),
    text('Reason', (row) => row.reason),
    number('Score', (row) => row.score),
    text('Direction', (row) => row.direction),
    text('Data', (row) => (row.data === null || row.data === undefined ? null : JSON.stringify(row.data))),
    text('Strategies', (row) => (row.strategies.length === 0 ? '[]' : JSON.stringify(row.strategies))),
    ...(timings ? provenance : []),
    text('Error_Code', (row) => row.error?.code ?? null),
    text('Error_Message', (row) => row.error?.message ?? null),
    text('Error_Hint', (row) => row.error?.hint ?? null),
    integer('Error_Line', (row) => row.error?.line ?? null),
    integer('Error_Column', (row) => row.error?.column ?? null),
    text('Error_Frame', (row) => row.error?.frame ?? null),
    text('Market_Source', () => label),
  ]
}

/** A row as JSON files hold it: the same fields as the columns, nested as in a Row. */
function rowRecord(row: Row, { market, timings }: RowFileOptions): Record<string, unknown> {
  const { symbol, date, status, reason, score, direction, data, strategies, batchId, workerId, attempt, queueMs, dataMs, scriptMs, error } =
    row
  return {
    symbol,
    date,
    status,
    reason,
    score,
    direction,
    data: data ?? null,
    strategies,
    ...(timings ? { batchId, workerId, attempt, queueMs, dataMs, scriptMs } : {}),
    error,
    marketSource: marketLabel(market),
  }
}

const text = (name: string, value: Column['value']): Column => ({ name, type: 'text', value })
const number = (name: string, value: Column['value']): Column => ({ name, type: 'number', value })
const integer = (name: string, value: Column['value']): Column => ({ name, type: 'integer', value })
