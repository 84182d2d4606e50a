import { isSession } from '../../../sdk/calendar.ts'
import type { OptionContract } from '../../../sdk/options/chain.ts'
import { expirationInstant, marketInstant, newYorkDay } from '../../../sdk/options/time.ts'
import { closeOf, lastTradingInstant } from '../../../sdk/options/trading-time.ts'

const MINUTE_MS = 60_000
/** Options on some funds and indexes trade so long after the close of shares. */
const LATE_CLOSE_MS = 15 * MINUTE_MS
/** Dates of quotes are of other clocks than the answer's, which tells whole seconds. */
const CLOCK_TOLERANCE_MS = 5 * MINUTE_MS
/** Dates of quotes that are all older tell nothing: a listed contract is quoted anew with each session. */
const OLDEST_QUOTES_MS = 7 * 86_400_000
/** Minutes of the day in New York at which index options begin to trade for the next session, and end after one. */
const NIGHT_OPEN_MINUTE = 20 * 60
const CURB_END_MINUTE = 17 * 60

export interface AnsweredAt {
  /** Epoch milliseconds by the vendor's clock. */
  readonly now: number
  /** By how much its quotes lag behind the market. */
  readonly delayMs: number
  /** ISO date of the chain. */
  readonly expiration: string
}

/**
 * The instant, in epoch milliseconds, that the quotes of a chain stand for, from which time to expiration runs. A quote stands until it is
 * changed or trading ends, however long ago it was made; so what counts is the newest two-sided quote, which tells the last session that
 * the chain has seen:
 * - within that session it is the instant of the answer, less the vendor's delay: the chain is live;
 * - after it, and until quotes of the next appear, it is the session's close: on an evening, a weekend or a holiday, before the open, and
 *   for a vendor that still hands out the day before;
 * - where quotes were made after the close, up to a quarter of an hour, it is the newest of them. Those of index options, which trade at
 *   night, count then too, where most of the chain was quoted at night; what else is dated outside of trading was dated, not traded.
 * Dates that are missing, to come, or all more than a week old tell nothing: it is then the last instant of trading before the answer. A
 * chain that has ended by then is one of the answer's instant.
 */
export function quotesInstant(contracts: readonly OptionContract[], { now, delayMs, expiration }: AnsweredAt): number {
  const asOf = now - delayMs
  if (expirationInstant(expiration) <= asOf) return asOf
  const live = lastTradingInstant(asOf)
  const times = quoteTimes(contracts, now)
  const newest = times.reduce((latest, time) => Math.max(latest, time), -Infinity)
  if (newest < now - OLDEST_QUOTES_MS) return live
  const close = closeOf(lastTradingInstant(newest))
  const standing = close < live ? close : live
  return Math.max(standing, tradedAt(newest, contracts, times))
}

/** The newest quote's instant as one of trading. */
function tradedAt(newest: number, contracts: readonly OptionContract[], times: readonly number[]): number {
  const regular = lastTradingInstant(newest)
  if (newest <= regular + LATE_CLOSE_MS) return newest
  const made = times.filter((time) => time > regular + LATE_CLOSE_MS).length
  const isNightChain = made * 2 > times.length && contracts.every(({ style }) => style === 'european') && isNightTrading(newest)
  return isNightChain ? newest : regular
}

/** From the evening before a session to its open, and for an hour after its close. */
function isNightTrading(instant: number): boolean {
  const day = newYorkDay(instant)
  if (instant >= marketInstant(day, NIGHT_OPEN_MINUTE)) return isSession(day + 1)
  return isSession(day) && instant <= marketInstant(day, CURB_END_MINUTE)
}

function quoteTimes(contracts: readonly OptionContract[], now: number): number[] {
  const times: number[] = []
  for (const { bid, ask, quotedAt } of contracts) {
    if (quotedAt === null || bid === null || ask === null || bid <= 0 || ask < bid || quotedAt > now + CLOCK_TOLERANCE_MS) continue
    times.push(Math.min(quotedAt, now))
  }
  return times
}
