import { JSONParse, JSONStringify as jsonStringify, listPush, MapConstructor, mapGet, mapSet, newList, regExpExec, setAdd, SetConstructor, setHas, stringSlice } from '../language/intrinsics.ts'
import { isArray, mapForEach, objectKeys, sizeOfMap, sizeOfSet } from '../language/kinds.ts'
import { saysFailure } from './failure.ts'
import { faultText } from '../outcome/fault.ts'
import { dateGiven, dayOf, symbolOf } from './identity.ts'
import { kindName, UnacceptableValue, type Changes } from '../outcome/plain-json.ts'
import { isGenerator, MAX_VALUES, valuesOf } from '../outcome/generators.ts'
import { outcomeText } from '../outcome/result.ts'
import type { Named } from './shown-part.ts'

/** The keys under which scripts nest their lists of hits. */
const NESTED_FIELDS = ['hits', 'results', 'matches', 'signals', 'alerts', 'candidates', 'picks', 'rows', 'data']
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/
/** Some markets name their symbols by digits alone. */
const LETTERS_OR_CODE = /[A-Za-z]|^\s*\d+\s*$/
const FIGURE = /^\s*[-+~$]?\d[\d,]*\.\d/
const MAX_HITS = MAX_VALUES
/** Characters of all outcomes of a run together. */
const MAX_TEXT = 8 * 1024 * 1024
const MAX_NESTING = 3

const TOO_MUCH = faultText(new UnacceptableValue('result_too_large', `the hits of the script together have more than ${MAX_TEXT} characters of data`))

const TOO_MUCH_OF_ONE = faultText(new UnacceptableValue('result_too_large', 'the hits that the script reports for this symbol are together larger than a row may be'))
const FAILURES_NO_HITS = 'objects that name a symbol and an error, and nothing else, are no hits, also where they stand among hits'
/** Hits of one symbol, over all its dates, may take as much as this many rows. */
const ROWS_OF_ONE = 32

/** A value that a script showed; `textsAreHits` where a list of symbols alone counts. */
export interface Shown {
  value: unknown
  textsAreHits: boolean
}

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
  #hasList = false
  /** Of several values that are one answer together: the number of the one being taken, from 1, and what they have shown so far. */
  #table = 0
  readonly #shown = new SetConstructor<string>()

  constructor(cap: number, changes: Changes) {
    this.#cap = cap
    this.#mostOfOne = ROWS_OF_ONE * cap
    this.#changes = changes
  }

  get count(): number {
    return this.#texts.length
  }

  /** Whether anything was a list of hits, if an empty one. */
  get hasList(): boolean {
    return this.#hasList
  }

  /** Whose the hits are, in order. */
  get named(): Named[] {
    return (JSONParse(this.json) as { hits: Named[] }).hits
  }

  /**
   * Takes the hits out of whatever a script returned, exported or printed: a list of objects with a symbol, a list of
   * symbols (only where `textsAreHits`), an object or Map by symbol or by date, or such a list under a usual name.
   * True where the value is a list of hits, also an empty one.
   */
  take(value: unknown, textsAreHits: boolean): boolean {
    const isList = this.#take(gone(value), textsAreHits, null, 0)
    this.#hasList ||= isList
    return isList
  }

  /** Takes the hits of tables, printed lists or files that are one answer together, as one for each date or group: what two of them show alike is one hit. */
  takeTogether(shown: readonly Shown[]): void {
    for (let i = 0; i < shown.length; i++) {
      this.#table = i + 1
      try {
        this.take(shown[i]!.value, shown[i]!.textsAreHits)
      } catch {
        // A value that throws while it is looked at is not a list of hits.
      }
    }
    this.#table = 0
  }

  #take(value: unknown, textsAreHits: boolean, date: string | null, nesting: number): boolean {
    if (typeof value !== 'object' || value === null || nesting > MAX_NESTING) return false
    if (isArray(value)) return this.#takeList(value, textsAreHits, date, nesting)
    if (symbolOf(value) !== null) {
      if (saysFailure(value)) return false
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
    let failures = 0
    for (let i = 0; i < list.length; i++) {
      const entry = list[i]
      if (typeof entry === 'string') {
        if (textsAreHits) {
          if (!namesNothing(entry)) this.#push(entry, date, '{"status":"hit","score":null,"direction":null,"data":null,"strategies":[],"reason":null}')
          isList = true
        }
      } else if (this.#take(entry, textsAreHits, date, nesting + 1)) isList = true
      else if (typeof entry === 'object' && entry !== null && !isArray(entry) && symbolOf(entry) !== null) failures++
    }
    // A list of nothing else is one of problems.
    if (isList && failures > 0) this.#changes.note?.('failures_no_hits', FAILURES_NO_HITS)
    return isList
  }

  #takeObject(value: Record<string, unknown>, textsAreHits: boolean, date: string | null, nesting: number): boolean {
    for (let i = 0; i < NESTED_FIELDS.length; i++) {
      const nested = value[NESTED_FIELDS[i]!]
      if (isArray(nested) || holdsSeveral(nested)) return this.#take(gone(nested), true, dayOf(dateGiven(value)) ?? date, nesting + 1)
    }
    const keys = objectKeys(value)
    let found = false
    for (let i = 0; i < keys.length; i++) found = this.#takeKeyed(keys[i]!, value[keys[i]!], textsAreHits, nesting) || found
    return found
  }

  #takeKeyed(key: string, entry: unknown, textsAreHits: boolean, nesting: number): boolean {
    if (isIsoDate(key)) return this.#take(entry, textsAreHits, key, nesting + 1)
    if (typeof entry !== 'object' || entry === null || isArray(entry) || !looksLikeSymbol(key) || saysFailure(entry)) return false
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
    this.#push(symbol, this.#dateOf(hit) ?? date, outcome)
  }

  #dateOf(hit: object): string | null {
    const given = dateGiven(hit)
    const day = dayOf(given)
    if (day === null && given !== undefined) {
      this.#changes.note?.('date_unread', `hits whose date cannot be read, such as ${shownDate(given)}, count for the last date of the run`)
    }
    return day
  }

  #push(symbol: string, date: string | null, outcome: string): void {
    if (this.#table > 0) {
      const shown = `${symbol} ${date} ${outcome}`
      if (setHas(this.#shown, shown)) return
      setAdd(this.#shown, shown)
    }
    if (this.#texts.length >= MAX_HITS) {
      this.#dropped++
      return
    }
    const name = jsonStringify(stringSlice(symbol, 0, 40))
    const start = `{"symbol":${name},"date":${date === null ? 'null' : jsonStringify(date)}${this.#table > 0 ? `,"table":${this.#table}` : ''},"outcome":`
    const before = mapGet(this.#sizes, name) ?? 0
    const size = before + outcome.length
    mapSet(this.#sizes, name, size)
    // A symbol that takes more than its share fails its own row, and leaves what is left to the others.
    if (size > this.#mostOfOne) {
      if (before <= this.#mostOfOne) listPush(this.#texts, `${start}${TOO_MUCH_OF_ONE}}`)
      else this.#dropped++
      return
    }
    this.#left -= outcome.length
    // What is too much for all hits together fails the row instead of losing it.
    const kept = this.#left >= 0 ? outcome : TOO_MUCH
    listPush(this.#texts, `${start}${kept}}`)
  }

  /** JSON `{hits: [{symbol, date, table?, outcome}], dropped}`; `table` counts the values of one answer that is several, `dropped` hits beyond the most that are kept. */
  get json(): string {
    let json = ''
    for (let i = 0; i < this.#texts.length; i++) json += (i > 0 ? ',' : '') + this.#texts[i]!
    return `{"hits":[${json}],"dropped":${this.#dropped}}`
  }
}

/** Whether a text is no symbol of any market: a figure, as `1.00%` and `-3.2`, a date, or signs alone. */
function namesNothing(text: string): boolean {
  return regExpExec(LETTERS_OR_CODE, text) === null || regExpExec(FIGURE, text) !== null
}

/** What a Set holds, and what a generator gives, as a list. */
function gone(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isArray(value) || sizeOfMap(value) !== undefined) return value
  return sizeOfSet(value) !== undefined || isGenerator(value) ? valuesOf(value) : value
}

const holdsSeveral = (value: unknown): boolean => typeof value === 'object' && value !== null && (sizeOfMap(value) !== undefined || sizeOfSet(value) !== undefined)

const shownDate = (given: unknown): string => (typeof given === 'string' ? jsonStringify(stringSlice(given, 0, 40)) : typeof given === 'number' ? `${given}` : kindName(given))

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

