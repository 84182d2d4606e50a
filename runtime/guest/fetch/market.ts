import { isWeekend } from './bars.ts'
import { isAmong } from './days.ts'
import { newList, stringSlice } from '../language/intrinsics.ts'
import type { ApiMarket, GuestMarket } from './types.ts'

const NO_CHAINS = { kind: 'none', reason: 'no_source', message: 'This market has no options' } as const
const NO_NEWS = '{"kind":"none","reason":"no_source","message":"This market has no news"}'
const LONGEST_NOTE = 300

/** A market with a calendar of its own where the host gives none, and without options and news where it knows none. Reads the host's object once, before any script runs. */
export function completeMarket(market: GuestMarket): ApiMarket {
  const { asOfDay } = market
  const isSession = market.isSession === undefined ? null : (day: number) => market.isSession?.(day) === true
  let sessions: Int32Array | null = null
  const isPastSession = (day: number): boolean => isAmong((sessions ??= market.sessions()), day)
  return {
    bars: (symbol, fromDay) => market.bars(symbol, fromDay),
    symbols: () => market.symbols(),
    get asOfDay() {
      return market.asOfDay
    },
    sessions: () => market.sessions(),
    fieldsRead: market.fieldsRead ?? newList<string>(),
    askChain: (ticker, expiration) => market.askChain?.(ticker, expiration) ?? NO_CHAINS,
    askNews: (wish) => market.askNews?.(wish) ?? NO_NEWS,
    // A text may hold a URL of any length.
    note: (code, text) => market.note(code, text.length > LONGEST_NOTE ? `${stringSlice(text, 0, LONGEST_NOTE)}…` : text),
    isSession: isSession ?? ((day) => (day <= asOfDay ? isPastSession(day) : !isWeekend(day))),
  }
}
