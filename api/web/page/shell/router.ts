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
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2)
  return { parts: path.split('/').filter((part) => part !== '').map(decodeURIComponent), query: new URLSearchParams(query) }
}

/** The address of a place: `to('runs', id)` is `#/runs/…`. */
export const to = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join('/')}`

export function go(address: string): void {
  location.hash = address
}
