import { plainSymbol } from './identity.ts'
import { listPush, newList, setAdd, SetConstructor, setHas } from '../language/intrinsics.ts'
import type { HitPlace } from '../../isolate/hit-places.ts'

/** The hits that something would come to, in order: which symbol, and which date where it names one. */
export interface Named {
  symbol: string
  date: string | null
  /** Which of several values that are one answer together it is in. */
  table?: number
}

/** What was shown of a list: all that it holds, some of it, nothing, or something else. */
export type Share = 'all' | 'some' | 'none' | 'other'

/** Of fewer first entries it may well be chance that they stand first. */
const FEWEST_FIRST = 5

/** Which share of a list was shown; dates count only where the list has several and all that was shown names one. */
export function shareShown(listed: readonly Named[], shown: readonly Named[]): Share {
  if (shown.length === 0) return 'none'
  const byDate = datesOf(listed).length > 1 && allDated(shown)
  // Several rows of a symbol, as of its bars, are no part of a list that names each once.
  if (repeats(shown, byDate) && !repeats(listed, byDate)) return 'other'
  const all = keysOf(listed, byDate)
  const some = keysOf(shown, byDate)
  const known = new SetConstructor<string>()
  for (let i = 0; i < all.length; i++) setAdd(known, all[i]!)
  for (let i = 0; i < some.length; i++) if (!setHas(known, some[i]!)) return 'other'
  return some.length < all.length ? 'some' : 'all'
}

/**
 * Whether a list stays what the script found although it shows a part of it alone: where the list is a choice by itself, since it lacks symbols that
 * were scanned, and its name says that it holds hits, or what is shown are its first entries, as of a long list. And where what is shown lacks
 * the dates that the list has.
 */
export function isPreview(listed: readonly Named[], shown: readonly Named[], symbols: readonly string[], place: HitPlace): boolean {
  if (datesOf(listed).length > 1 && !allDated(shown)) return true
  return lacksSome(listed, symbols) && (place.saysHits || areFirst(listed, shown))
}

/** How many symbols are named. */
export const symbolCount = (named: readonly Named[]): number => keysOf(named, false).length

/** Whether one table names something twice. */
function repeats(named: readonly Named[], byDate: boolean): boolean {
  const seen = new SetConstructor<string>()
  for (let i = 0; i < named.length; i++) {
    const key = `${named[i]!.table ?? 0} ${keyOf(named[i]!, byDate)}`
    if (setHas(seen, key)) return true
    setAdd(seen, key)
  }
  return false
}

const keyOf = ({ symbol, date }: Named, byDate: boolean): string => (byDate ? `${plainSymbol(symbol)} ${date}` : plainSymbol(symbol))

function keysOf(named: readonly Named[], byDate: boolean): string[] {
  const seen = new SetConstructor<string>()
  const keys = newList<string>()
  for (let i = 0; i < named.length; i++) {
    const key = keyOf(named[i]!, byDate)
    if (setHas(seen, key)) continue
    setAdd(seen, key)
    listPush(keys, key)
  }
  return keys
}

function datesOf(named: readonly Named[]): string[] {
  const seen = new SetConstructor<string>()
  const dates = newList<string>()
  for (let i = 0; i < named.length; i++) {
    const date = named[i]!.date
    if (date === null || setHas(seen, date)) continue
    setAdd(seen, date)
    listPush(dates, date)
  }
  return dates
}

function allDated(named: readonly Named[]): boolean {
  for (let i = 0; i < named.length; i++) if (named[i]!.date === null) return false
  return true
}

function lacksSome(listed: readonly Named[], symbols: readonly string[]): boolean {
  const names = new SetConstructor<string>()
  for (let i = 0; i < listed.length; i++) setAdd(names, plainSymbol(listed[i]!.symbol))
  for (let i = 0; i < symbols.length; i++) if (!setHas(names, plainSymbol(symbols[i]!))) return true
  return false
}

function areFirst(listed: readonly Named[], shown: readonly Named[]): boolean {
  if (shown.length < FEWEST_FIRST) return false
  for (let i = 0; i < shown.length; i++) if (plainSymbol(shown[i]!.symbol) !== plainSymbol(listed[i]!.symbol)) return false
  return true
}
