import { mapGet } from '../../language/intrinsics.ts'
import { atob } from '../../web/base64.ts'
import { parseQuery } from '../request.ts'

/** The parameters of a page that was given out, by name: none where there is no cursor, or one that was not given out. */
export function readCursor(cursor: string | null): (name: string) => string | null {
  if (cursor === null) return () => null
  try {
    const values = parseQuery(atob(cursor))
    return (name) => mapGet(values, name) ?? null
  } catch {
    return () => null
  }
}
