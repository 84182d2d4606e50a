import { isSession } from '../../sdk/calendar.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { allSymbols, changedSymbols } from '../intake/lists/list-shares.ts'
import type { InjectionPlan } from '../intake/plan.ts'
import { dayFromIso, isoFromDay } from '../market/days.ts'
import type { Snapshot } from '../market/snapshot.ts'
import type { RunRequest } from './run.ts'

/** Symbols and dates of a run, as asked for: each once, in order. */
export interface RunScope {
  symbols: string[]
  dates: string[]
  /** No bar after this date is seen. */
  asOf: string
}

/** What of a request says what its run is to cover. */
type ScopeWishes = Pick<RunRequest, 'symbols' | 'universe' | 'dates' | 'from' | 'to' | 'asOf'>

const MAX_ROWS = 20_000_000
/** Days that no exchange is closed for at a stretch. */
const LONGEST_CLOSURE = 14

/**
 * Decides what a run covers: the request's lists, else the script's own, else the whole market on its last session. Days of few symbols are
 * sessions for a run that names one of these.
 */
export function resolveScope(request: ScopeWishes, declared: { symbols: string[] | null; dates: string[] | null }, snapshot: Snapshot): RunScope {
  const named = namedSymbols(request, declared.symbols)
  const symbols = named ?? [...snapshot.symbols]
  if (symbols.length === 0) throw new StrikescanError(request.symbols === undefined && declared.symbols?.length === 0 ? 'symbols_list_empty' : 'symbols_none')
  const dates = resolveDates(request, declared.dates, sessionsFor(named, snapshot, isEndSaid(request, declared.dates)))
  const rows = symbols.length * dates.length
  if (rows > MAX_ROWS) throw new StrikescanError('rows_too_many', { symbols: symbols.length, dates: dates.length, rows, limit: MAX_ROWS })
  const last = dates.toSorted().at(-1)!
  const asOf = request.asOf === undefined ? last : checkedDate(request.asOf)
  if (last > asOf) throw new StrikescanError('as_of_before_dates', { date: last, asOf })
  return { symbols, dates, asOf }
}

/**
 * What a run covers whose script did not get so far as to say it: the symbols that the request or the script's text
 * names; null where neither does, or what they ask for cannot be.
 */
export function namedScope(request: ScopeWishes, plan: InjectionPlan | null, snapshot: Snapshot): RunScope | null {
  const declared = { symbols: plan === null ? null : allSymbols(plan), dates: plan?.dates?.staticValue ?? null }
  if (request.universe === 'all' || (request.symbols ?? declared.symbols) === null) return null
  try {
    return resolveScope(request, declared, snapshot)
  } catch {
    return null
  }
}

/**
 * Lists that the script names and that are not taken as the run's, where the request does not say itself what to cover:
 * each with its line and the reason.
 */
export function unreadLists({ symbols, universe, dates, from, to }: ScopeWishes, plan: InjectionPlan): string[] {
  const isSaid = { symbols: symbols !== undefined || universe !== undefined, dates: dates !== undefined || from !== undefined || to !== undefined }
  return (plan.unread ?? []).filter(({ role }) => !isSaid[role]).map(({ name, line, why }) => `\`${name}\` in line ${line}: ${why}`)
}

/** A warning where a run covers other symbols than those of a script's several lists; null where it does not, or the script has one list. */
export function changedLists(plan: InjectionPlan, symbols: readonly string[]): { message: string; count: number; samples: string[] } | null {
  const { added, left } = changedSymbols(plan, symbols)
  if (plan.symbols === null || added.length + left.length === 0) return null
  const first = `\`${plan.symbols.name}\``
  const names = [first, ...(plan.further ?? []).map(({ name }) => `\`${name}\``)].join(', ')
  const message = `the script goes through several lists of symbols, ${names}, and the run covers others than they hold: each list keeps those of the run that it has, and symbols that none has are put in the first, so that they are looked at as those of ${first}`
  return { message, count: added.length + left.length, samples: [...added.map((symbol) => `${symbol} (put in ${first})`), ...left.map((symbol) => `${symbol} (left out)`)] }
}

/**
 * Symbols that one of a script's own lists names more than once, where the request leaves it to these what to cover.
 * @param declared all that the lists hold, the first of them first
 */
export function repeatedSymbols({ symbols, universe }: ScopeWishes, { symbols: own, further = [] }: InjectionPlan, declared: readonly string[] | null): string[] {
  // Groups under names keep a symbol each.
  if (symbols !== undefined || universe !== undefined || declared === null || own?.form === 'groups') return []
  const lists = further.map(({ staticValue }) => staticValue ?? [])
  const first = declared.slice(0, declared.length - lists.reduce((count, list) => count + list.length, 0))
  return [first, ...lists].flatMap((list) => {
    const seen = new Set<string>()
    return list.map((name) => name.trim().toUpperCase()).filter((name) => name !== '' && (seen.has(name) || !seen.add(name)))
  })
}

/** Whether a script gets none of the run's symbols: neither as parameters of its `main` nor by a list of its own that it reads or by asking the market. */
export function getsNoSymbols({ pattern, taken, symbols, asksSymbols }: InjectionPlan): boolean {
  if (symbols?.isUnused === true) return true
  return pattern === 'main' && taken !== undefined && !taken.order.includes('symbols') && symbols === null && asksSymbols !== true
}

/**
 * What a run covers that ends before there is a market to look at: the symbols and dates of a request that lists both;
 * null for any other.
 */
export function listedScope({ universe, symbols, dates, asOf }: ScopeWishes): RunScope | null {
  if (universe === 'all' || symbols === undefined || dates === undefined) return null
  const listed = { symbols: distinctSymbols(symbols), dates: [...new Set(dates.map((date) => date.trim()))] }
  return listed.symbols.length === 0 || listed.dates.length === 0 ? null : { ...listed, asOf: asOf ?? listed.dates.toSorted().at(-1)! }
}

/**
 * What a run covers whose market cannot be opened: the symbols that the request or the script's text names, on the dates named there, else
 * on the sessions of the New York exchange in the range asked for, else on its last one; null where no symbol is named.
 * @param today ISO
 */
export function unopenedScope(request: ScopeWishes, plan: InjectionPlan | null, today: string): RunScope | null {
  const { universe, from, to, asOf } = request
  const symbols = request.symbols ?? (plan === null ? null : allSymbols(plan)) ?? undefined
  const isRange = from !== undefined || to !== undefined
  const dates = request.dates ?? (isRange ? undefined : plan?.dates?.staticValue) ?? calendarDates({ from, to: to ?? asOf ?? today })
  const scope = listedScope({ universe, symbols, dates: dates.length === 0 ? [to ?? asOf ?? today] : [...dates], asOf })
  return scope === null || scope.symbols.length * scope.dates.length > MAX_ROWS ? null : scope
}

/** Sessions by rule, up to a date; the last one alone where nothing says from when. */
function calendarDates({ from, to }: { from: string | undefined; to: string }): string[] {
  const last = dayFromIso(to)
  if (Number.isNaN(last)) return []
  let day = last
  if (from === undefined) {
    while (!isSession(day) && last - day < LONGEST_CLOSURE) day--
    return [isoFromDay(day)]
  }
  const dates: string[] = []
  for (day = dayFromIso(from); day <= last; day++) if (isSession(day)) dates.push(isoFromDay(day))
  return dates
}

/**
 * The earliest date that a run can come to, as far as the request and the script's text tell of it; the market's last
 * session where they do not.
 */
export function firstDate(request: ScopeWishes, plan: InjectionPlan, snapshot: Snapshot): string {
  try {
    const declared = plan.dates?.staticValue ?? null
    const named = namedSymbols(request, allSymbols(plan))
    return earliest(resolveDates(request, declared, sessionsFor(named, snapshot, isEndSaid(request, declared))))
  } catch {
    // What is wrong with the dates is said once the scope is fixed.
    return isoFromDay(snapshot.sessions.at(-1) ?? 0)
  }
}

/** Whether the request or the script says up to which date a run goes. */
export function isEndSaid({ dates = [], to, asOf }: ScopeWishes, declared: readonly string[] | null): boolean {
  return dates.length > 0 || to !== undefined || asOf !== undefined || (declared ?? []).length > 0
}

/** @param dates ISO, at least one */
export const earliest = (dates: readonly string[]): string => dates.reduce((first, date) => (date < first ? date : first))

/** Symbols trimmed and upper-cased, each once, in the order given; empty ones are left out. */
export function distinctSymbols(symbols: readonly string[]): string[] {
  return [...new Set(symbols.map((symbol) => symbol.trim().toUpperCase()).filter((symbol) => symbol !== ''))]
}

/** The symbols that the request or the script names; null where the run is over the whole market. */
function namedSymbols({ universe, symbols }: ScopeWishes, declared: readonly string[] | null): string[] | null {
  const named = universe === 'all' ? null : (symbols ?? declared)
  return named === null ? null : distinctSymbols(named)
}

/**
 * The market's sessions, and those days of few symbols that lie within the bars of a named one; ascending. Where nobody says where to end
 * they must lie within those of most, so that one symbol does not take a long list to a day that the others have no bars of.
 */
function sessionsFor(named: readonly string[] | null, snapshot: Snapshot, isEndSaid: boolean): Int32Array {
  const { sessions, thinSessions, index } = snapshot
  if (named === null || thinSessions.length === 0) return sessions
  const spans = named.map((symbol) => snapshot.indexOf(symbol)).filter((position) => position >= 0)
  const own = thinSessions.filter((day) => {
    const having = spans.filter((position) => index.firstDays[position]! <= day && day <= index.lastDays[position]!).length
    return isEndSaid ? having > 0 : having > spans.length / 2
  })
  return own.length === 0 ? sessions : Int32Array.from([...sessions, ...own]).sort()
}

function resolveDates(request: ScopeWishes, declared: string[] | null, sessions: Int32Array): string[] {
  if (request.dates !== undefined && request.dates.length > 0) return distinctDates(request.dates)
  if (request.from !== undefined || request.to !== undefined) return sessionsInRange(request.from, request.to ?? request.asOf, sessions)
  if (declared !== null && declared.length > 0) return distinctDates(declared)
  const limit = request.asOf === undefined ? Number.POSITIVE_INFINITY : dayFromIso(checkedDate(request.asOf))
  const last = sessions.findLast((day) => day <= limit)
  if (last === undefined) throw noSession(sessions, undefined, request.asOf)
  return [isoFromDay(last)]
}

function sessionsInRange(from: string | undefined, to: string | undefined, sessions: Int32Array): string[] {
  const first = from === undefined ? isoFromDay(sessions[0] ?? 0) : checkedDate(from)
  const last = to === undefined ? isoFromDay(sessions.at(-1) ?? 0) : checkedDate(to)
  if (first > last && (from === undefined || to === undefined)) throw noSession(sessions, from, to)
  if (first > last) throw new StrikescanError('dates_inverted', { from: first, to: last })
  const [firstDay, lastDay] = [dayFromIso(first), dayFromIso(last)]
  const days = [...sessions].filter((day) => day >= firstDay && day <= lastDay)
  if (days.length === 0) throw noSession(sessions, from, to)
  return days.map(isoFromDay)
}

function distinctDates(dates: readonly string[]): string[] {
  return [...new Set(dates.map((date) => checkedDate(date.trim())))]
}

function checkedDate(text: string): string {
  if (Number.isNaN(dayFromIso(text))) throw new StrikescanError('dates_invalid', { text: text.slice(0, 40) })
  return text
}

/** Names the ends of the range that somebody gave, and no others. */
function noSession(sessions: Int32Array, from: string | undefined, to: string | undefined): StrikescanError {
  const [first, last] = [sessions[0] ?? 0, sessions.at(-1) ?? 0].map(isoFromDay) as [string, string]
  const range = from === undefined ? (to === undefined ? '' : ` up to ${to}`) : to === undefined ? ` from ${from} on` : ` between ${from} and ${to}`
  const known = sessions.length === 0 ? 'It has no bars at all: import some.' : `Its sessions run from ${first} to ${last}.`
  return new StrikescanError('dates_none', { range, known })
}
