import { StrikescanError } from '../errors/strikescan-error.ts'
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

/** Decides what a run covers: the request's lists, else the script's own, else the whole market on its last session. */
export function resolveScope(request: ScopeWishes, declared: { symbols: string[] | null; dates: string[] | null }, snapshot: Snapshot): RunScope {
  const symbols = request.universe === 'all' ? [...snapshot.symbols] : distinctSymbols(request.symbols ?? declared.symbols ?? snapshot.symbols)
  if (symbols.length === 0) throw new StrikescanError(request.symbols === undefined && declared.symbols?.length === 0 ? 'symbols_list_empty' : 'symbols_none')
  const dates = resolveDates(request, declared.dates, snapshot)
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
  const declared = { symbols: plan?.symbols?.staticValue ?? null, dates: plan?.dates?.staticValue ?? null }
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
 * The earliest date that a run can come to, as far as the request and the script's text tell of it; the market's last
 * session where they do not.
 */
export function firstDate(request: ScopeWishes, plan: InjectionPlan, snapshot: Snapshot): string {
  try {
    return earliest(resolveDates(request, plan.dates?.staticValue ?? null, snapshot))
  } catch {
    // What is wrong with the dates is said once the scope is fixed.
    return isoFromDay(snapshot.sessions.at(-1) ?? 0)
  }
}

/** @param dates ISO, at least one */
export const earliest = (dates: readonly string[]): string => dates.reduce((first, date) => (date < first ? date : first))

/** Symbols trimmed and upper-cased, each once, in the order given; empty ones are left out. */
export function distinctSymbols(symbols: readonly string[]): string[] {
  return [...new Set(symbols.map((symbol) => symbol.trim().toUpperCase()).filter((symbol) => symbol !== ''))]
}

function resolveDates(request: ScopeWishes, declared: string[] | null, snapshot: Snapshot): string[] {
  if (request.dates !== undefined && request.dates.length > 0) return distinctDates(request.dates)
  if (request.from !== undefined || request.to !== undefined) return sessionsInRange(request.from, request.to ?? request.asOf, snapshot)
  if (declared !== null && declared.length > 0) return distinctDates(declared)
  const limit = request.asOf === undefined ? Number.POSITIVE_INFINITY : dayFromIso(checkedDate(request.asOf))
  const last = snapshot.sessions.findLast((day) => day <= limit)
  if (last === undefined) throw noSession(snapshot, '', request.asOf ?? '')
  return [isoFromDay(last)]
}

function sessionsInRange(from: string | undefined, to: string | undefined, snapshot: Snapshot): string[] {
  const first = from === undefined ? isoFromDay(snapshot.sessions[0] ?? 0) : checkedDate(from)
  const last = to === undefined ? isoFromDay(snapshot.sessions.at(-1) ?? 0) : checkedDate(to)
  if (first > last && (from === undefined || to === undefined)) throw noSession(snapshot, first, to ?? '')
  if (first > last) throw new StrikescanError('dates_inverted', { from: first, to: last })
  const [firstDay, lastDay] = [dayFromIso(first), dayFromIso(last)]
  const days = [...snapshot.sessions].filter((day) => day >= firstDay && day <= lastDay)
  if (days.length === 0) throw noSession(snapshot, first, last)
  return days.map(isoFromDay)
}

function distinctDates(dates: readonly string[]): string[] {
  return [...new Set(dates.map((date) => checkedDate(date.trim())))]
}

function checkedDate(text: string): string {
  if (Number.isNaN(dayFromIso(text))) throw new StrikescanError('dates_invalid', { text: text.slice(0, 40) })
  return text
}

function noSession(snapshot: Snapshot, from: string, to: string): StrikescanError {
  const [first, last] = [snapshot.sessions[0] ?? 0, snapshot.sessions.at(-1) ?? 0].map(isoFromDay) as [string, string]
  return new StrikescanError('dates_none', { from: from || first, to: to || last, first, last })
}
