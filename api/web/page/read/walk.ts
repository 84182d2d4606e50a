import { signal } from '@preact/signals'

import type { Row } from '../server/types.ts'

/** The rows that somebody walks through one by one, in the order in which they stood in the table. */
interface Walk {
  readonly runId: string
  /** The view whose table it was. */
  readonly view: string
  readonly rows: readonly Pick<Row, 'symbol' | 'date'>[]
}

const walk = signal<Walk | null>(null)

export function walkThrough(runId: string, view: string, rows: Walk['rows']): void {
  walk.value = { runId, view, rows }
}

/** Where a row stands among those that are walked through, and its neighbours; null where it was opened in another way. */
export function stepsFrom(
  runId: string,
  symbol: string,
  date: string | null,
): { view: string; place: number; count: number; before: Walk['rows'][number] | null; after: Walk['rows'][number] | null } | null {
  const current = walk.value
  if (current === null || current.runId !== runId) return null
  const { rows, view } = current
  const place = rows.findIndex((row) => row.symbol === symbol && (date === null || row.date === date))
  return place < 0 ? null : { view, place, count: rows.length, before: rows[place - 1] ?? null, after: rows[place + 1] ?? null }
}
