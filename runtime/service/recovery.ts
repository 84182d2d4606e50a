import type { RunPlan } from './run-work.ts'

/** Deaths of the process after which a run that makes no headway is suspected of them. */
const MOST_DEATHS = 5

/**
 * Whether a run that was being carried out when its process died is gone on with by itself. One that kills its process each
 * time, without a row more between, would otherwise take the server down as often as it is started. Pure; gives the plan to keep.
 * @param settled rows of the run that have an outcome
 */
export function afterDeath(plan: RunPlan, settled: number): { isDue: boolean; plan: RunPlan } {
  const before = plan.recovery
  const deaths = before === undefined || before.settled !== settled ? 1 : before.deaths + 1
  const isDue = deaths <= MOST_DEATHS
  return { isDue, plan: { ...plan, recovery: { deaths: isDue ? deaths : 0, settled } } }
}
