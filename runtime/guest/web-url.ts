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
import { defineGlobal } from './properties.ts'

/** Puts URL and URLSearchParams on the global object; loading this file has made them already. */
export function installUrl(global: typeof globalThis): void {
  const { URL, URLSearchParams } = global
  defineGlobal(global, 'URL', URL)
  defineGlobal(global, 'URLSearchParams', URLSearchParams)
  delete (global as { '__core-js_shared__'?: unknown })['__core-js_shared__']
}
