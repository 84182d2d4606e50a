import { isSession } from '../../../sdk/calendar.ts'
import type { ChainAnswer } from '../../worker/chain-answer.ts'
import type { Clock } from '../environment/clock.ts'
import { isAmong } from '../fetch/days.ts'
import type { GuestMarket } from '../fetch/types.ts'
import { Int32ArrayConstructor, JSONParse, MathFloor } from '../language/intrinsics.ts'
import { KeptBars, type BarSource } from './kept-bars.ts'
import { writeJson } from '../web/json.ts'

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
  /** The symbols of the run, in order, where they are all that a script is told of; null for those of the market. */
  readonly universe: () => string[] | null
  readonly askChain: AskChain
  /** Text of a NewsAnswer to the JSON of a NewsWish. */
  readonly askNews: (wish: string) => string
  /** Fields of vendors' answers that daily bars do not hold, and that the text of the script reads. */
  readonly fieldsRead: readonly string[]
  readonly note: (code: string, text: string) => void
}

/** The market as code inside sees it, over the host's calls; nothing after the day on which the clock started. */
export function createMarket({ clock, bars, mostKeptBytes, readMarket, universe, askChain, askNews, fieldsRead, note }: MarketHost): GuestMarket {
  let known: { symbols: string[]; sessions: number[] } | null = null
  const whole = (): { symbols: string[]; sessions: number[] } => (known ??= JSONParse(readMarket()) as { symbols: string[]; sessions: number[] })
  // The clock starts at the close of the as-of day, in UTC on the same date.
  const asOfDay = (): number => MathFloor((clock.now() - clock.elapsed()) / DAY_MS)
  let past = new Int32ArrayConstructor(0)
  let pastOf = -1
  const pastSessions = (): Int32Array => {
    const today = asOfDay()
    if (today !== pastOf) past = sessionsUpTo(whole().sessions, today)
    pastOf = today
    return past
  }
  const kept = new KeptBars(bars, mostKeptBytes)
  return {
    bars: (symbol, fromDay = 0) => kept.at(symbol, fromDay > 0 ? fromDay : 0, asOfDay()),
    symbols: () => universe() ?? whole().symbols,
    get asOfDay() {
      return asOfDay()
    },
    sessions: pastSessions,
    fieldsRead,
    isSession: (day) => (day > asOfDay() ? isSession(day) : isAmong(pastSessions(), day)),
    askChain: (ticker, expiration) => JSONParse(askChain(ticker, expiration)) as ChainAnswer,
    askNews: (wish) => askNews(writeJson(wish)),
    note,
  }
}

/** A copy: nothing of a later day stays in reach. `sessions` ascend. */
function sessionsUpTo(sessions: readonly number[], day: number): Int32Array<ArrayBuffer> {
  let count = sessions.length
  while (count > 0 && sessions[count - 1]! > day) count--
  const days = new Int32ArrayConstructor(count)
  for (let i = 0; i < count; i++) days[i] = sessions[i]!
  return days
}
