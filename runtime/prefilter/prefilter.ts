import type { Funnel, PrefilterSettings } from '../scan/run.ts'
import type { PrefilterCandidate, PrefilterDate } from './candidate.ts'
import { limitReason, noDataReason, priceReason, volumeReason } from './reasons.ts'
import { checkPrefilterSettings } from './settings.ts'

export type { PrefilterCandidate, PrefilterDate }

/** `rank` counts from 1 by dollar volume among those that pass volume and price; null where the prefilter was not applied. */
export type PrefilterVerdict =
  | { readonly symbol: string; readonly outcome: 'kept'; readonly rank: number | null }
  | { readonly symbol: string; readonly outcome: 'rejected'; readonly step: 'volume' | 'price' | 'limit'; readonly reason: string }
  | { readonly symbol: string; readonly outcome: 'no_data'; readonly reason: string }

export interface PrefilterResult {
  /** Null where there are no settings, that is where the caller switched the prefilter off. */
  readonly funnel: Funnel | null
  /** One a candidate, in their order. */
  readonly verdicts: PrefilterVerdict[]
}

/**
 * Splits the symbols asked for into kept, rejected and without data, as of one date, with a reason for each that is not kept.
 * Kept are those with a bar on the date, mean volume strictly above `minVolume`, last close from `minPrice` to `maxPrice`, both
 * included, and then the first `limit` by mean dollar volume, ties in the order asked for. With `activateAbove` symbols or fewer,
 * or without settings (null), every symbol with a bar on the date is kept.
 * @throws StrikescanError with a code that starts with prefilter_ where the settings cannot hold.
 */
export function prefilter(
  candidates: readonly PrefilterCandidate[],
  settings: PrefilterSettings | null,
  date: PrefilterDate,
): PrefilterResult {
  const checked = settings === null ? null : checkPrefilterSettings(settings)
  const isApplied = checked !== null && candidates.length > checked.activateAbove
  const verdicts = candidates.map((candidate) => firstVerdict(candidate, isApplied ? checked : null, date))
  if (isApplied) rank(candidates, verdicts, checked)
  return { funnel: checked === null ? null : count(verdicts, checked, isApplied), verdicts }
}

/** The verdict before ranking. */
function firstVerdict(candidate: PrefilterCandidate, settings: PrefilterSettings | null, date: PrefilterDate): PrefilterVerdict {
  const { symbol, meanVolume, lastClose } = candidate
  if (!candidate.barOnDate) return { symbol, outcome: 'no_data', reason: noDataReason(candidate, date) }
  // Comparisons are written so that a value that is not a number fails them.
  if (settings && !(meanVolume > settings.minVolume)) {
    return { symbol, outcome: 'rejected', step: 'volume', reason: volumeReason(candidate, settings) }
  }
  if (settings && !(lastClose >= settings.minPrice && lastClose <= settings.maxPrice)) {
    return { symbol, outcome: 'rejected', step: 'price', reason: priceReason(candidate, settings) }
  }
  return { symbol, outcome: 'kept', rank: null }
}

/** Gives each passing symbol its rank, and rejects those past the limit. */
function rank(candidates: readonly PrefilterCandidate[], verdicts: PrefilterVerdict[], settings: PrefilterSettings): void {
  const passing: number[] = []
  for (let index = 0; index < verdicts.length; index++) if (verdicts[index]!.outcome === 'kept') passing.push(index)
  const weight = (index: number) => {
    const dollars = candidates[index]!.meanDollarVolume
    return Number.isNaN(dollars) ? -Infinity : dollars
  }
  passing.sort((one, other) => {
    const a = weight(one)
    const b = weight(other)
    return a === b ? one - other : b > a ? 1 : -1
  })
  for (let position = 0; position < passing.length; position++) {
    const index = passing[position]!
    const { symbol } = candidates[index]!
    verdicts[index] =
      position < settings.limit
        ? { symbol, outcome: 'kept', rank: position + 1 }
        : { symbol, outcome: 'rejected', step: 'limit', reason: limitReason(position + 1, settings) }
  }
}

function count(verdicts: readonly PrefilterVerdict[], settings: PrefilterSettings, applied: boolean): Funnel {
  const removed = { no_data: 0, volume: 0, price: 0, limit: 0 }
  let kept = 0
  for (const verdict of verdicts) {
    if (verdict.outcome === 'kept') kept++
    else removed[verdict.outcome === 'no_data' ? 'no_data' : verdict.step]++
  }
  return {
    settings,
    applied,
    dates: 1,
    in: verdicts.length,
    steps: [
      { name: 'no_data', removed: removed.no_data },
      { name: 'volume', removed: removed.volume },
      { name: 'price', removed: removed.price },
      { name: 'limit', removed: removed.limit },
    ],
    kept,
  }
}
