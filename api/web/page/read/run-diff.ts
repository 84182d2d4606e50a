import type { Row } from '../server/types.ts'

export interface HitChange {
  readonly symbol: string
  readonly date: string
  readonly kind: 'new' | 'gone' | 'changed'
  /** The hit in the earlier run; null where there was none. */
  readonly before: Row | null
  readonly after: Row | null
  /** Names of what differs in a hit of both. */
  readonly fields: readonly string[]
}

export interface HitDiff {
  readonly changes: HitChange[]
  readonly counts: Readonly<Record<HitChange['kind'] | 'same', number>>
  /** Whether all changes are in the list; the counts are of all. */
  readonly isWhole: boolean
}

type Side = 'before' | 'after'
const keyOf = ({ symbol, date }: Row): string => `${symbol} ${date}`

/**
 * Compares the hits of two runs as they come in, in whatever order. What is the same in both is counted and forgotten, so
 * it takes as much room as the two differ, and no more than two of `most` changes.
 */
export class HitDiffer {
  readonly #waiting: Record<Side, Map<string, Row>> = { before: new Map(), after: new Map() }
  readonly #most: number
  readonly #changed: HitChange[] = []
  #changedCount = 0
  #same = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Takes a hit of one of the runs. */
  take(side: Side, row: Row): void {
    const other = side === 'before' ? 'after' : 'before'
    const key = keyOf(row)
    const match = this.#waiting[other].get(key)
    if (match === undefined) return void this.#waiting[side].set(key, row)
    this.#waiting[other].delete(key)
    const [before, after] = side === 'before' ? [row, match] : [match, row]
    const fields = differences(before, after)
    if (fields.length === 0) this.#same++
    else if (++this.#changedCount <= this.#most) {
      this.#changed.push({ symbol: row.symbol, date: row.date, kind: 'changed', before, after, fields })
    }
  }

  /** What there is once all hits of both runs were taken. */
  result(): HitDiff {
    const { before, after } = this.#waiting
    const changes: HitChange[] = []
    for (const row of after.values()) {
      if (changes.length < this.#most) {
        changes.push({ symbol: row.symbol, date: row.date, kind: 'new', before: null, after: row, fields: [] })
      }
    }
    for (const row of before.values()) {
      if (changes.length < 2 * this.#most) {
        changes.push({ symbol: row.symbol, date: row.date, kind: 'gone', before: row, after: null, fields: [] })
      }
    }
    for (const change of this.#changed) changes.push(change)
    const counts = { new: after.size, gone: before.size, changed: this.#changedCount, same: this.#same }
    return { changes, counts, isWhole: changes.length === counts.new + counts.gone + counts.changed }
  }
}

function differences(before: Row, after: Row): string[] {
  const found: string[] = []
  if (before.score !== after.score) found.push('score')
  if (before.direction !== after.direction) found.push('direction')
  if (before.strategies.join() !== after.strategies.join()) found.push('strategies')
  const [old, fresh] = [before.data, after.data].map((data) =>
    typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : { value: data },
  )
  for (const name of new Set([...Object.keys(old!), ...Object.keys(fresh!)])) {
    if (JSON.stringify(old![name]) !== JSON.stringify(fresh![name])) found.push(name)
  }
  return found
}
