import { newRunId } from '../journal/journal.ts'
import { emptyLedger } from '../scan/row.ts'
import type { Run } from '../scan/run.ts'

/** A run that nothing has happened to. */
export function newRun(of: Pick<Run, 'kind' | 'scannerId' | 'filename'>): Run {
  return {
    id: newRunId(),
    ...of,
    status: 'queued',
    stage: 'integrity',
    percent: 0,
    message: 'queued',
    etaMs: null,
    createdAt: new Date().toISOString(),
    startedAt: null,
    finishedAt: null,
    market: { source: '', simulated: false, snapshot: '', asOf: null },
    prefilter: null,
    split: null,
    ledger: emptyLedger(0),
    warnings: [],
    timings: {},
    explore: null,
    error: null,
  }
}
