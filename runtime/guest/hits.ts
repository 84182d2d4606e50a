import { JSONStringify as jsonStringify, listPush, MapConstructor, mapGet, mapSet, newList, regExpExec, stringSlice } from './intrinsics.ts'
import { isArray, mapForEach, objectKeys, sizeOfMap } from './kinds.ts'
import { faultText, outcomeText, UnacceptableValue, type Changes } from './result.ts'

/** Where scripts put the symbol of a hit, and the keys under which they nest their lists of hits. */
const SYMBOL_FIELDS = ['symbol', 'ticker', 'Symbol', 'Ticker', 'SYMBOL', 'TICKER', 'sym']
const DATE_FIELDS = ['date', 'Date', 'DATE', 'day']
const NESTED_FIELDS = ['hits', 'results', 'matches', 'signals', 'alerts', 'candidates', 'picks', 'rows', 'data']
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/
const MAX_HITS = 100_000
/** Characters of all outcomes of a run together. */
const MAX_TEXT = 8 * 1024 * 1024
const MAX_NESTING = 3

const TOO_MUCH = faultText(new UnacceptableValue('result_too_large', `the hits of the script together have more than ${MAX_TEXT} characters of data`))

const TOO_MUCH_OF_ONE = faultText(new UnacceptableValue('result_too_large', 'the hits that the script reports for this symbol are together larger than a row may be'))
/** Hits of one symbol, over all its dates, may take as much as this many rows. */
const ROWS_OF_ONE = 32

/** Hits found so far. */
export class HitCollector {
  readonly #texts: string[] = newList()
  readonly #cap: number
  readonly #changes: Changes
  readonly #mostOfOne: number
  /** Characters of the outcomes of each symbol. */
  readonly #sizes = new MapConstructor<string, number>()
  #left = MAX_TEXT
  #dropped = 0

  constructor(cap: number, changes: Changes) {
    this.#cap = cap
    this.#mostOfOne = ROWS_OF_ONE * cap
    this.#changes = changes
  }

  get count(): number {
    return this.#texts.length
  }

  /**
   * Takes the hits out of whatever a script returned, exported or printed: a list of objects with a symbol, a list of
   * symbols (only where `textsAreHits`), an object or Map by symbol or by date, or such a list under a usual name.
   * True where the value is a list of hits, also an empty one.
   */
  take(value: unknown, textsAreHits: boolean): boolean {
    return this.#take(value, textsAreHits, null, 0)
  }

  #take(value: unknown, textsAreHits: boolean, date: string | null, nesting: number): boolean {
    if (typeof value !== 'object' || value === null || nesting > MAX_NESTING) return false
    if (isArray(value)) return this.#takeList(value, textsAreHits, date, nesting)
    if (symbolOf(value) !== null) {
      this.#add(value as Record<string, unknown>, date)
      return true
    }
    if (sizeOfMap(value) !== undefined) {
      let found = false
      mapForEach(value, (entry, key) => {
        if (typeof key === 'string') found = this.#takeKeyed(key, entry, textsAreHits, nesting) || found
      })
      return found
    }
    return this.#takeObject(value as Record<string, unknown>, textsAreHits, date, nesting)
  }

  #takeList(list: unknown[], textsAreHits: boolean, date: string | null, nesting: number): boolean {
    let isList = list.length === 0
    for (let i = 0; i < list.length; i++) {
      const entry = list[i]
      if (typeof entry === 'string') {
        if (textsAreHits) {
          this.#push(entry, date, '{"status":"hit","score":null,"direction":null,"data":null,"strategies":[],"reason":null}')
          isList = true
        }
      } else if (this.#take(entry, textsAreHits, date, nesting + 1)) isList = true
    }
    return isList
  }

  #takeObject(value: Record<string, unknown>, textsAreHits: boolean, date: string | null, nesting: number): boolean {
    for (let i = 0; i < NESTED_FIELDS.length; i++) {
      const nested = value[NESTED_FIELDS[i]!]
      if (isArray(nested)) return this.#take(nested, true, dateOf(value) ?? date, nesting + 1)
    }
    const keys = objectKeys(value)
    let found = false
    for (let i = 0; i < keys.length; i++) found = this.#takeKeyed(keys[i]!, value[keys[i]!], textsAreHits, nesting) || found
    return found
  }

  #takeKeyed(key: string, entry: unknown, textsAreHits: boolean, nesting: number): boolean {
    if (isIsoDate(key)) return this.#take(entry, textsAreHits, key, nesting + 1)
    if (typeof entry !== 'object' || entry === null || isArray(entry) || !looksLikeSymbol(key)) return false
    if (symbolOf(entry) === null) this.#addNamed(key, entry as Record<string, unknown>, null)
    else this.#add(entry as Record<string, unknown>, null)
    return true
  }

  #add(hit: Record<string, unknown>, date: string | null): void {
    this.#addNamed(symbolOf(hit)!, hit, date)
  }

  #addNamed(symbol: string, hit: Record<string, unknown>, date: string | null): void {
    let outcome: string
    try {
      outcome = outcomeText(hit, false, this.#cap, this.#changes)
    } catch (error) {
      outcome = faultText(error)
    }
    this.#push(symbol, dateOf(hit) ?? date, outcome)
  }

  #push(symbol: string, date: string | null, outcome: string): void {
    if (this.#texts.length >= MAX_HITS) {
      this.#dropped++
      return
    }
    const name = jsonStringify(stringSlice(symbol, 0, 40))
    const before = mapGet(this.#sizes, name) ?? 0
    const size = before + outcome.length
    mapSet(this.#sizes, name, size)
    // A symbol that takes more than its share fails its own row, and leaves what is left to the others.
    if (size > this.#mostOfOne) {
      if (before <= this.#mostOfOne) listPush(this.#texts, `{"symbol":${name},"date":${date === null ? 'null' : jsonStringify(date)},"outcome":${TOO_MUCH_OF_ONE}}`)
      else this.#dropped++
      return
    }
    this.#left -= outcome.length
    // What is too much for all hits together fails the row instead of losing it.
    const kept = this.#left >= 0 ? outcome : TOO_MUCH
    listPush(this.#texts, `{"symbol":${name},"date":${date === null ? 'null' : jsonStringify(date)},"outcome":${kept}}`)
  }

  /** JSON `{hits: [{symbol, date, outcome}], dropped}`; `dropped` counts hits beyond the most that are kept. */
  get json(): string {
    let json = ''
    for (let i = 0; i < this.#texts.length; i++) json += (i > 0 ? ',' : '') + this.#texts[i]!
    return `{"hits":[${json}],"dropped":${this.#dropped}}`
  }
}

/** The symbol that an object names, null for one that names none. */
export function symbolOf(value: object): string | null {
  for (let i = 0; i < SYMBOL_FIELDS.length; i++) {
    const found = (value as Record<string, unknown>)[SYMBOL_FIELDS[i]!]
    if (typeof found === 'string' && found.length > 0) return found
  }
  return null
}

function dateOf(value: object): string | null {
  for (let i = 0; i < DATE_FIELDS.length; i++) {
    const found = (value as Record<string, unknown>)[DATE_FIELDS[i]!]
    if (typeof found === 'string' && found.length >= 10) {
      const day = stringSlice(found, 0, 10)
      if (isIsoDate(day)) return day
    }
  }
  return null
}

function isIsoDate(text: string): boolean {
  return text.length === 10 && regExpExec(ISO_DATE, text) !== null
}

function looksLikeSymbol(key: string): boolean {
  if (key.length > 12) return false
  for (let i = 0; i < key.length; i++) {
    const character = key[i]!
    const fits = (character >= 'A' && character <= 'Z') || (character >= '0' && character <= '9') || character === '.' || character === '-' || character === '/'
    if (!fits) return false
  }
  return key.length > 0
}

