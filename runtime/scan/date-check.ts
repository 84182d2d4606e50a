import type { InjectionPlan } from '../intake/plan.ts'
import type { SplitRequest } from './run.ts'
import { waysDiffer, wholeUnit, type SplitDecision, type SplitQuestion } from './split-check.ts'

/** Few dates, next to each other as what is carried from one to the next is, and few symbols. */
const SAMPLE_DATES = 5
const SAMPLE_SYMBOLS = 4

export interface DatesQuestion {
  asked: SplitRequest
  plan: InjectionPlan
  dateCount: number
  /** Places of the symbols that have bars on all of the given dates, in order. */
  symbolsOn(dateIndexes: number[]): number[]
  tryBoth: SplitQuestion['tryBoth']
}

/** How a run over several dates goes about them, where its script takes them by itself; null elsewhere, and where there is one. */
export interface DatesDecision {
  dates: 'together' | 'apart'
  reason: string
}

/**
 * Whether each date is scanned by itself: where the script's text carries nothing from one date to the next, and a few symbols give the
 * same rows over some dates at once as over each of them.
 */
export async function decideDates({ asked, plan, dateCount, symbolsOn, tryBoth }: DatesQuestion): Promise<DatesDecision | null> {
  const isWholePattern = plan.pattern === 'main' || plan.pattern === 'script'
  if (!isWholePattern || dateCount < 2) return null
  if (plan.dates?.form === 'single') return { dates: 'apart', reason: `date by date: \`${plan.dates.name}\` holds one at a time` }
  if (asked === 'always') return { dates: 'apart', reason: 'date by date, as asked for' }
  if (asked === 'never') return { dates: 'together', reason: 'all dates at once, as asked for' }
  const { mode, reason, isGoneThrough } = plan.split.dates
  if (mode === 'whole') return { dates: 'together', reason: `all dates at once: ${reason}` }
  const apart: DatesDecision = { dates: 'apart', reason: `date by date: ${reason}` }
  if (isGoneThrough === undefined) return apart
  const dateIndexes = Array.from({ length: Math.min(SAMPLE_DATES, dateCount) }, (_, index) => index)
  const symbols = spread(symbolsOn(dateIndexes), SAMPLE_SYMBOLS)
  if (symbols.length === 0) return apart
  const groups = plan.symbols?.form === 'single' ? symbols.map((symbol) => [symbol]) : [symbols]
  const differs = await waysDiffer(
    tryBoth,
    groups.map((group) => wholeUnit(group, dateIndexes)),
    groups.flatMap((group) => dateIndexes.map((dateIndex) => wholeUnit(group, [dateIndex]))),
  )
  return differs === true ? { dates: 'together', reason: `all dates at once: a sample of ${dateIndexes.length} dates gave other rows one by one` } : apart
}

/** A decision on symbols with that on dates, said in one. */
export function withDates(split: SplitDecision, decided: DatesDecision | null): SplitDecision {
  return decided === null ? split : { ...split, reason: `${split.reason}; ${decided.reason}`, dates: decided.dates }
}

/** So many of a list, spread over it. */
function spread<T>(list: readonly T[], most: number): T[] {
  const count = Math.min(most, list.length)
  return Array.from({ length: count }, (_, at) => list[Math.floor((at * list.length) / count)]!)
}
