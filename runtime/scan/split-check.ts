import type { InjectionPlan } from '../intake/plan.ts'
import type { SplitRequest } from './run.ts'
import type { WholeUnit } from './units.ts'

export interface SplitDecision {
  mode: 'batch' | 'whole'
  reason: string
  /** Of a run over several dates that takes them by itself: whether they are scanned at once. */
  dates?: 'together' | 'apart'
}

/** Units to run aside, as one way of going about some rows. */
export interface Sample {
  scans?: { dateIndex: number; positions: number[] }[]
  wholes?: Omit<WholeUnit, 'id'>[]
}

/** Each row's outcome as text, by its place in the run; without those of units that were given up. */
export type Tried = Map<number, string>

export interface SplitQuestion {
  asked: SplitRequest
  plan: InjectionPlan
  /** Places of the rows to scan, by date. */
  kept: { dateIndex: number; positions: number[] }[]
  dateCount: number
  /**
   * Runs two ways of going about the same rows: beside each other those that get contexts of their own, else one after
   * the other in the same isolate.
   */
  tryBoth(one: Sample, other: Sample): Promise<[Tried, Tried]>
}

/**
 * A few symbols first, then many, since a limit of so many hits, or two symbols of one sector, shows only among many. How many
 * are compared never hangs on the speed of the machine: the same run must be split the same way everywhere.
 */
const SAMPLE_SIZES = [6, 64]
/**
 * Symbols of a part, by sample: each by itself where there are few, since what one symbol leaves to the next shows nowhere else; then a
 * number that has nothing to do with the tens in which scripts take their symbols.
 */
const PART_SIZES = [1, 7]

/**
 * Whether a run may go batch by batch: where the script's text relates no symbol to another, and a few symbols run
 * together and apart give the same rows. In doubt the script runs whole, as its author ran it.
 */
export async function decideSplit(question: SplitQuestion): Promise<SplitDecision> {
  const { asked, plan } = question
  if (asked === 'always') return { mode: 'batch', reason: 'asked for (--split always)' }
  if (asked === 'never') return { mode: 'whole', reason: 'asked for (--split never)' }
  const isWholePattern = plan.pattern === 'main' || plan.pattern === 'script'
  if (isWholePattern && plan.symbols?.form === 'single') return { mode: 'batch', reason: `\`${plan.symbols.name}\` holds one symbol at a time` }
  const { mode, reason } = plan.split.symbols
  if (mode === 'whole') return { mode, reason }
  let compared = 0
  let wasCut = false
  for (const [at, size] of SAMPLE_SIZES.entries()) {
    const sample = sampleOf(question.kept, size)
    if (sample === null || sample.positions.length <= compared) break
    const differs = isWholePattern ? await wholeDiffers(question, sample, PART_SIZES[at]!) : await scanDiffers(question, sample)
    if (differs === true) return { mode: 'whole', reason: `a sample of ${sample.positions.length} symbols gave other rows when it was divided` }
    // A script that is cut off in the small sample would be in the large one.
    wasCut = differs === null
    if (wasCut) break
    compared = sample.positions.length
  }
  const proof = compared === 0 ? '' : `; a sample of ${compared} symbols gave the same rows together and apart`
  return { mode: 'batch', reason: `${reason}${proof}${wasCut ? '; a sample that took too long was given up' : ''}` }
}

/** Scans that trying takes where none of it is cut off: both ways of every sample. */
export function trialScans(kept: SplitQuestion['kept']): number {
  const counts = SAMPLE_SIZES.map((size) => sampleOf(kept, size)?.positions.length ?? 0)
  return 2 * counts.filter((count, at) => count > (counts[at - 1] ?? 0)).reduce((sum, count) => sum + count, 0)
}

/** A few rows of the first date that has enough of them, spread over the list; null where there is nothing to divide. */
function sampleOf(kept: SplitQuestion['kept'], size: number): { dateIndex: number; positions: number[] } | null {
  const group = kept.find(({ positions }) => positions.length >= 2)
  if (group === undefined) return null
  const count = Math.min(size, group.positions.length)
  const step = group.positions.length / count
  return { dateIndex: group.dateIndex, positions: Array.from({ length: count }, (_, i) => group.positions[Math.floor(i * step)]!) }
}

/** Per-symbol scanners keep nothing from one symbol to the next: then the order makes no difference. Null where the trial was cut off. */
async function scanDiffers({ tryBoth }: SplitQuestion, sample: { dateIndex: number; positions: number[] }): Promise<boolean | null> {
  const [forward, backward] = await tryBoth({ scans: [sample] }, { scans: [{ ...sample, positions: sample.positions.toReversed() }] })
  return difference(forward, backward)
}

async function wholeDiffers({ tryBoth, dateCount }: SplitQuestion, sample: { dateIndex: number; positions: number[] }, partSize: number): Promise<boolean | null> {
  const symbols = sample.positions.map((position) => Math.floor(position / dateCount))
  const apart = inParts(symbols, partSize).map((part) => wholeUnit(part, [sample.dateIndex]))
  return waysDiffer(tryBoth, [wholeUnit(symbols, [sample.dateIndex])], apart)
}

/** Runs two ways of going about the same rows of a script that takes them at once, and tells whether they differ; null where that was cut off. */
export async function waysDiffer(tryBoth: SplitQuestion['tryBoth'], one: Omit<WholeUnit, 'id'>[], other: Omit<WholeUnit, 'id'>[]): Promise<boolean | null> {
  const [together, apart] = await tryBoth({ wholes: one }, { wholes: other })
  // Where the whole failed there is nothing to compare; dividing then finds the symbol at fault.
  if (together.size > 0 && [...together.values()].every((text) => (JSON.parse(text) as { status: string }).status === 'failed')) return false
  return difference(together, apart)
}

/** Rows that such a script gets at once. */
export function wholeUnit(symbolIndexes: number[], dateIndexes: number[]): Omit<WholeUnit, 'id'> {
  return { kind: 'whole', symbolIndexes, dateIndexes, isDivisible: false, divisions: 0 }
}

function inParts(symbols: number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(symbols.length / size) }, (_, part) => symbols.slice(part * size, (part + 1) * size))
}

/** Whether rows differ; those that the deadline of a trial cut off say nothing, and null is given where nothing else was different. */
function difference(first: Tried, second: Tried): boolean | null {
  let isCut = first.size === 0
  for (const [position, text] of first) {
    const other = second.get(position)
    if (other === undefined || isCutOff(text) || isCutOff(other)) isCut = true
    else if (other !== text) return true
  }
  return isCut ? null : false
}

/** Whether a row, its outcome as text, was ended from outside: what that says may be chance, and is not the script's. */
export function isCutOff(text: string): boolean {
  const { status, error } = JSON.parse(text) as { status: string; error: { code: string } | null }
  return status === 'timed_out' || status === 'out_of_memory' || error?.code === 'worker_lost' || error?.code === 'worker_broke_protocol'
}
