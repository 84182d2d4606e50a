// URL parsing with its host names, percent-encoding and IPv6 is long to get right, so core-js does it: about 50 KB
// minified, loaded only for scripts that name URL. It keeps the built-ins it uses from its own loading on.
import 'core-js/modules/web.url.js'
import 'core-js/modules/web.url.can-parse.js'
import 'core-js/modules/web.url.parse.js'
import 'core-js/modules/web.url.to-json.js'
import 'core-js/modules/web.url-search-params.js'
import 'core-js/modules/web.url-search-params.delete.js'
import 'core-js/modules/web.url-search-params.has.js'
import 'core-js/modules/web.url-search-params.size.js'
import { TypeErrorConstructor } from '../language/intrinsics.ts'
import { defineGlobal, defineHidden, defineVisible } from '../language/properties.ts'
import { showFields, showPairs } from './shown.ts'

/** Puts URL and URLSearchParams on the global object; loading this file has made them already. */
export function installUrl(global: typeof globalThis): void {
  const { URL: Original, URLSearchParams } = global
  class URL extends Original {
    constructor(url: string, base?: string) {
      try {
        super(url, base)
      } catch (error) {
        throw error instanceof TypeErrorConstructor ? invalidUrl(url, base) : error
      }
    }
    static override parse(url: string, base?: string): URL | null {
      return Original.canParse(url, base) ? new URL(url, base) : null
    }
  }
  defineHidden(URL, 'name', 'URL')
  defineGlobal(global, 'URL', URL)
  defineGlobal(global, 'URLSearchParams', URLSearchParams)
  showFields(URL, 'URL', ({ href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash }) => ({ href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash }))
  showPairs(URLSearchParams, 'URLSearchParams', (pairs, visit) => pairs.forEach((value, key) => visit(key, value)))
  delete (global as { '__core-js_shared__'?: unknown })['__core-js_shared__']
}

/** The error by which Node refuses an address. */
function invalidUrl(input: unknown, base: unknown): Error {
  const error = new TypeErrorConstructor('Invalid URL')
  defineVisible(error, 'code', 'ERR_INVALID_URL')
  defineVisible(error, 'input', `${input as string}`)
  if (base !== undefined) defineVisible(error, 'base', `${base as string}`)
  return error
}
