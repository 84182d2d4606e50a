import { ProviderOptionError, type SymbolBars } from '../../../../sdk/market.ts'
import { expirationInstant, newYorkDay } from '../../../../sdk/options/index.ts'
import { checkOptions, type SimulatedOptions } from '../options.ts'
import { isoOf } from './calendar-days.ts'

/** Options of the simulated option market: those of the simulated market, and these. */
export interface SimulatedOptionOptions extends SimulatedOptions {
  /**
   * The instant that all quotes stand for: epoch milliseconds, or an ISO date for 15 minutes before that day's close.
   * Default: 15 minutes before the close of the market's last session. Prices are those of the last session that had
   * opened by then, at its close; expirations lie ahead of the instant.
   */
  asOf?: number | string
  /** Bars to take instead of drawn ones, null for a ticker without any; only those up to `asOf` are looked at. */
  bars?: (ticker: string) => SymbolBars | null
  /** Text that changes whenever `bars` would answer differently; needed with `bars`. */
  barsFingerprint?: string
}

export interface CheckedOptionOptions {
  readonly market: SimulatedOptions
  readonly seed: number
  readonly sessionCount: number
  /** Last day of the simulated market. */
  readonly lastDay: number
  readonly asOf: number
  /** Last day whose prices are known at `asOf`. */
  readonly priceDay: number
  readonly bars: ((ticker: string) => SymbolBars | null) | null
  /** All options in one fixed form. */
  readonly text: string
}

/** Changes with every change of the generator that changes an answer, so that cached chains are not mixed. */
const GENERATOR_VERSION = 1
const BEFORE_CLOSE_MS = 15 * 60_000
const EARLIEST = Date.UTC(2000, 0, 3)
const LATEST = Date.UTC(2099, 11, 31)

export function checkOptionOptions({ asOf, bars, barsFingerprint, ...market }: SimulatedOptionOptions): CheckedOptionOptions {
  const { seed, sessionCount, lastDay, text } = checkOptions(market)
  if (bars !== undefined && typeof bars !== 'function') throw refuse('bars', 'is no function', 'Give a function from a ticker to its bars or null.')
  if (bars !== undefined && (typeof barsFingerprint !== 'string' || barsFingerprint === '')) {
    throw refuse('barsFingerprint', 'is missing beside bars', 'Give a text that changes whenever the bars do.')
  }
  const instant = asOf === undefined ? beforeClose(isoOf(lastDay)) : instantOf(asOf)
  const today = newYorkDay(instant)
  const hasOpened = instant >= expirationInstant(isoOf(today), 'am')
  return {
    market,
    seed,
    sessionCount,
    lastDay,
    asOf: instant,
    priceDay: hasOpened ? today : today - 1,
    bars: bars ?? null,
    text: `v${GENERATOR_VERSION} ${text} as-of=${new Date(instant).toISOString()}${bars === undefined ? '' : ` bars=${barsFingerprint}`}`,
  }
}

function instantOf(asOf: number | string): number {
  const instant = typeof asOf === 'string' && /^\d{4}-\d\d-\d\d$/.test(asOf) && isRealDate(asOf) ? beforeClose(asOf) : asOf
  if (typeof instant !== 'number' || !Number.isSafeInteger(instant) || instant < EARLIEST || instant > LATEST) {
    throw refuse('asOf', `is ${typeof asOf === 'string' ? JSON.stringify(asOf.slice(0, 40)) : String(asOf)}`, 'Give a date such as 2026-11-20, or whole epoch milliseconds, between 2000 and 2099.')
  }
  return instant
}

function isRealDate(date: string): boolean {
  const instant = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(instant) && isoOf(instant / 86_400_000) === date
}

/** On a day without a session: the last quarter of an hour before the market would have closed. */
function beforeClose(date: string): number {
  const closed = expirationInstant(date)
  const isToday = newYorkDay(closed) * 86_400_000 === Date.parse(`${date}T00:00:00Z`)
  const close = isToday ? closed : closed + (Date.parse(`${date}T00:00:00Z`) - newYorkDay(closed) * 86_400_000)
  return close - BEFORE_CLOSE_MS
}

function refuse(option: string, what: string, hint: string): ProviderOptionError {
  return new ProviderOptionError('simulated', option, what, hint)
}
