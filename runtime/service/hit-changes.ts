import { hash } from 'node:crypto'

import type { Paced } from '../output/paced.ts'
import type { Row } from '../scan/row.ts'

/** How the hits of two runs are matched: those of one symbol and date, or those of one symbol whatever its date. */
export const COMPARED_BY = ['row', 'symbol'] as const
export type ComparedBy = (typeof COMPARED_BY)[number]

export const HIT_CHANGES = ['new', 'gone', 'changed', 'same'] as const

/** What became of a hit from one run to another. */
export interface HitChange {
  readonly kind: (typeof HIT_CHANGES)[number]
  readonly symbol: string
  /** Its row in the earlier run, hit or not; null where that run did not look at it. */
  readonly before: Row | null
  readonly after: Row | null
  /** By how much the score rose, null where one of the two has none. */
  readonly scoreMove: number | null
  /** Of a changed hit, what differs: `score`, `direction`, `strategies`, and the names of its data. */
  readonly fields: readonly string[]
}

/** Which runs are compared, by what and why, what came of it, and the changes themselves as far as they are listed. */
export interface HitComparison {
  readonly before: ComparedRun
  readonly after: ComparedRun
  readonly by: ComparedBy
  readonly reason: string
  /** Of all hits, listed or not. */
  readonly counts: Readonly<Record<HitChange['kind'], number>>
  /** New ones first, then those that are gone, then those that stayed; each the best score first. What is the same is listed by symbol only. */
  readonly changes: readonly HitChange[]
  /** False where further changes are only counted. */
  readonly isWhole: boolean
}

interface ComparedRun {
  readonly run: string
  readonly dates: number
  readonly firstDate: string | null
  readonly lastDate: string | null
}

/** A run to compare: its dates, and its rows as often as they are asked for. */
export interface ComparedSide {
  readonly run: string
  readonly dates: readonly string[]
  rows(onlyHits: boolean): Iterable<Paced<Row>>
}

/** What is listed, in groups that are sorted each by itself: of different dates, what stayed is of interest even where it is the same. */
const LISTED: Readonly<Record<ComparedBy, readonly (readonly HitChange['kind'][])[]>> = {
  row: [['new'], ['gone'], ['changed']],
  symbol: [['new'], ['gone'], ['changed', 'same']],
}

/** Characters of the rows that are listed together: data may be large, and an answer holds all of them at once. */
const MOST_CHARACTERS = 16_000_000

/**
 * How two runs are compared where nobody says: dates that both have, row by row; else by symbol, since no row of the one is
 * a row of the other.
 */
function comparedBy(wish: ComparedBy | null, before: readonly string[], after: readonly string[]): { by: ComparedBy; reason: string } {
  const several = before.length > 1 || after.length > 1
  const lastCounts = several ? '; of several dates, a symbol’s last hit counts' : ''
  if (wish === 'symbol') return { by: 'symbol', reason: `as asked for${lastCounts}` }
  if (wish === 'row') return { by: 'row', reason: 'as asked for' }
  const dates = new Set(before)
  if (before.length === 0 || after.length === 0) return { by: 'row', reason: 'one of the runs has not come to its dates' }
  if (after.some((date) => dates.has(date))) return { by: 'row', reason: several ? 'the runs have dates in common' : `both runs are of ${before[0]!}` }
  return { by: 'symbol', reason: several ? `the runs have no date in common${lastCounts}` : `the runs are of different dates, ${before[0]!} and ${after[0]!}` }
}

/** Compares the hits of two runs; it yields where others may have a turn. Lists at most `most` changes of each kind. */
export function* comparingHits(before: ComparedSide, after: ComparedSide, wish: ComparedBy | null, most: number): Generator<undefined, HitComparison> {
  const { by, reason } = comparedBy(wish, before.dates, after.dates)
  const keysByKind = yield* matching(before, after, by)
  const groups = LISTED[by]
  const listed = new Set(groups.flat().flatMap((kind) => keysByKind[kind].slice(0, most)))
  const budget = { characters: MOST_CHARACTERS }
  const rows = { before: yield* rowsOf(before, by, listed, budget), after: yield* rowsOf(after, by, listed, budget) }
  const changesOf = (kind: HitChange['kind']): HitChange[] =>
    keysByKind[kind].slice(0, most).flatMap((key) => changeOf(kind, rows.before.get(key) ?? null, rows.after.get(key) ?? null))
  const changes = groups.flatMap((kinds) => kinds.flatMap(changesOf).toSorted((one, other) => scoreOf(other) - scoreOf(one)))
  const counts = Object.fromEntries(HIT_CHANGES.map((kind) => [kind, keysByKind[kind].length])) as HitComparison['counts']
  const isWhole = changes.length === groups.flat().reduce((sum, kind) => sum + counts[kind], 0)
  return { before: described(before), after: described(after), by, reason, counts, changes, isWhole }
}

/**
 * Hits by what became of them, in the order of the run that has them. Both runs are read side by side, and what is matched is
 * forgotten but for its name: of runs in one order hardly anything waits for the other.
 */
function* matching(before: ComparedSide, after: ComparedSide, by: ComparedBy): Generator<undefined, Record<HitChange['kind'], string[]>> {
  const waiting = [new Map<string, string>(), new Map<string, string>()] as const
  const found: Record<HitChange['kind'], string[]> = { new: [], gone: [], changed: [], same: [] }
  const sides = [before, after].map((side) => subjects(side.rows(true), by)[Symbol.iterator]())
  for (let open = 2; open > 0; ) {
    open = 0
    for (const place of [0, 1] as const) {
      const step = sides[place]!.next()
      if (step.done === true) continue
      open++
      if (step.value === undefined) {
        yield
        continue
      }
      const [key, digest] = [keyOf(step.value, by), digestOf(step.value)]
      const others = waiting[1 - place]!
      const other = others.get(key)
      if (other === undefined) waiting[place].set(key, digest)
      else {
        others.delete(key)
        found[other === digest ? 'same' : 'changed'].push(key)
      }
    }
  }
  return { ...found, gone: [...waiting[0].keys()], new: [...waiting[1].keys()] }
}

/** The rows of the listed keys, hits or not, while there is room for them. */
function* rowsOf(side: ComparedSide, by: ComparedBy, listed: ReadonlySet<string>, budget: { characters: number }): Generator<undefined, Map<string, Row>> {
  const found = new Map<string, Row>()
  for (const row of subjects(side.rows(false), by)) {
    if (found.size === listed.size) break
    if (row === undefined) {
      yield
      continue
    }
    const key = keyOf(row, by)
    if (!listed.has(key)) continue
    budget.characters -= JSON.stringify(row).length
    if (budget.characters >= 0) found.set(key, row)
  }
  return found
}

/** Each row; by symbol the one that stands for it: its last hit, else its last row. A symbol's rows follow each other. */
function* subjects(rows: Iterable<Paced<Row>>, by: ComparedBy): Generator<Paced<Row>> {
  if (by === 'row') return yield* rows
  let standing: Row | null = null
  for (const row of rows) {
    if (row === undefined) yield
    else if (standing === null || standing.symbol !== row.symbol) {
      if (standing !== null) yield standing
      standing = row
    } else if (rankOf(row) > rankOf(standing)) standing = row
  }
  if (standing !== null) yield standing
}

const rankOf = ({ status, date }: Row): string => `${status === 'hit' ? 1 : 0} ${date}`
const keyOf = ({ symbol, date }: Row, by: ComparedBy): string => (by === 'symbol' ? symbol : `${symbol} ${date}`)
const digestOf = ({ score, direction, strategies, data }: Row): string => hash('sha1', JSON.stringify([score, direction, strategies, data]))

function changeOf(kind: HitChange['kind'], before: Row | null, after: Row | null): HitChange[] {
  const [old, fresh] = [before?.status === 'hit' ? before : null, after?.status === 'hit' ? after : null]
  // One whose hit found no room is only counted.
  if ((kind !== 'new' && old === null) || (kind !== 'gone' && fresh === null)) return []
  const scoreMove = old === null || fresh === null || old.score === null || fresh.score === null ? null : fresh.score - old.score
  return [{ kind, symbol: (fresh ?? old)!.symbol, before, after, scoreMove, fields: old === null || fresh === null ? [] : differences(old, fresh) }]
}

/** Score of the hit as it is now, of one that is gone as it was; those without one come last. */
function scoreOf({ kind, before, after }: HitChange): number {
  return (kind === 'gone' ? before : after)?.score ?? Number.MIN_SAFE_INTEGER
}

function differences(before: Row, after: Row): string[] {
  const own = (['score', 'direction', 'strategies'] as const).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  const [old, fresh] = [recordOf(before.data), recordOf(after.data)]
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
  return [...own, ...names.filter((name) => JSON.stringify(old[name]) !== JSON.stringify(fresh[name]))]
}

const recordOf = (data: unknown): Record<string, unknown> =>
  typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : data === null ? {} : { data }

function described({ run, dates }: ComparedSide): ComparedRun {
  const sorted = dates.toSorted()
  return { run, dates: dates.length, firstDate: sorted[0] ?? null, lastDate: sorted.at(-1) ?? null }
}
