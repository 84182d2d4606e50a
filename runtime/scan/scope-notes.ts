import { closureReason } from '../../sdk/calendar.ts'
import { closest } from '../../sdk/closest.ts'
import { dayFromIso, isoFromDay } from '../market/days.ts'
import type { Snapshot } from '../market/snapshot.ts'
import type { RunScope } from './scope.ts'

/** A warning of a run on what it was asked to cover. */
export interface ScopeNote {
  code: 'symbols_unknown' | 'dates_without_session' | 'bars_newer' | 'bars_older'
  message: string
  count: number
  samples: string[]
}

/** Names that are spelt out; the rows have all of them. */
const SAMPLES = 5

/** What of a market is looked at. */
type MarketDays = Pick<Snapshot, 'symbols' | 'sessions' | 'thinSessions' | 'indexOf' | 'index'>

/** What a run is asked for and the market has nothing of: its rows say `no_data`, and these say why, in one sentence for all of a kind. */
export function scopeNotes(scope: RunScope, snapshot: MarketDays, isEndSaid: boolean): ScopeNote[] {
  const unknown = scope.symbols.filter((symbol) => snapshot.indexOf(symbol) < 0)
  const sessions = new Set([...snapshot.sessions, ...snapshot.thinSessions])
  const closed = scope.dates.filter((date) => !sessions.has(dayFromIso(date)))
  return [
    ...note('symbols_unknown', 'a symbol that was asked for is not in this market: its rows have no data', unknown, (symbol) => nearest(symbol, snapshot.symbols)),
    ...note('dates_without_session', 'a date that was asked for is no session of this market: only symbols that have a bar of that very day have data there', closed, (date) => whyClosed(date, snapshot.sessions)),
    ...(isEndSaid ? [] : [...newerBars(scope, snapshot), ...olderBars(scope, snapshot)]),
  ]
}

/** Symbols with bars of an open day after the last one that the run comes to, which it took since most symbols have none of a later. */
function newerBars({ symbols, asOf }: RunScope, market: MarketDays): ScopeNote[] {
  const newest = market.thinSessions.at(-1)
  const scanned = dayFromIso(asOf)
  if (newest === undefined || newest <= scanned) return []
  const newer = symbols.filter((symbol) => lastDayOf(symbol, market, scanned) > scanned)
  const message = `a symbol has bars of a day after ${asOf} that few others have, and which the run leaves out: name these symbols, or the date, to have it scanned`
  return note('bars_newer', message, newer, (symbol) => `to ${isoFromDay(lastDayOf(symbol, market, scanned))}`)
}

/** Symbols whose bars end before the last date of a run, which it took since most of its symbols have bars of it. */
function olderBars({ symbols, dates }: RunScope, market: MarketDays): ScopeNote[] {
  const last = dates.toSorted().at(-1)!
  const scanned = dayFromIso(last)
  if (!market.thinSessions.includes(scanned)) return []
  const older = symbols.filter((symbol) => lastDayOf(symbol, market, scanned) < scanned)
  const message = `a symbol has no bar of ${last}, to which the run goes since most of its symbols have one: an earlier date has it scanned with them`
  return note('bars_older', message, older, (symbol) => `to ${isoFromDay(lastDayOf(symbol, market, scanned))}`)
}

/** Day of a symbol's last bar, `otherwise` for one that the market does not have. */
const lastDayOf = (symbol: string, market: MarketDays, otherwise: number): number => market.index.lastDays[market.indexOf(symbol)] ?? otherwise

function note(code: ScopeNote['code'], message: string, found: readonly string[], explain: (name: string) => string | null): ScopeNote[] {
  if (found.length === 0) return []
  const samples = found.slice(0, SAMPLES).map((name) => {
    const why = explain(name)
    return why === null ? name : `${name} (${why})`
  })
  return [{ code, message, count: found.length, samples }]
}

function nearest(symbol: string, known: readonly string[]): string | null {
  // Every ticker of one letter is one letter away from any other.
  const meant = symbol.length < 2 ? null : closest(symbol, known)
  return meant === null ? null : `did you mean ${meant}?`
}

/**
 * Why the market has no session on a date. A store of another exchange may have bars where the US calendar has none,
 * and the other way round.
 */
function whyClosed(date: string, sessions: ArrayLike<number>): string {
  const day = dayFromIso(date)
  const [first, last] = [sessions[0], sessions[sessions.length - 1]]
  const closure = closureReason(day)
  if (closure !== null) return closure
  if (last === undefined || first === undefined) return 'there are no bars'
  if (day > last) return `after the last bars, of ${isoFromDay(last)}`
  if (day < first) return `before the first bars, of ${isoFromDay(first)}`
  return 'no bars of that day'
}
