import type { Driver } from './driver.ts'
import { stringSlice } from './intrinsics.ts'
import { isArray } from './kinds.ts'
import type { Written } from './written.ts'

const MAX_TABLES = 100
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
  readonly #tables: unknown[] = []
  readonly #lists: unknown[] = []
  #hasEmptyList = false

  constructor(driver: Driver, written: Written) {
    this.#driver = driver
    this.#written = written
  }

  /** Forgets what was found before. */
  restart(): void {
    this.#tables.length = 0
    this.#lists.length = 0
    this.#hasEmptyList = false
  }

  table(rows: unknown): void {
    if (this.#tables.length < MAX_TABLES) this.#tables[this.#tables.length] = rows
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

  /** Tables, JSON and logged lists, of which the last is most likely what came out, unless the script's own list of hits is there and empty: what it prints then is something else. */
  printed(): void {
    if (this.#hasEmptyList) this.#driver.settleHits()
    for (let i = 0; i < this.#tables.length; i++) this.#driver.offer(this.#tables[i], false)
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
