import type { Row } from '../server/types.ts'

export interface HitChange {
  readonly symbol: string
  readonly date: string
  readonly kind: 'new' | 'gone' | 'changed'
  /** The hit in the earlier run, or what the symbol was there. */
  readonly before: Row | null
  readonly after: Row | null
  /** Names of what differs in a hit of both. */
  readonly fields: readonly string[]
}

const keyOf = ({ symbol, date }: Row): string => `${symbol} ${date}`

/** What became of hits from one run to another: new ones, those that are gone, and those that changed. Of the rows of each run, all that are known. */
export function diffHits(before: readonly Row[], after: readonly Row[]): { changes: HitChange[]; same: number } {
  const [old, fresh] = [new Map(before.map((row) => [keyOf(row), row])), new Map(after.map((row) => [keyOf(row), row]))]
  const changes: HitChange[] = []
  let same = 0
  for (const [key, row] of fresh) {
    if (row.status !== 'hit') continue
    const earlier = old.get(key) ?? null
    const fields = earlier?.status === 'hit' ? differences(earlier, row) : []
    const kind = earlier?.status !== 'hit' ? 'new' : fields.length > 0 ? 'changed' : null
    if (kind === null) same++
    else changes.push({ symbol: row.symbol, date: row.date, kind, before: earlier, after: row, fields })
  }
  for (const [key, row] of old) {
    const later = fresh.get(key) ?? null
    if (row.status === 'hit' && later?.status !== 'hit') changes.push({ symbol: row.symbol, date: row.date, kind: 'gone', before: row, after: later, fields: [] })
  }
  return { changes, same }
}

function differences(before: Row, after: Row): string[] {
  const found: string[] = []
  if (before.score !== after.score) found.push('score')
  if (before.direction !== after.direction) found.push('direction')
  if (before.strategies.join() !== after.strategies.join()) found.push('strategies')
  const [old, fresh] = [before.data, after.data].map((data) => (typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : { value: data }))
  for (const name of new Set([...Object.keys(old!), ...Object.keys(fresh!)])) if (JSON.stringify(old![name]) !== JSON.stringify(fresh![name])) found.push(name)
  return found
}
