import { StrikescanError } from '../errors/strikescan-error.ts'

/** A page of a list; `next` is the cursor of the page behind it, null at the end. */
export interface Page<Item> {
  readonly items: Item[]
  readonly next: string | null
}

export interface PageQuery {
  /** As a page before gave it; none for the first. */
  readonly cursor?: string | undefined
  readonly limit: number
}

/** The number that a cursor holds, `first` without one. @throws cursor_invalid */
export function numberOfCursor(cursor: string | undefined, first: number): number {
  if (cursor === undefined) return first
  const number = /^\d{1,15}$/.test(cursor) ? Number(cursor) : Number.NaN
  if (!Number.isSafeInteger(number)) throw invalid(cursor)
  return number
}

/** The name that a cursor holds, null without one. @throws cursor_invalid */
export function nameOfCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null
  const name = Buffer.from(cursor, 'base64url').toString('utf8')
  if (name === '' || cursorOfName(name) !== cursor) throw invalid(cursor)
  return name
}

export const cursorOfName = (name: string): string => Buffer.from(name, 'utf8').toString('base64url')

/** The page of a list of one more than its items, where there is one more. */
export function pageOf<Item>(found: readonly Item[], limit: number, cursorOf: (last: Item) => string): Page<Item> {
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? cursorOf(items.at(-1)!) : null }
}

/** The items of a page as something else. */
export function mapPage<From, To>({ items, next }: Page<From>, map: (item: From) => To): Page<To> {
  return { items: items.map(map), next }
}

function invalid(cursor: string): StrikescanError {
  return new StrikescanError('cursor_invalid', { cursor: JSON.stringify(cursor.slice(0, 40)) })
}
