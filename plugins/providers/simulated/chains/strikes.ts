import type { SeriesKind } from './expirations.ts'

/** What a series' strikes depend on. */
export interface StrikeRequest {
  readonly spot: number
  /** Deviation of the log price to the expiration: volatility times the square root of years. */
  readonly deviation: number
  readonly years: number
  readonly kind: SeriesKind
  /** Contracts that a usual session trades in the name. */
  readonly usualVolume: number
  /** True where the name has daily expirations. */
  readonly isDaily: boolean
  /** Lowest and highest close since the series may have been listed: strikes stay when the price leaves them. */
  readonly lowest: number
  readonly highest: number
}

/** Steps that the exchanges use; each grid takes one near the money and a coarser one in the wings. */
const STEPS = [0.5, 1, 2.5, 5, 10, 25, 50] as const
/** Place of the largest step that is used near the money. */
const LARGEST_NEAR = 4
const SHORT_DATED_YEARS = 0.2
const LONG_DATED_YEARS = 0.75
/** Half-width of the fine part in deviations, and least strikes to each side of the money. */
const FINE_DEVIATIONS = 1.6
const LEAST_STRIKES = 4
const MOST_FINE_STRIKES = 45

/** Strikes of one series in cents, ascending, each once: multiples of a step that depends on price, interest and time. */
export function listedStrikes(request: StrikeRequest): number[] {
  const { spot, deviation, years } = request
  const step = nearStep(request)
  const fine = STEPS[step]!
  const coarse = STEPS[Math.min(step + (request.usualVolume > 2e4 ? 2 : 1), STEPS.length - 1)]!
  const reach = deviation * (years < SHORT_DATED_YEARS ? 5.5 : 4.2)
  const low = Math.min(spot * Math.exp(-Math.min(Math.max(reach, 0.1), 1.7)), request.lowest)
  const high = Math.max(spot * Math.exp(Math.min(Math.max(reach * 0.85, 0.1), 1.05)), request.highest)
  const fineReach = Math.min(Math.max(spot * FINE_DEVIATIONS * deviation, LEAST_STRIKES * fine), MOST_FINE_STRIKES * fine)
  const strikes = new Set<number>()
  addMultiples(strikes, coarse, low, high)
  addMultiples(strikes, fine, spot - fineReach, spot + fineReach)
  return [...strikes].sort((one, other) => one - other)
}

/** Place in STEPS of the step near the money. */
function nearStep({ spot, years, kind, usualVolume, isDaily }: StrikeRequest): number {
  if (isDaily) return years < LONG_DATED_YEARS ? 1 : 3
  const isActive = usualVolume >= 2e4
  const isThin = usualVolume < 1500
  const place = isActive ? placeBelow(spot, [16, 110, 280, 900]) : isThin ? placeBelow(spot, [4, 12, 60, 180]) : placeBelow(spot, [10, 45, 160, 450])
  const isFiner = isActive && years < SHORT_DATED_YEARS && kind !== 'leap'
  const isCoarser = years >= LONG_DATED_YEARS
  return Math.min(Math.max(place - (isFiner ? 1 : 0) + (isCoarser ? 1 : 0), 0), LARGEST_NEAR)
}

function placeBelow(value: number, bounds: readonly number[]): number {
  const place = bounds.findIndex((bound) => value < bound)
  return place === -1 ? bounds.length : place
}

function addMultiples(strikes: Set<number>, step: number, low: number, high: number): void {
  for (let count = Math.max(Math.floor(low / step), 1); count * step <= high + step; count++) strikes.add(Math.round(count * step * 100))
}
