import { isSession, previousSession } from '../calendar.ts'
import { expirationInstant, newYorkDay } from './time.ts'

const DAY_MS = 86_400_000

let known = { instant: Number.NaN, last: Number.NaN }

/**
 * The last instant of trading at or before an instant, in epoch milliseconds: itself within a session, else the close of the session
 * before it. Quotes of a Friday stand for its close until the next session opens.
 */
export function lastTradingInstant(instant: number): number {
  // All contracts of a chain have the same.
  if (known.instant !== instant) known = { instant, last: lastTrading(instant) }
  return known.last
}

/** The instant at which so many milliseconds of trading were still to come until `instant`: nights, weekends and holidays do not count. */
export function tradingBefore(instant: number, tradingMs: number): number {
  let at = lastTradingInstant(instant)
  for (let left = tradingMs; ; ) {
    const day = newYorkDay(at)
    const sinceOpen = at - sessionInstant(day, 'am')
    if (left <= sinceOpen) return at - left
    left -= sinceOpen
    at = sessionInstant(previousSession(day), 'pm')
  }
}

/** Close of the session that an instant of trading belongs to. */
export function closeOf(trading: number): number {
  return sessionInstant(newYorkDay(trading), 'pm')
}

function lastTrading(instant: number): number {
  const day = newYorkDay(instant)
  if (isSession(day)) {
    const close = sessionInstant(day, 'pm')
    if (instant >= close) return close
    if (instant >= sessionInstant(day, 'am')) return instant
  }
  return sessionInstant(previousSession(day), 'pm')
}

/** Open or close of a session, where options settled at either end. */
const sessionInstant = (day: number, end: 'am' | 'pm'): number => expirationInstant(new Date(day * DAY_MS).toISOString().slice(0, 10), end)
