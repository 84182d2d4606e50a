import type { Driver } from './driver.ts'
import { listPush, newList, stringSlice } from './intrinsics.ts'
import { isArray } from './kinds.ts'
import type { Written } from './written.ts'

/** Rows of all tables together that are kept to be looked at; as many as hits are. */
const MAX_TABLE_ROWS = 100_000
const MAX_LISTS = 100

/** A top-level name whose value may be a script's list of hits; see runtime/isolate/hit-places.ts. */
export interface HitPlace {
  name: string
  isNamed: boolean
  isGathered: boolean
}

/** Looks for the hits of a script that did not return them; the first place that has any is the one that counts. */
export class HitSearch {
  readonly #driver: Driver
  readonly #written: Written
  readonly #note: (code: string, text: string) => void
  readonly #tables: unknown[] = newList()
  #tableRows = 0
  readonly #lists: unknown[] = []
  #hasEmptyList = false

  constructor(driver: Driver, written: Written, note: (code: string, text: string) => void) {
    this.#driver = driver
    this.#written = written
    this.#note = note
  }

  /** Forgets what was found before. */
  restart(): void {
    this.#tables.length = 0
    this.#tableRows = 0
    this.#lists.length = 0
    this.#hasEmptyList = false
  }

  /** A table that was printed; of a list, which may be used again for the next table, the rows as they are now. */
  table(table: unknown, isList: boolean): void {
    const count = isList ? (table as unknown[]).length : 1
    this.#tableRows += count
    if (this.#tableRows > MAX_TABLE_ROWS) return
    const rows = isList ? newList<unknown>() : table
    for (let i = 0; isList && i < count; i++) listPush(rows as unknown[], (table as unknown[])[i])
    listPush(this.#tables, rows)
  }

  /** A list that was logged; of many, the last are kept. */
  list(list: unknown[]): void {
    if (this.#lists.length === MAX_LISTS) this.#lists.length = 0
    this.#lists[this.#lists.length] = list
  }

  /** A top-level value; `isNamed` where a list of symbols alone counts, `isGathered` where the script adds to it. */
  binding(value: unknown, isNamed: boolean, isGathered: boolean): void {
    this.#driver.offer(value, isNamed)
    if (isNamed && isGathered && isArray(value) && value.length === 0) this.#hasEmptyList = true
  }

  /** Top-level values of a file that ran as one function. */
  bindings(places: readonly HitPlace[], values: Record<string, unknown>): void {
    for (let i = 0; i < places.length; i++) this.binding(values[places[i]!.name], places[i]!.isNamed, places[i]!.isGathered)
  }

  /** Tables, JSON and logged lists, of which the last is most likely what came out, unless the script's own list of hits is there and empty: what it prints then is something else. */
  printed(): void {
    if (this.#hasEmptyList) this.#driver.settleHits()
    if (this.#tableRows > MAX_TABLE_ROWS) this.#note('hits_dropped', 'hits beyond the most that a script may report')
    this.#driver.offerTables(this.#tables)
    this.#written.eachFileValue((value, path) => this.#driver.offer(value, isHitFile(path)))
    this.#written.eachPrintedValue((value) => this.#driver.offer(value, false))
    for (let i = this.#lists.length - 1; i >= 0; i--) this.#driver.offer(this.#lists[i], false)
  }
}

/** A list of symbols alone is one of hits only in a file that is called so. */
function isHitFile(path: string): boolean {
  const names = ['/hits', '/results', '/matches', '/signals', '/alerts', '/candidates', '/picks', '/winners']
  for (let i = 0; i < names.length; i++) if (stringSlice(path, 0, names[i]!.length) === names[i]) return true
  return false
}
