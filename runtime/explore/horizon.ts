import type { StrategyDefinition } from '../../sdk/strategy.ts'
import type { Horizon, StrategyRow } from './row.ts'

/** Days to expiration that a row looks at, both ends included. */
export interface DteRange {
  readonly horizon: Horizon
  readonly min: number
  /** Infinity where the range is open. */
  readonly max: number
  /** The sampled expiration is the one nearest to it. */
  readonly target: number
  /** What of the row was set aside, in one sentence; null where nothing was. */
  readonly note: string | null
}

/** Days by horizon: income and short trades at five to six weeks, LEAPs from half a year with six to twelve months preferred. */
const HORIZON_DAYS: Readonly<Record<Horizon, { min: number; max: number; target: number }>> = {
  SHORT: { min: 30, max: 45, target: 37 },
  MEDIUM: { min: 45, max: 60, target: 52 },
  LEAP: { min: 180, max: Infinity, target: 270 },
}

/**
 * The days to expiration that a row asks for: its own range first, else its horizon's, else that of `fallback`; never
 * below what the strategy itself needs.
 * @returns a sentence where the row contradicts itself or its strategy
 */
export function dteRangeOf(row: StrategyRow, strategy: Pick<StrategyDefinition, 'name' | 'minimumDte'>, fallback: Horizon): DteRange | string {
  const least = strategy.minimumDte ?? 0
  if (row.dteMin !== null || row.dteMax !== null) return ownRange(row, strategy.name, least)
  const asked = row.horizon ?? (least >= HORIZON_DAYS.LEAP.min ? 'LEAP' : fallback)
  if (least > HORIZON_DAYS[asked].max) {
    return { horizon: 'LEAP', ...HORIZON_DAYS.LEAP, note: `${strategy.name} needs ${least} days or more, so the horizon ${asked} was read as LEAP` }
  }
  const { min, max, target } = HORIZON_DAYS[asked]
  return { horizon: asked, min: Math.max(min, least), max, target: Math.max(target, least), note: null }
}

/**
 * The days of a row's own. An end that it leaves open is that of the horizon which it names, where the other end lies within that; else it is open,
 * and the expiration nearest to the end that is there is meant.
 */
function ownRange(row: StrategyRow, name: string, least: number): DteRange | string {
  const named = row.horizon === null ? null : HORIZON_DAYS[row.horizon]
  const min = row.dteMin ?? (named !== null && named.min < row.dteMax! ? named.min : 0)
  const max = row.dteMax ?? (named !== null && named.max > row.dteMin! ? named.max : Infinity)
  if (max < least) return `${name} needs ${least} days to expiration or more, and the row asks for ${daysText({ min, max })}`
  const from = Math.max(min, least)
  const target = targetOf(row, { min: from, max }, named?.target ?? null)
  return {
    horizon: row.horizon ?? horizonOfDays(target),
    min: from,
    max,
    target,
    note: from > min ? `${name} needs ${least} days or more, so the row's ${daysText({ min, max })} days were read as ${daysText({ min: from, max })}` : null,
  }
}

/** Where both ends are there, the middle. */
function targetOf({ dteMin, dteMax }: StrategyRow, { min, max }: Pick<DteRange, 'min' | 'max'>, usual: number | null): number {
  if (dteMin !== null && dteMax !== null) return Math.round((min + max) / 2)
  if (usual !== null && usual >= min && usual <= max) return usual
  return dteMin === null ? max : min
}

/** `30 to 45`, or `180 or more` */
export const daysText = ({ min, max }: Pick<DteRange, 'min' | 'max'>): string => (max === Infinity ? `${min} or more` : `${min} to ${max}`)

function horizonOfDays(days: number): Horizon {
  if (days >= HORIZON_DAYS.LEAP.min) return 'LEAP'
  return days > HORIZON_DAYS.SHORT.max ? 'MEDIUM' : 'SHORT'
}

/** A listed expiration and how far it is. */
export interface DatedExpiration {
  readonly date: string
  readonly dte: number
}

/** Expirations within the range, nearest to its target first; of two equally near the earlier one. */
export function expirationsInRange(expirations: readonly DatedExpiration[], range: DteRange): DatedExpiration[] {
  return expirations
    .filter(({ dte }) => dte >= range.min && dte <= range.max)
    .sort((one, other) => Math.abs(one.dte - range.target) - Math.abs(other.dte - range.target) || one.dte - other.dte)
}

/** What is listed about a range that holds no expiration: the nearest on either side. */
export function describeMissingExpiration(expirations: readonly DatedExpiration[], range: DteRange): string {
  const before = expirations.findLast(({ dte }) => dte < range.min)
  const after = expirations.find(({ dte }) => dte > range.max)
  const near = [before, after].filter((entry) => entry !== undefined).map(({ date, dte }) => `${date} (${dte} ${dte === 1 ? 'day' : 'days'})`)
  return `no expiration lies ${daysText(range)} days ahead; of ${expirations.length} listed the nearest ${near.length === 1 ? 'is' : 'are'} ${near.join(' and ')}`
}
