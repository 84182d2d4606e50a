/* {"tries": "Replaces all that requests are made of, and then makes some.", "quick": true} */
const { apply } = Reflect
const refuse = function () { throw new Error('poisoned') }
const read = fetch
const json = Response.prototype.json
for (const kind of [Headers, Request, URL, URLSearchParams, TextDecoder, TextEncoder]) for (const name of Object.getOwnPropertyNames(kind.prototype)) if (name !== 'constructor') try { Object.defineProperty(kind.prototype, name, { configurable: true, get: refuse }) } catch {}
for (const name of ['slice', 'split', 'replace', 'indexOf', 'charCodeAt', 'trim', 'startsWith', 'includes', 'toLowerCase', 'match', 'toUpperCase']) String.prototype[name] = refuse
RegExp.prototype.exec = RegExp.prototype.test = JSON.parse = JSON.stringify = Number.parseFloat = refuse
globalThis.URL = globalThis.Headers = globalThis.Request = globalThis.parseInt = globalThis.decodeURIComponent = refuse
const hits = []
export async function main(symbols) {
  for (const symbol of symbols) {
    const { results } = await apply(json, await read(`https://api.polygon.io/v2/aggs/ticker/${symbol}/range/1/day/2000-01-01/2026-11-20?limit=50000&apiKey=k`), [])
    let sum = 0
    for (let i = 0; i < results.length; i++) sum += results[i].c
    hits[hits.length] = { symbol, score: results[results.length - 1].c, data: { n: results.length, mean: sum / results.length } }
  }
  return hits
}
