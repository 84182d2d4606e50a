import type { Driver } from '../run/driver.ts'
import type { Shown } from './hits.ts'
import { saysFailure } from './failure.ts'
import { FILE_KINDS, fileKind, type FileKind } from './file-kind.ts'
import { plainSymbol, symbolOf } from './identity.ts'
import { JSONStringify, listPush, MapConstructor, mapForEach, mapGet, mapSet, newList, setAdd, SetConstructor, setHas } from '../language/intrinsics.ts'
import { isArray, objectKeys } from '../language/kinds.ts'
import type { HitPlace } from '../../isolate/hit-places.ts'
import { isPreview, shareShown, symbolCount } from './shown-part.ts'
import type { Written } from './written.ts'

/** Rows of all tables together that are kept to be looked at; as many as hits are. */
const MAX_TABLE_ROWS = 100_000
const MAX_LISTS = 100
const MAX_OBJECTS = 10_000

/** Looks for the hits of a script that did not return them; the first place that has any is the one that counts. */
export class HitSearch {
  readonly #driver: Driver
  readonly #written: Written
  readonly #note: (code: string, text: string) => void
  readonly #tables: unknown[] = newList()
  #tableRows = 0
  readonly #lists: unknown[] = []
  readonly #objects: object[] = newList()
  #hasEmptyList = false
  #symbols: readonly string[] = newList()

  constructor(driver: Driver, written: Written, note: (code: string, text: string) => void) {
    this.#driver = driver
    this.#written = written
    this.#note = note
  }

  /** Begins to look for the hits of a run over these symbols. */
  begin(symbols: readonly string[]): void {
    this.#symbols = symbols
  }

  /** Forgets what was found before. */
  restart(): void {
    this.#tables.length = 0
    this.#tableRows = 0
    this.#lists.length = 0
    this.#objects.length = 0
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

  /** An object that was logged by itself. */
  object(object: object): void {
    if (this.#objects.length < MAX_OBJECTS) listPush(this.#objects, object)
  }

  /** A top-level value; of one that was filled several times, what was shown of it in between as well. */
  binding(value: unknown, place: HitPlace): void {
    if (this.#driver.hasHits) return
    const { isNamed, isGathered, isReused } = place
    if (isReused && (isNamed || holdsHits(value))) return this.#driver.offerTogether(this.#withShown({ value, textsAreHits: isNamed }))
    if (this.#takePartShown(value, place)) return
    this.#driver.offer(value, isNamed)
    if (isNamed && isGathered && isArray(value) && value.length === 0) this.#hasEmptyList = true
  }

  /** Top-level values of a file that ran as one function. */
  bindings(places: readonly HitPlace[], values: Record<string, unknown>): void {
    for (let i = 0; i < places.length; i++) this.binding(values[places[i]!.name], places[i]!)
  }

  /** Tables, files, JSON and logged lists, of which the last is most likely what came out, unless the script's own list of hits is there and empty: what it prints then is something else. */
  printed(): void {
    if (this.#hasEmptyList) this.#driver.settleHits()
    if (this.#driver.hasHits) return
    if (this.#tableRows > MAX_TABLE_ROWS) this.#note('hits_dropped', 'hits beyond the most that a script may report')
    this.#driver.offerTogether(this.#shownTables())
    for (let i = 0; i < FILE_KINDS.length; i++) this.#driver.offerTogether(this.#shownFiles(FILE_KINDS[i]!))
    this.#driver.offerTogether(this.#shownJson())
    for (let i = this.#lists.length - 1; i >= 0; i--) this.#driver.offer(this.#lists[i], false)
  }

  /**
   * Objects with a symbol that were printed one by one, in a script that reports its hits in no other way. Those of the same fields are of one kind;
   * a kind that is printed for every symbol is a message about it, and of several others none is known to be that of the hits: both are said.
   */
  printedOnes(): void {
    if (this.#driver.hasHits) return
    const ones = newList<object>()
    this.#written.eachPrintedOne((value) => listPush(ones, value))
    for (let i = 0; i < this.#objects.length; i++) listPush(ones, this.#objects[i]!)
    const { ofSome, ofAll } = kindsOf(ones, this.#symbols)
    if (ofSome.length === 1) this.#driver.offer(ofSome[0], false)
    else if (ofSome.length > 1) this.#note('printed_kinds', 'the script printed objects with a symbol of several kinds, one by one, and which of them are hits cannot be told: return the hits from main, or gather them in a list')
    else if (ofAll > 0) this.#note('printed_for_all', 'the script printed an object for every symbol that it was run over, so none of them is taken as a hit: return the hits from main, or gather them in a list')
  }

  /**
   * Takes what the script shows of a list in its place, where that is a part: what it shows is what it found, and the list what it looked at. The
   * first place that shows some or all of the list decides.
   */
  #takePartShown(value: unknown, place: HitPlace): boolean {
    const places = this.#placesShown()
    if (places.length === 0) return false
    const listed = this.#driver.wouldTake([{ value, textsAreHits: place.isNamed }])
    if (listed === null || listed.length === 0) return false
    for (let i = 0; i < places.length; i++) {
      const { name, shown, mayBeEmpty } = places[i]!
      const named = this.#driver.wouldTake(shown)
      const share = named === null ? 'other' : shareShown(listed, named)
      if (share === 'all') return false
      if (share === 'other' || (share === 'none' && (!mayBeEmpty || place.saysHits || place.showsProblems))) continue
      const counts = `run over ${this.#symbols.length} symbols, the script's list '${place.name}' names ${symbolCount(listed)}, and ${name} ${symbolCount(named!)} of them`
      if (isPreview(listed, named!, this.#symbols, place)) {
        this.#note('list_shown_in_part', `${counts}: the hits are those of the list, since what is shown looks like an extract of it`)
        return false
      }
      this.#note('part_taken', `${counts}: the hits are those that are shown, and the list is taken for what was looked at. Where it is the list that holds the hits, return it from main`)
      this.#driver.offerTogether(shown)
      this.#driver.settleHits()
      return true
    }
    return false
  }

  /** Where the script shows hits, the most telling first; a place whose list is empty tells that nothing was found only where scripts show nothing else there. */
  #placesShown(): { name: string; shown: Shown[]; mayBeEmpty: boolean }[] {
    const places = newList<{ name: string; shown: Shown[]; mayBeEmpty: boolean }>()
    const add = (name: string, shown: Shown[], mayBeEmpty: boolean): void => {
      if (shown.length > 0) listPush(places, { name, shown, mayBeEmpty })
    }
    add('a file of hits that it writes', this.#shownFiles('hits'), true)
    add('what it prints by console.table', this.#shownTables(), true)
    add('a file that it writes', listsAmong(this.#shownFiles('any')), false)
    add('what it prints as JSON', this.#shownJson(), true)
    const last = this.#lists[this.#lists.length - 1]
    if (last !== undefined) add('the last list that it prints', [{ value: last, textsAreHits: false }], false)
    return places
  }

  /** All that was shown as tables, in files and as JSON, and a value at last. */
  #withShown(last: Shown): Shown[] {
    const all = newList<Shown>()
    const add = (shown: readonly Shown[]): void => {
      for (let i = 0; i < shown.length; i++) listPush(all, shown[i]!)
    }
    add(this.#shownTables())
    const files = this.#shownFiles('hits')
    add(files.length > 0 ? files : this.#shownFiles('any'))
    add(this.#shownJson())
    listPush(all, last)
    return all
  }

  #shownTables(): Shown[] {
    const shown = newList<Shown>()
    for (let i = 0; i < this.#tables.length; i++) listPush(shown, { value: this.#tables[i], textsAreHits: false })
    return shown
  }

  #shownJson(): Shown[] {
    const shown = newList<Shown>()
    this.#written.eachPrintedValue((value) => listPush(shown, { value, textsAreHits: false }))
    return shown
  }

  #shownFiles(kind: FileKind): Shown[] {
    const shown = newList<Shown>()
    this.#written.eachFileValue((value, path) => {
      if (fileKind(path) === kind) listPush(shown, { value, textsAreHits: kind === 'hits' })
    })
    return shown
  }
}

/** Fields by which printed objects say that their symbol was passed over. */
const PASSED_OVER = ['skip', 'skipped', 'reject', 'rejected', 'ignored', 'skipReason']

function saysPassedOver(one: object): boolean {
  for (let i = 0; i < PASSED_OVER.length; i++) if (Boolean((one as Record<string, unknown>)[PASSED_OVER[i]!])) return true
  return false
}

/** Printed objects by their fields: each kind that some symbols have, and how many kinds all of them have. What says a failure or a skip is left out. */
function kindsOf(ones: readonly object[], symbols: readonly string[]): { ofSome: object[][]; ofAll: number } {
  const kinds = new MapConstructor<string, object[]>()
  for (let i = 0; i < ones.length; i++) {
    try {
      const one = ones[i]!
      if (symbolOf(one) === null || saysFailure(one) || saysPassedOver(one)) continue
      const fields = JSONStringify(objectKeys(one))
      const kind = mapGet(kinds, fields)
      if (kind === undefined) mapSet(kinds, fields, [one])
      else listPush(kind, one)
    } catch {
      // A value that throws while it is looked at is no hit.
    }
  }
  const ofSome = newList<object[]>()
  let ofAll = 0
  mapForEach(kinds, (kind) => {
    if (coversAll(kind, symbols)) ofAll++
    else listPush(ofSome, kind)
  })
  return { ofSome, ofAll }
}

function coversAll(kind: readonly object[], symbols: readonly string[]): boolean {
  const printed = new SetConstructor<string>()
  for (let i = 0; i < kind.length; i++) setAdd(printed, plainSymbol(symbolOf(kind[i]!) ?? ''))
  for (let i = 0; i < symbols.length; i++) if (!setHas(printed, plainSymbol(symbols[i]!))) return false
  return true
}

/** Without objects that are one symbol by themselves: a file for each symbol is what a script keeps of it. */
function listsAmong(shown: readonly Shown[]): Shown[] {
  const lists = newList<Shown>()
  for (let i = 0; i < shown.length; i++) if (symbolOf(shown[i]!.value as object) === null) listPush(lists, shown[i]!)
  return lists
}

function holdsHits(value: unknown): boolean {
  if (!isArray(value) || value.length === 0) return false
  const first: unknown = value[0]
  return typeof first === 'object' && first !== null && symbolOf(first) !== null
}
