import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

/** A place in a bundle of this program, as `api/cli/bundle.js` makes it. */
const BUNDLED_PLACE = /file:\/\/[^\s()]*\/cli-[0-9a-f]{16}\/[^\s():]+\.mjs:\d+:\d+/g

/**
 * The stack with the places of the sources in it. Node could do this by itself, at the price of reading every map at every
 * start; here a map is read when something has gone wrong.
 */
export function withSourcePlaces(stack: string): string {
  const maps = new Map<string, SourceMap | null>()
  return stack.replace(BUNDLED_PLACE, (place) => {
    const [, url = '', line = '', column = ''] = /^(.*):(\d+):(\d+)$/.exec(place) ?? []
    if (!maps.has(url)) maps.set(url, readMap(url))
    const origin = maps.get(url)?.findOrigin(Number(line), Number(column))
    return origin !== undefined && 'fileName' in origin ? `${new URL(origin.fileName, url).href}:${origin.lineNumber}:${origin.columnNumber}` : place
  })
}

function readMap(url: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')))
  } catch {
    return null
  }
}
