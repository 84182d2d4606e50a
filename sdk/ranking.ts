import { ScannerDefinitionError } from './errors.ts'
import { checkKeys, describe, isPlainObject } from './parameters.ts'
import type { DateContext, ScanHit } from './scanner.ts'

/** A hit of the scan, as the rank step of its date sees it. `data` is what the scan returned, after its way through JSON. */
export interface Candidate<Data = unknown> {
  readonly symbol: string
  /** Null where the scan gave none; never NaN. */
  readonly score: number | null
  readonly direction: 'bullish' | 'bearish' | 'neutral' | null
  readonly data: Data
  readonly strategies: readonly string[]
  readonly reason: string | null
}

/** What the rank step sees: the hits of all symbols of one date, in the order of the run's symbols. */
export interface RankContext<Params, Data = unknown> extends DateContext<Params> {
  readonly candidates: readonly Candidate<Data>[]
}

/** A hit to keep: which it is, and what of it is to be changed. */
export interface RankedHit extends ScanHit {
  readonly symbol: string
}

type RankResult = readonly RankedHit[] | null | undefined

/** Gives the hits to keep, best first; null for none. */
export type RankStep<Params, Data = unknown> = RankMethod<Params, Data>['rank']

/** As a method, so that a scanner of some data is also a scanner. */
interface RankMethod<Params, Data> {
  rank(context: RankContext<Params, Data>): RankResult | Promise<RankResult>
}

/** Which of the hits of a date to keep, by score; candidates without a score are refused. Without `top` and `fraction`, all. */
export interface RankRequest {
  /** How many at most, 1 or more. */
  readonly top?: number
  /** Which part of them at most, above 0 and at most 1: 0.1 for the top decile, rounded up to a whole hit. */
  readonly fraction?: number
  /** Which scores are best; `highest` where it is left out. */
  readonly order?: 'highest' | 'lowest'
}

const KEYS = ['top', 'fraction', 'order']
/** What a product such as 0.1 × 30 may be above the whole number that is meant. */
const ROUNDING = 1e-9

/**
 * The best of some items, best first. Items whose value is not a finite number are left out and do not count; ties stay in
 * the order given. With both `top` and `fraction`, the smaller counts.
 * @param by the value to go by; the item's `score` where it is left out
 */
export function topRanked<Item extends { readonly score?: number | null | undefined }>(
  items: readonly Item[],
  request: RankRequest = {},
  by: (item: Item) => number | null | undefined = ({ score }) => score,
): Item[] {
  if (!Array.isArray(items)) {
    throw new TypeError(`topRanked takes a list of items to choose from, such as candidates, not ${describe(items)}.`)
  }
  const { top, fraction, order } = checkRequest(request)
  const sign = order === 'lowest' ? 1 : -1
  const ranked = items
    .map((item) => ({ item, value: by(item) }))
    .filter((entry): entry is { item: Item; value: number } => Number.isFinite(entry.value))
    .sort((one, other) => sign * (one.value - other.value))
  const most = Math.min(top ?? ranked.length, fraction === undefined ? ranked.length : Math.ceil(ranked.length * fraction - ROUNDING))
  return ranked.slice(0, most).map(({ item }) => item)
}

/**
 * Each value's place among all of them, from 0 for the lowest to 1 for the highest: the part of the others that it is
 * above, those equal to it counted half. NaN stays NaN and counts for nobody; a value that is alone has no place: NaN.
 */
export function percentRanks(values: ArrayLike<number>): Float64Array {
  const ranks = new Float64Array(values.length).fill(Number.NaN)
  const order = Array.from(values, (value, index) => ({ value, index }))
    .filter(({ value }) => !Number.isNaN(value))
    .sort((one, other) => (one.value < other.value ? -1 : one.value > other.value ? 1 : 0))
  const others = order.length - 1
  for (let from = 0; from < order.length && others > 0;) {
    let to = from
    while (to < order.length && order[to]!.value === order[from]!.value) to++
    const place = (from + (to - from - 1) / 2) / others
    for (; from < to; from++) ranks[order[from]!.index] = place
  }
  return ranks
}

/** A rank step as a definition may hold it. Throws ScannerDefinitionError. */
export function checkRank<Step>(rank: Step): Step {
  if (typeof rank === 'function') return rank
  if (!isPlainObject(rank)) {
    throw new ScannerDefinitionError(
      'rank',
      `rank must be a function or an object such as { fraction: 0.1 }, not ${describe(rank)}: write rank({ candidates }) { return … } or leave it out.`,
    )
  }
  return Object.freeze({ ...checkRequest(rank) }) as Step
}

function checkRequest(request: RankRequest): RankRequest {
  if (!isPlainObject(request as unknown)) {
    throw new ScannerDefinitionError(
      'rank',
      `What to keep is an object such as { top: 10 } or { fraction: 0.1 }, not ${describe(request)}.`,
    )
  }
  checkKeys('rank', request, KEYS)
  const { top, fraction, order } = request
  if (top !== undefined && (!Number.isInteger(top) || top < 1)) {
    throw new ScannerDefinitionError('rank.top', `rank.top must be a whole number of 1 or more, not ${describe(top)}.`)
  }
  if (fraction !== undefined && !(typeof fraction === 'number' && fraction > 0 && fraction <= 1)) {
    throw new ScannerDefinitionError(
      'rank.fraction',
      `rank.fraction must be a number above 0 and at most 1, such as 0.1 for the top decile, not ${describe(fraction)}.`,
    )
  }
  if (order !== undefined && order !== 'highest' && order !== 'lowest') {
    throw new ScannerDefinitionError('rank.order', `rank.order must be 'highest' or 'lowest', not ${describe(order)}.`)
  }
  return request
}
