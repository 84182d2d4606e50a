import { StrikescanError } from '../errors/strikescan-error.ts'
import type { Journal } from '../journal/journal.ts'
import type { Run, RunEvent } from '../scan/run.ts'
import { isOver } from './run-work.ts'

/** @throws run_finished where the run is over */
export function checkOpen(run: Run): void {
  if (isOver(run)) throw new StrikescanError('run_finished', { run: run.id, status: run.status })
}

/** Whether there is anything to go on with: what is over may have explored rows without a whole answer. @throws run_finished */
export function checkResumable(journal: Journal, number: number, run: Run): void {
  if (isOver(run) && journal.explorations.counts(number).retryable > 0) return
  checkOpen(run)
}

/**
 * Opens the explored rows of a run that are without a whole answer, for what can pass or be mended, for a resume to try them again, and gives the event that tells
 * so, which is written down; null where there are none. A run that was completed is then one that waits to be gone on with.
 */
export function reopenExplored(journal: Journal, number: number, run: Run, now: number): RunEvent | null {
  return journal.transaction(() => {
    const rows = journal.reopenExplored(number)
    if (rows === 0) return null
    // That there was no answer at all is said again where it holds again.
    const warnings = run.warnings.filter(({ code }) => code !== 'explore_no_answer')
    Object.assign(run, { status: 'paused', finishedAt: null, warnings })
    const [which, are] = rows === 1 ? ['a row', 'is'] : [`${rows} rows`, 'are']
    const text = `${which} without a whole answer ${are} tried again`
    const event: RunEvent = { seq: journal.lastSeq(number) + 1, at: new Date(now).toISOString(), runId: run.id, type: 'log', level: 'info', symbol: null, text }
    journal.record(number, { state: run, events: [{ event }] })
    return event
  })
}
