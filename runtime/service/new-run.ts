import { newRunId } from '../journal/journal.ts'
import { emptyLedger } from '../scan/row.ts'
import type { Run } from '../scan/run.ts'
import type { StoredPlan, StoredRequest } from '../scan/stored-plan.ts'

/** The market that a run will see as far as is known now: which snapshot, and as of when, only its start tells. */
export type ExpectedMarket = Pick<Run['market'], 'source' | 'simulated'>

/** A run that nothing has happened to. */
export function newRun(of: Pick<Run, 'kind' | 'scannerId' | 'filename'>, market: ExpectedMarket): Run {
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
    market: { ...market, snapshot: '', asOf: null },
    prefilter: null,
    split: null,
    ledger: emptyLedger(0),
    warnings: [],
    timings: {},
    explore: null,
    error: null,
  }
}

/** A run of a stored scanner that nothing has happened to, and what is fixed of it. */
export function newScan({ id, sha256 }: { id: string; sha256: string }, request: StoredRequest, market: ExpectedMarket): { run: Run; plan: StoredPlan } {
  // The seed hangs on the script alone, so that two runs over one snapshot give the same rows.
  return { run: newRun({ kind: 'scan', scannerId: id, filename: request.filename }, market), plan: { request, seed: sha256, snapshot: null, scope: null } }
}
