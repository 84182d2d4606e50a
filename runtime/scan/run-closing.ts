import type { Journal } from '../journal/journal.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { WorkersUnusable } from './executor.ts'
import { hostOutcome } from './outcome.ts'
import type { Row } from './row.ts'
import { isDamageError } from '../sqlite/wal-database.ts'
import type { Run } from './run.ts'

/** Why a run stops before its end. `interrupt`: somebody paused it. `hand_back`: its process ends, and another is to go on. */
export type RunStop = 'cancel' | 'interrupt' | 'hand_back' | 'timeout'

/** What becomes of rows that nobody will scan any more; null where somebody will. */
export function unreachedOutcome(stop: RunStop | null, timeoutMs: number): Partial<Row> | null {
  if (stop === 'timeout') return hostOutcome('timed_out', 'run_unreached', { seconds: timeoutMs / 1000 })
  return stop === 'cancel' ? { ...hostOutcome('failed', 'run_cancelled', {}), status: 'cancelled', error: null } : null
}

/** What becomes of rows that a run leaves behind that broke off. */
export function brokenOutcome({ code, message, hint }: NonNullable<Run['error']>): Partial<Row> {
  return { status: 'failed', reason: `the run failed: ${message}`, error: { code, message, hint, line: null, column: null, frame: null } }
}

/** @throws ledger_mismatch where rows are missing, or there are too many */
export function checkLedger(journal: Journal, number: number, run: Run): void {
  const { detected, ...counts } = run.ledger
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const stored = [...journal.countRows(number).values()].reduce((sum, count) => sum + count, 0)
  if (rows !== detected || stored !== detected) throw new StrikescanError('ledger_mismatch', { rows: stored, detected, run: run.id })
}

/** Makes a run one that waits to be gone on with. */
export function markLeft(run: Run, stop: 'interrupt' | 'hand_back'): void {
  run.status = stop === 'interrupt' ? 'paused' : 'queued'
  run.message = stop === 'interrupt' ? 'interrupted' : 'waiting for the server to start again'
  run.etaMs = null
}

/** Makes a run one that is over, as it was asked to be. */
export function markDone(run: Run, isCancelled: boolean): void {
  run.finishedAt = new Date().toISOString()
  run.etaMs = 0
  run.status = isCancelled ? 'cancelled' : 'completed'
  run.message = isCancelled ? 'cancelled' : 'done'
  if (!isCancelled) Object.assign(run, { stage: 'done', percent: 100 })
}

/** Makes a run one that failed; the instant at which it ended stays where it has one. */
export function markFailed(run: Run, error: StrikescanError): void {
  run.status = 'failed'
  run.message = error.message
  run.error = { code: error.code, message: error.message, hint: error.hint }
  run.finishedAt ??= new Date().toISOString()
  run.etaMs = null
}

/** What went wrong, as a run states it. */
export function problemOf(error: unknown): StrikescanError {
  if (error instanceof StrikescanError) return error
  if (error instanceof WorkersUnusable) return new StrikescanError('worker_unusable', { detail: error.message })
  return new StrikescanError('internal_error', { message: (error as Error).message }, { cause: error })
}

/** The journal cannot be written: what it holds stands, and the run can be resumed once the disk serves again. */
export function journalFailure(cause: unknown): StrikescanError {
  if (isDamageError(cause)) return new StrikescanError('journal_damaged', { file: 'of this state folder', problem: (cause as Error).message }, { cause })
  return new StrikescanError('journal_write_failed', { problem: (cause as Error).message }, { cause })
}

/** Whether a run that scans already can go on once the settings are mended: where its chains come from hangs on them. */
export function isMendable(error: StrikescanError): boolean {
  return error.code.startsWith('explore_') && error.fault === 'user'
}

/** What `work` gives, or the problem as soon as the signal is aborted. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, problem: () => Error): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(problem())
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener('abort', abort))
}
