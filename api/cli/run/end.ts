import { describeError } from '../../../runtime/errors/strikescan-error.ts'
import { EXIT, exitOfFault } from '../errors.ts'
import type { ExplorationReport, Run, Runtime } from '../host-types.ts'
import { count } from '../text.ts'

/** Runs that were under way end with these, whether or not there are rows yet: how far they came must not decide the exit code. */
const UNDER_WAY: ReadonlySet<string> = new Set(['run_timeout'])

/** What was asked for could not be run: there is nothing to show but what to mend. @param endedBefore whether it ended before anything was looked at */
export function isRefused({ error }: Run, endedBefore: boolean, faultOf: Runtime['faultOf']): boolean {
  return error !== null && endedBefore && !UNDER_WAY.has(error.code) && exitOfFault(faultOf(error.code)) === EXIT.usage
}

const FAILED_WORDS = { failed: 'failed', timedOut: 'timed out', outOfMemory: 'out of memory' } as const
const FAILED_STATUSES = ['API_Error', 'Chain_Fetch_Failed', 'Timed_Out', 'Evaluation_Error'] as const
/** Statuses of rows that nobody was asked for. */
const UNASKED_STATUSES = ['Skipped_Compute', 'Cancelled'] as const

/** Why a run that was carried out to its end has nothing to show for it; null where any row has a result. */
export function failureOf({ kind, ledger, explore }: Run): ReturnType<typeof describeError> | null {
  const failed = ledger.failed + ledger.timedOut + ledger.outOfMemory
  if (kind === 'scan' && failed > 0 && ledger.hit + ledger.miss === 0) {
    const parts = Object.entries(FAILED_WORDS).flatMap(([field, word]) => partOf(ledger[field as keyof typeof FAILED_WORDS], word))
    return describeError('rows_all_failed', { parts: parts.join(', ') })
  }
  return explore === null ? null : failureOfExploration(explore)
}

function failureOfExploration({ byStatus }: ExplorationReport): ReturnType<typeof describeError> | null {
  const rowsOf = (statuses: readonly (keyof typeof byStatus)[]): number => statuses.reduce((sum, status) => sum + (byStatus[status] ?? 0), 0)
  const all = Object.values(byStatus).reduce((sum, rows) => sum + rows, 0)
  const failed = rowsOf(FAILED_STATUSES)
  if (failed === 0 || failed + rowsOf(UNASKED_STATUSES) < all) return null
  return describeError('explored_all_failed', { parts: FAILED_STATUSES.flatMap((status) => partOf(byStatus[status] ?? 0, status)).join(', ') })
}

const partOf = (rows: number, word: string): string[] => (rows === 0 ? [] : [`${count(rows)} ${word}`])

/** The exit code of a run that was not refused. */
export function exitCodeOf(run: Run, interrupted: boolean, outputClosed: boolean): number {
  if (run.status === 'completed') return failureOf(run) === null ? EXIT.done : EXIT.failed
  if (run.status === 'failed' || run.error !== null) return EXIT.failed
  // A reader that has seen enough is no interruption.
  return outputClosed && !interrupted ? EXIT.done : EXIT.interrupted
}
