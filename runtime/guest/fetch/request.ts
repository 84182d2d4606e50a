import {
  listPush,
  MapConstructor,
  mapGet,
  mapHas,
  mapSet,
  newList,
  stringIndexOf,
  stringLastIndexOf,
  stringSlice,
  stringStartsWith,
  stringToLowerCase,
  stringTrim,
} from '../language/intrinsics.ts'
import { percentDecode, splitText } from '../language/text.ts'
import type { ApiRequest } from './types.ts'

/** The parameters of a query string or form body; the first value of a repeated name counts. */
export function parseQuery(text: string): Map<string, string> {
  const values = new MapConstructor<string, string>()
  if (text === '') return values
  const parts = splitText(text, '&')
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as string
    const equals = stringIndexOf(part, '=')
    const name = percentDecode(equals === -1 ? part : stringSlice(part, 0, equals), true)
    if (part !== '' && !mapHas(values, name)) mapSet(values, name, equals === -1 ? '' : percentDecode(stringSlice(part, equals + 1), true))
  }
  return values
}

/** An absolute http or https URL with method and body as a request, null where the text is no such URL. */
export function parseRequest(method: string, text: string, body: string, now: number): ApiRequest | null {
  const trimmed = stringTrim(text)
  const authorityAt = placeOfAuthority(trimmed)
  if (authorityAt === -1) return null
  const hash = stringIndexOf(trimmed, '#')
  const url = hash === -1 ? trimmed : stringSlice(trimmed, 0, hash)
  const question = stringIndexOf(url, '?')
  const pathEnd = question === -1 ? url.length : question
  const slash = stringIndexOf(url, '/', authorityAt)
  const authorityEnd = slash === -1 || slash > pathEnd ? pathEnd : slash
  let host = stringSlice(url, authorityAt, authorityEnd)
  const at = stringLastIndexOf(host, '@')
  if (at !== -1) host = stringSlice(host, at + 1)
  const colon = stringIndexOf(host, ':')
  if (colon !== -1) host = stringSlice(host, 0, colon)
  if (host === '') return null

  const path = stringSlice(url, authorityEnd, pathEnd)
  const segments = segmentsOf(path)
  const values = queryOf(question === -1 ? '' : stringSlice(url, question + 1))
  return {
    method,
    host: stringToLowerCase(host),
    segments,
    path: path === '' ? '/' : path,
    query: (name) => mapGet(values, name) ?? null,
    body,
    url,
    now,
  }
}

function placeOfAuthority(text: string): number {
  if (stringStartsWith(text, 'https://')) return 8
  const start = stringToLowerCase(stringSlice(text, 0, 8))
  return start === 'https://' ? 8 : stringStartsWith(start, 'http://') ? 7 : -1
}

function segmentsOf(path: string): string[] {
  const segments = newList<string>()
  const isEncoded = stringIndexOf(path, '%') !== -1
  let start = 0
  while (start < path.length) {
    const slash = stringIndexOf(path, '/', start)
    const end = slash === -1 ? path.length : slash
    if (end > start) listPush(segments, isEncoded ? percentDecode(stringSlice(path, start, end)) : stringSlice(path, start, end))
    start = end + 1
  }
  return segments
}

/** Scripts ask for one thing after another with the same parameters: those of the request before are kept. Nobody changes them. */
let lastQuery = ''
let lastValues = parseQuery('')

function queryOf(text: string): Map<string, string> {
  if (text === lastQuery) return lastValues
  lastValues = parseQuery(text)
  lastQuery = text
  return lastValues
}

/** True where the request's path is the pattern, in which `*` stands for any one part. */
export function pathIs(request: ApiRequest, pattern: readonly string[]): boolean {
  if (request.segments.length !== pattern.length) return false
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] !== '*' && pattern[i] !== request.segments[i]) return false
  }
  return true
}
