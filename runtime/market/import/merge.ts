import { emptyBlock, headOfBlock, type SymbolBlock } from '../block.ts'
import { FIRST_VALID_DAY } from '../sessions.ts'
import type { ConflictOutcome } from './report.ts'

/** What merging the rows of one symbol came to; see `ImportReport` for the counts. */
export interface MergeTally {
  duplicates: number
  conflicts: number
  conflictsInFiles: number
  added: number
  replaced: number
  unchanged: number
  conflictingKept: number
}

type Columns = SymbolBlock

/** A bar where it lies: the row of a block. */
export interface BarPlace {
  readonly bars: SymbolBlock
  readonly row: number
}

/** Told of days with differing bars: of the bar that stands and of the first that does not. */
export type ConflictListener = (outcome: ConflictOutcome, kept: BarPlace, dropped: BarPlace) => void

/** More rows than one symbol can have; days times this stay exact integers. */
const ROWS_PER_KEY = 2 ** 32

/**
 * One bar per day from rows in any order.
 *
 * Where rows of a day differ, the one with the greatest volume stands, then the greatest close, open, high, low: a rule
 * that knows no order of rows or files. A later recording of a day has more of its volume, so it tends to win.
 */
export function oneBarPerDay(rows: SymbolBlock, tally: MergeTally, onConflict: ConflictListener): SymbolBlock {
  if (rises(rows.day)) return rows
  const order = orderByDay(rows.day)
  const result = emptyBlock(rows.day.length)
  let length = 0
  for (let start = 0; start < order.length; ) {
    let best = order[start]!
    let end = start + 1
    while (end < order.length && rows.day[order[end]!] === rows.day[best]) {
      if (rank(rows, order[end]!, rows, best) > 0) best = order[end]!
      end++
    }
    let conflicts = 0
    for (let other = start; other < end; other++) {
      if (rank(rows, order[other]!, rows, best) === 0) continue
      if (conflicts++ === 0) onConflict('within_files', { bars: rows, row: best }, { bars: rows, row: order[other]! })
    }
    tally.conflicts += conflicts
    tally.conflictsInFiles += conflicts
    tally.duplicates += end - start - 1
    copyBar(rows, best, result, length++)
    start = end
  }
  return headOfBlock(result, length)
}

/**
 * The bars of a symbol after an import: those the store had and those that came, both with rising days. On a day that
 * both have, the bar of higher rank stands (see `oneBarPerDay`), or always the new one with `replace`.
 */
export function mergeBars(stored: SymbolBlock, fresh: SymbolBlock, replace: boolean, tally: MergeTally, onConflict: ConflictListener): SymbolBlock {
  if (stored.day.length === 0) {
    tally.added += fresh.day.length
    return fresh
  }
  const result = emptyBlock(stored.day.length + fresh.day.length)
  let length = 0
  let old = 0
  let bar = 0
  while (old < stored.day.length || bar < fresh.day.length) {
    const oldDay = old < stored.day.length ? stored.day[old]! : Infinity
    const newDay = bar < fresh.day.length ? fresh.day[bar]! : Infinity
    if (oldDay < newDay) copyBar(stored, old++, result, length++)
    else if (newDay < oldDay) {
      tally.added++
      copyBar(fresh, bar++, result, length++)
    } else {
      const ranking = rank(fresh, bar, stored, old)
      const takeNew = ranking > 0 || (replace && ranking !== 0)
      if (ranking === 0) tally.unchanged++
      else {
        const [before, now] = [{ bars: stored, row: old }, { bars: fresh, row: bar }]
        tally.conflicts++
        if (takeNew) tally.replaced++
        else tally.conflictingKept++
        if (takeNew) onConflict('stored_replaced', now, before)
        else onConflict('stored_kept', before, now)
      }
      copyBar(takeNew ? fresh : stored, takeNew ? bar : old, result, length++)
      old++
      bar++
    }
  }
  return headOfBlock(result, length)
}

/** Above 0 where bar `a` outranks bar `b`, 0 where they are equal. */
function rank(left: Columns, a: number, right: Columns, b: number): number {
  return (
    left.volume[a]! - right.volume[b]! ||
    left.close[a]! - right.close[b]! ||
    left.open[a]! - right.open[b]! ||
    left.high[a]! - right.high[b]! ||
    left.low[a]! - right.low[b]!
  )
}

/** Row numbers by day, rows of a day in their order. Day and row share one number, since numbers sort many times faster without a comparison function. */
function orderByDay(day: Int32Array): Uint32Array {
  const keys = new Float64Array(day.length)
  for (let row = 0; row < day.length; row++) keys[row] = (day[row]! - FIRST_VALID_DAY) * ROWS_PER_KEY + row
  keys.sort()
  const order = new Uint32Array(day.length)
  for (let place = 0; place < day.length; place++) order[place] = keys[place]! % ROWS_PER_KEY
  return order
}

function rises(day: Int32Array): boolean {
  for (let bar = 1; bar < day.length; bar++) if (day[bar]! <= day[bar - 1]!) return false
  return true
}

function copyBar(from: Columns, source: number, to: Columns, target: number): void {
  to.day[target] = from.day[source]!
  to.open[target] = from.open[source]!
  to.high[target] = from.high[source]!
  to.low[target] = from.low[source]!
  to.close[target] = from.close[source]!
  to.volume[target] = from.volume[source]!
}
