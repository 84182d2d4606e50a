import { StrikescanError } from '../errors/strikescan-error.ts'
import type { StoredRun } from '../journal/journal.ts'
import type { Run } from '../scan/run.ts'
import type { StoredPlan } from '../scan/stored-plan.ts'
import { newRun } from './new-run.ts'
import { isExploration, isOver } from './run-work.ts'

/** Whether a run can be done again, as far as the journal tells: its market may be gone. */
export const isReplayable = (run: StoredRun): boolean => refusalOf(run) === null

/**
 * A run that does what another did: the same bytes of the script, snapshot of the market, state of the news, symbols, dates, parameters,
 * seed, screen and split. Only what hangs on the machine may differ. Hits are not explored again: vendors quote now.
 * @throws replay_no_scan for an exploration, replay_not_over for a run whose rows are not all there yet, replay_not_planned
 * for one that ended before it was known what it covers
 */
export function replayOf({ id, state, plan }: StoredRun): { run: Run; plan: StoredPlan } {
  const refusal = refusalOf({ id, state, plan })
  if (refusal !== null) throw refusal
  const { request, seed, snapshot, scope, news } = plan as StoredPlan
  const run = { ...newRun({ kind: 'scan', scannerId: state.scannerId, filename: state.filename }, { source: state.market.source, simulated: state.market.simulated }), replayOf: id, split: state.split }
  const { explore: _, ...wishes } = request
  // The settings may have changed since: what was in force is written in the funnel.
  const prefilter = state.prefilter === null ? request.prefilter : state.prefilter.settings
  return { run, plan: { request: { ...wishes, prefilter }, seed, snapshot, scope, ...(news !== undefined && { news }) } }
}

function refusalOf({ id, state, plan }: Pick<StoredRun, 'id' | 'state' | 'plan'>): StrikescanError | null {
  if (isExploration(plan as never)) return new StrikescanError('replay_no_scan', { run: id })
  if (!isOver(state)) return new StrikescanError('replay_not_over', { run: id, status: state.status })
  const { scope, snapshot } = plan as StoredPlan
  if (scope === null || snapshot === null || state.split === null) return new StrikescanError('replay_not_planned', { run: id, status: state.status })
  return null
}
