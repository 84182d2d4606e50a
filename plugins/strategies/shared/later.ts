import type { ExpirationSlice, StrategyDefinition, StrategyMarket } from '../../../sdk/index.ts'
import { refuse, type Refusal } from './refusal.ts'

/** Later expirations far enough from the near one, that nearest to the target distance first; of two equally near the earlier. */
export function laterSlices(
  { near, later }: StrategyMarket,
  { minimumDays, targetDays }: NonNullable<StrategyDefinition['later']>,
): readonly ExpirationSlice[] | Refusal {
  const distance = ({ dte }: ExpirationSlice): number => Math.abs(dte - near.dte - targetDays)
  const far = later
    .filter(({ dte }) => dte - near.dte >= minimumDays)
    .sort((one, other) => distance(one) - distance(other) || one.dte - other.dte)
  if (far.length > 0) return far
  const last = later.at(-1)
  const seen = last === undefined ? 'none after it was given' : `the last is ${last.expiration} (${last.dte} days)`
  return refuse('expiration', `no expiration lies ${minimumDays} days or more after ${near.expiration} (${near.dte} days): ${seen}`)
}
