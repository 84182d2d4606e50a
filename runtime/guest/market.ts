import { isSession } from '../../sdk/calendar.ts'
import type { ChainAnswer } from '../worker/chain-answer.ts'
import { blockOf, lengthOfBlock } from './bars.ts'
import type { Clock } from './clock.ts'
import type { GuestMarket } from './fetch/types.ts'
import { JSONParse, MathFloor } from './intrinsics.ts'

const DAY_MS = 86_400_000

/** Bars of a symbol from a day on up to the as-of day, as one block; undefined for an unknown symbol. */
export type ReadBars = (symbol: string, fromDay: number) => ArrayBuffer | undefined

/** Text of a ChainAnswer; an empty expiration asks for the list of them. */
export type AskChain = (ticker: string, expiration: string) => string

/** What the host serves to the market inside. */
interface MarketHost {
  readonly clock: Clock
  readonly readBars: ReadBars
  readonly readMarket: () => string
  readonly askChain: AskChain
  readonly note: (code: string, text: string) => void
}

/** The market as code inside sees it, over the host's calls; nothing after the day on which the clock started. */
export function createMarket({ clock, readBars, readMarket, askChain, note }: MarketHost): GuestMarket {
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
  return {
    bars: (symbol, fromDay = 0) => {
      const found = readBars(symbol, fromDay > 0 ? fromDay : 0)
      return found === undefined ? null : blockOf(found, lengthOfBlock(found))
    },
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
