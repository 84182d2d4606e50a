import { signal } from '@preact/signals'

/** Where the page is: the parts of the address behind `#/`, and what stands behind `?`. */
export interface Place {
  readonly parts: readonly string[]
  readonly query: URLSearchParams
}

export const place = signal<Place>(read())

addEventListener('hashchange', () => {
  place.value = read()
  // A new page begins at its top, and for screen readers at its heading.
  scrollTo(0, 0)
})

function read(): Place {
  const [, path = '', query = ''] = /^#?\/?([^?]*)\??(.*)$/s.exec(location.hash) ?? []
  return {
    parts: path
      .split('/')
      .filter((part) => part !== '')
      .map(decoded),
    query: new URLSearchParams(query),
  }
}

/** What somebody typed by hand may be no encoding at all. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The address of a place: `to('runs', id)` is `#/runs/…`. */
export const to = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join('/')}`

export function go(address: string): void {
  location.hash = address
}
