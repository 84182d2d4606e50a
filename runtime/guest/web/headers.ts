import {
  ArrayPrototype,
  arraySort,
  listFromIterable,
  listPush,
  makeArray,
  MapConstructor,
  mapDelete,
  mapForEach,
  mapGet,
  mapHas,
  mapSet,
  newList,
  ReflectApply,
  ReflectOwnKeys,
  stringCharCodeAt,
  stringIncludes,
  stringSlice,
  stringToLowerCase,
  SymbolIterator,
  SymbolToStringTag,
  TypeErrorConstructor,
} from '../language/intrinsics.ts'
import { defineHidden, defineVisible } from '../language/properties.ts'
import { showFields } from './shown.ts'

const arrayValues = ArrayPrototype.values
const MOST_HEADERS = 1_000

let readAll: (headers: Headers) => Map<string, string>
let isHeaders: (value: unknown) => value is Headers

/** The web's Headers: names in lower case, several values joined by `, `. */
export class Headers {
  readonly #values = new MapConstructor<string, string>()

  constructor(init?: unknown) {
    if (init === undefined || init === null) return
    if (typeof init !== 'object') throw new TypeErrorConstructor('Headers: the argument must be an object or a list of pairs')
    if (isHeaders(init)) {
      mapForEach(init.#values, (value, name) => mapSet(this.#values, name, value))
    } else if (typeof (init as Partial<Iterable<unknown>>)[SymbolIterator] === 'function') {
      const pairs = listFromIterable(init, MOST_HEADERS)
      for (let i = 0; i < pairs.length; i++) {
        const pair = listFromIterable(pairs[i], 3)
        if (pair.length !== 2) throw new TypeErrorConstructor('Headers: each pair must have a name and a value')
        append(this.#values, pair[0], pair[1])
      }
    } else {
      const keys = ReflectOwnKeys(init)
      for (let i = 0; i < keys.length; i++) append(this.#values, keys[i], (init as Record<PropertyKey, unknown>)[keys[i] as string])
    }
  }
  static {
    readAll = (headers) => headers.#values
    isHeaders = (value): value is Headers => typeof value === 'object' && value !== null && #values in value
  }
  get(name: unknown): string | null {
    return mapGet(this.#values, headerName(name)) ?? null
  }
  has(name: unknown): boolean {
    return mapHas(this.#values, headerName(name))
  }
  set(name: unknown, value: unknown): void {
    mapSet(this.#values, headerName(name), headerValue(value))
  }
  append(name: unknown, value: unknown): void {
    append(this.#values, name, value)
  }
  delete(name: unknown): void {
    mapDelete(this.#values, headerName(name))
  }
  getSetCookie(): string[] {
    const value = mapGet(this.#values, 'set-cookie')
    return value === undefined ? [] : [value]
  }
  forEach(callback: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    const names = sortedNames(this.#values)
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string
      ReflectApply(callback, self, [mapGet(this.#values, name) as string, name, this])
    }
  }
  keys(): ArrayIterator<string> {
    const names = sortedNames(this.#values)
    return iterate(names.length, (i) => names[i] as string)
  }
  values(): ArrayIterator<string> {
    const names = sortedNames(this.#values)
    return iterate(names.length, (i) => mapGet(this.#values, names[i] as string) as string)
  }
  entries(): ArrayIterator<[string, string]> {
    const names = sortedNames(this.#values)
    return iterate(names.length, (i): [string, string] => [names[i] as string, mapGet(this.#values, names[i] as string) as string])
  }
}
defineHidden(Headers.prototype, SymbolIterator, Headers.prototype.entries)
defineHidden(Headers.prototype, SymbolToStringTag, 'Headers')
showFields(Headers, 'Headers', (headers) => {
  const fields = {}
  headers.forEach((value, name) => defineVisible(fields, name, value))
  return fields
})

/** A header's value whatever the script did to `Headers.prototype`; null where it is not set. Names in lower case. */
export function readHeader(headers: Headers, name: string): string | null {
  return mapGet(readAll(headers), name) ?? null
}

function iterate<T>(length: number, makeItem: (index: number) => T): ArrayIterator<T> {
  return ReflectApply(arrayValues, makeArray(length, makeItem), []) as ArrayIterator<T>
}

function append(values: Map<string, string>, name: unknown, value: unknown): void {
  const key = headerName(name)
  const known = mapGet(values, key)
  const text = headerValue(value)
  mapSet(values, key, known === undefined ? text : `${known}, ${text}`)
}

function sortedNames(values: Map<string, string>): string[] {
  const names = newList<string>()
  mapForEach(values, (_, name) => listPush(names, name))
  return arraySort(names, (a, b) => (a < b ? -1 : 1))
}

function headerName(name: unknown): string {
  const text = `${name as string}`
  let isToken = text !== ''
  for (let i = 0; i < text.length; i++) {
    const code = stringCharCodeAt(text, i)
    if (code <= 32 || code >= 127 || stringIncludes('"(),/:;<=>?@[\\]{}', text[i] as string)) isToken = false
  }
  if (!isToken) throw new TypeErrorConstructor(`Headers: ${text === '' ? 'the empty name' : `'${stringSlice(text, 0, 100)}'`} is not a header name`)
  return stringToLowerCase(text)
}

function headerValue(value: unknown): string {
  const text = `${value as string}`
  let start = 0
  let end = text.length
  while (start < end && isSpace(stringCharCodeAt(text, start))) start++
  while (end > start && isSpace(stringCharCodeAt(text, end - 1))) end--
  for (let i = start; i < end; i++) {
    const code = stringCharCodeAt(text, i)
    if (code === 0 || code === 10 || code === 13 || code > 255) {
      throw new TypeErrorConstructor('Headers: a value holds a sign that no header may hold')
    }
  }
  return stringSlice(text, start, end)
}

const isSpace = (code: number) => code === 9 || code === 10 || code === 13 || code === 32
