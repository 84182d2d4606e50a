import { isSession } from '../../sdk/calendar.ts'
import type { ChainAnswer } from '../worker/chain-answer.ts'
import type { Clock } from './clock.ts'
import type { GuestMarket } from './fetch/types.ts'
import { JSONParse, MathFloor } from './intrinsics.ts'
import { KeptBars, type BarSource } from './kept-bars.ts'

const DAY_MS = 86_400_000

/** Text of a ChainAnswer; an empty expiration asks for the list of them. */
export type AskChain = (ticker: string, expiration: string) => string

/** What the host serves to the market inside. */
interface MarketHost {
  readonly clock: Clock
  readonly bars: BarSource
  /** Bytes of bars that are kept from one date to the next. */
  readonly mostKeptBytes: number
  readonly readMarket: () => string
  readonly askChain: AskChain
  readonly note: (code: string, text: string) => void
}

/** The market as code inside sees it, over the host's calls; nothing after the day on which the clock started. */
export function createMarket({ clock, bars, mostKeptBytes, readMarket, askChain, note }: MarketHost): GuestMarket {
  let known: { symbols: string[]; sessions: Int32Array } | null = null
  const whole = (): { symbols: string[]; sessions: Int32Array } => {
    if (known !== null) return known
    const { symbols, sessions } = JSONParse(readMarket()) as { symbols: string[]; sessions: number[] }
    known = { symbols, sessions: new Int32Array(sessions) }
    return known
  }
  // The clock starts at the close of the as-of day, in UTC on the same date.
  const asOfDay = (): number => MathFloor((clock.now() - clock.elapsed()) / DAY_MS)
  const pastSessions = (): Int32Array => {
    const { sessions } = whole()
    let count = sessions.length
    while (count > 0 && sessions[count - 1]! > asOfDay()) count--
    return sessions.subarray(0, count)
  }
  const kept = new KeptBars(bars, mostKeptBytes)
  return {
    bars: (symbol, fromDay = 0) => kept.at(symbol, fromDay > 0 ? fromDay : 0, asOfDay()),
    symbols: () => whole().symbols,
    get asOfDay() {
      return asOfDay()
    },
    sessions: pastSessions,
    isSession: (day) => (day > asOfDay() ? isSession(day) : pastSessions().includes(day)),
    askChain: (ticker, expiration) => JSONParse(askChain(ticker, expiration)) as ChainAnswer,
    note,
  }
}
