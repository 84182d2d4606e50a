// Which entries of a list that the scan of one symbol returned are of that symbol. Runs beside hostile code, see result.ts.
import { JSONStringify as jsonStringify, listPush, newList, setHas, stringSlice } from '../language/intrinsics.ts'
import { compareSymbol, symbolOf } from '../hits/identity.ts'
import { isArray, sizeOfSet } from '../language/kinds.ts'
import { valuesOf } from './generators.ts'
import type { Changes } from './plain-json.ts'

/** A list of hits as other functions of the script may have made it: over all its symbols. */
const LISTS_OF_HITS = ['hits', 'results', 'matches', 'signals', 'alerts', 'candidates', 'picks']
/** Fields by which an object says something of the symbol scanned, whatever lists it holds besides. */
const SAYS_OF_ITSELF = ['score', 'direction', 'data', 'strategies', 'reason']

/**
 * What is left of a scan's result once hits of other symbols are out of it: of a list, those entries that are not said to be of another; null where
 * all of them are. One hit alone that names the symbol scanned counts as if it were returned by itself.
 */
export function ownPart(value: unknown, changes: Changes): unknown {
  if (changes.symbol == null || typeof value !== 'object' || value === null) return value
  if (isArray(value)) return ownOf(value, changes.symbol, changes)
  if (sizeOfSet(value) !== undefined) return ownOf(valuesOf(value), changes.symbol, changes)
  return ownOfWrapper(value, changes.symbol, changes)
}

function ownOf(list: unknown[], scanned: string, changes: Changes): unknown {
  if (list.length > 0 && isListOfSymbols(list, scanned, changes)) return ownText(list, scanned, changes)
  const kept = newList<unknown>()
  let stray: string | null = null
  let isAllOwn = true
  for (let i = 0; i < list.length; i++) {
    const entry = list[i]
    const named = typeof entry === 'object' && entry !== null && !isArray(entry) ? symbolOf(entry) : null
    const likeness = named === null ? 'unread' : compareSymbol(named, scanned)
    if (likeness !== 'same') isAllOwn = false
    if (likeness === 'other') stray ??= named
    else listPush(kept, entry)
  }
  if (stray !== null) noteOthers(stray, scanned, changes)
  if (kept.length === 1 && (isAllOwn || (stray !== null && namesSymbol(kept[0], scanned)))) return kept[0]
  return stray === null ? list : kept.length === 0 ? null : kept
}

/** An object that is nothing but what holds a list of hits of several symbols stands for that list. Other objects are left unread: each field may be an accessor. */
function ownOfWrapper(value: object, scanned: string, changes: Changes): unknown {
  const fields = value as Record<string, unknown>
  for (let i = 0; i < LISTS_OF_HITS.length; i++) {
    const list = fields[LISTS_OF_HITS[i]!]
    if (isArray(list) && holdsOthers(list, scanned, changes)) return saysOfItself(fields) ? value : ownOf(list, scanned, changes)
  }
  return value
}

function saysOfItself(fields: Record<string, unknown>): boolean {
  for (let i = 0; i < SAYS_OF_ITSELF.length; i++) if (fields[SAYS_OF_ITSELF[i]!] !== undefined) return true
  return symbolOf(fields) !== null
}

/** Whether all entries of a list name symbols, and one of them another than that scanned. */
function holdsOthers(list: unknown[], scanned: string, changes: Changes): boolean {
  if (list.length > 0 && isListOfSymbols(list, scanned, changes)) return true
  let others = false
  for (let i = 0; i < list.length; i++) {
    const entry = list[i]
    const named = typeof entry === 'object' && entry !== null && !isArray(entry) ? symbolOf(entry) : null
    if (named === null) return false
    others ||= compareSymbol(named, scanned) === 'other'
  }
  return others
}

/** Whether a list holds nothing but texts that are symbols of the script's own list, or the one scanned: other texts are what they say. */
function isListOfSymbols(list: unknown[], scanned: string, { ownSymbols }: Changes): boolean {
  for (let i = 0; i < list.length; i++) {
    const text = list[i]
    if (typeof text !== 'string' || !(compareSymbol(text, scanned) === 'same' || (ownSymbols !== undefined && setHas(ownSymbols, text)))) return false
  }
  return true
}

/** A list of symbols says of the one scanned that it is among them, and no more. */
function ownText(list: unknown[], scanned: string, changes: Changes): boolean {
  let isAmong = false
  let stray: string | null = null
  for (let i = 0; i < list.length; i++) {
    if (compareSymbol(list[i] as string, scanned) === 'same') isAmong = true
    else stray ??= list[i] as string
  }
  if (stray !== null) noteOthers(stray, scanned, changes)
  return isAmong
}

function namesSymbol(entry: unknown, scanned: string): boolean {
  const named = typeof entry === 'object' && entry !== null ? symbolOf(entry) : null
  return named !== null && compareSymbol(named, scanned) === 'same'
}

function noteOthers(named: string, scanned: string, { note }: Changes): void {
  note?.('symbol_differs', `lists of hits that the scan of one symbol returns hold hits of others, such as ${jsonStringify(stringSlice(named, 0, 40))} at ${scanned}: these are left out, and a row is a hit only where its own symbol is in the list. What should stand in the row of another belongs in its \`data\`; a function that goes through a list of its own takes no symbol, or is \`main(symbols, dates)\``)
}
