import { RowChunkWriter, type RowChunk } from '../../../../runtime/journal/row-chunk.ts'
import { emptyLedger, type Row } from '../../../../runtime/scan/row.ts'
import type { Run } from '../../../../runtime/scan/run.ts'

/** A row of AAPL that missed. */
export function rowOf(values: Partial<Row> = {}): Row {
  return {
    symbol: 'AAPL', date: '2026-11-20', status: 'miss', reason: 'the scanner did not match', score: null, direction: null, data: null, strategies: [],
    batchId: null, workerId: null, attempt: 1, queueMs: null, dataMs: null, scriptMs: null, error: null, ...values,
  }
}

/** A run that waits. */
export function runOf(values: Partial<Run> = {}): Run {
  return {
    id: 'run-1', kind: 'scan', scannerId: 's1', filename: 'gap.js', status: 'queued', stage: 'integrity', percent: 0, message: 'queued', etaMs: null,
    createdAt: '2026-11-20T12:00:00.000Z', startedAt: null, finishedAt: null, market: { source: '', simulated: false, snapshot: '', asOf: null },
    prefilter: null, split: null, ledger: emptyLedger(0), warnings: [], timings: {}, explore: null, error: null, ...values,
  }
}

/** Rows that were settled together, each at its place. */
export function chunkOf(rows: [position: number, row: Row][]): RowChunk {
  const writer = new RowChunkWriter()
  for (const [position, row] of rows) writer.add(position, row)
  return writer.chunk()
}
