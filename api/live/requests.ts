import { StrikescanError } from '../../runtime/host.ts'

const MOST_EVENTS = 10_000

/**
 * The number after which events are wanted, from the query's `after`; 0 where it is left out.
 * @param last the number of the run's last event
 * @throws after_invalid, after_beyond_end
 */
export function readAfter(value: unknown, runId: string, last: number, name = 'after'): number {
  if (value === undefined) return 0
  const after = wholeNumber(value)
  if (after === null) throw new StrikescanError('after_invalid', { name, value: shown(value) })
  if (after > last) throw new StrikescanError('after_beyond_end', { name, value: after, run: runId, last })
  return after
}

/** The most events wanted in one answer, null where it is left out. @throws events_limit_invalid */
export function readLimit(value: unknown): number | null {
  if (value === undefined) return null
  const limit = wholeNumber(value)
  if (limit === null || limit < 1 || limit > MOST_EVENTS) throw new StrikescanError('events_limit_invalid', { value: shown(value), most: MOST_EVENTS })
  return limit
}

/** Numbers too, for an app whose schemas have read the query already. */
function wholeNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null
  if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) return null
  return Number(value)
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === '' ? 'empty' : text.length > 40 ? `${text.slice(0, 40)}…` : text
}
