import { closeMinute, isSession, previousSession, SESSION_OPEN_MINUTE } from '../../../sdk/calendar.ts'
import { newYorkDay } from '../../../sdk/options/time.ts'
import { closingInstantMs } from '../session-close.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const CLOSE_MS = 16 * 3_600_000
const CLOCK_CHANGE_MS = 2 * 3_600_000
/** A recording named after a session may have been made up to the next one: over a long weekend, four days later. */
const LATEST_TRADE_MS = 5 * DAY_MS

/** What a recording says of its time: an instant, or only a day. All instants in epoch milliseconds. */
export interface StatedTime {
  /** When it was recorded, null where only the day is stated. */
  readonly capturedAt: number | null
  /** Days since 1970-01-01 of the session or day that it names. */
  readonly day: number
  /** How far the vendor's quotes lag behind the market. */
  readonly delayMinutes: number
  /** The newest trade that it states, null where it states none. */
  readonly newestTrade: number | null
}

export interface QuoteTime {
  /** Days since 1970-01-01: the first day on which it may be used without looking ahead. */
  readonly day: number
  /** What its quotes stand for. */
  readonly asOf: number
  /** True where its quotes were made after the session that it names, so that a price of that session is not theirs. */
  readonly afterSession: boolean
}

/**
 * What the quotes of a recording stand for. Recorded at an instant: that instant less the vendor's delay or, where no
 * session is then open, the close before it. Recorded for a day: the close of that session or of the last one before it
 * (16:00 New York; 13:00 on short days). Never before the newest trade that it holds.
 */
export function quoteTime(stated: StatedTime): QuoteTime {
  const namedClose = lastCloseOf(stated.day)
  const base = stated.capturedAt === null ? namedClose : instantOfQuotes(stated.capturedAt, stated.delayMinutes)
  const latest = stated.capturedAt ?? namedClose + LATEST_TRADE_MS
  const asOf = stated.newestTrade !== null && stated.newestTrade <= latest ? Math.max(base, stated.newestTrade) : base
  const recorded = stated.capturedAt === null ? stated.day : newYorkDay(stated.capturedAt)
  return { day: Math.max(stated.day, recorded, newYorkDay(asOf)), asOf, afterSession: newYorkDay(asOf) > stated.day }
}

/** An instant that comes with no delay is stated for the quotes themselves and stands as it is, outside of sessions too. */
function instantOfQuotes(capturedAt: number, delayMinutes: number): number {
  return delayMinutes === 0 ? capturedAt : lastOpenInstant(capturedAt - delayMinutes * MINUTE_MS)
}

/** Epoch milliseconds of a clock time in New York. @param ms milliseconds after midnight */
export function newYorkInstant(day: number, ms: number): number {
  // Clocks change at two in the morning: what is before that goes by the day before.
  return ms < CLOCK_CHANGE_MS ? closingInstantMs(day - 1) + DAY_MS - CLOSE_MS + ms : closingInstantMs(day) - CLOSE_MS + ms
}

/**
 * The last session on which a contract listed for a day can be traded: that day or, where the exchange is closed on it
 * as on the Saturdays that monthly options were listed for until 2015, the session before.
 */
export function lastTradingDay(listedDay: number): number {
  return isSession(listedDay) ? listedDay : previousSession(listedDay)
}

function lastCloseOf(day: number): number {
  const session = lastTradingDay(day)
  return newYorkInstant(session, closeMinute(session)! * MINUTE_MS)
}

function lastOpenInstant(instant: number): number {
  const day = newYorkDay(instant)
  if (!isSession(day)) return lastCloseOf(day)
  if (instant < newYorkInstant(day, SESSION_OPEN_MINUTE * MINUTE_MS)) return lastCloseOf(previousSession(day))
  return Math.min(instant, lastCloseOf(day))
}
