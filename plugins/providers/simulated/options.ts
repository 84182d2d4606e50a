import { closureReason } from '../../../sdk/calendar.ts'
import { ProviderOptionError } from '../../../sdk/market.ts'

/** Options of the simulated market, each with a default. */
export interface SimulatedOptions {
  /** Whole number from 0 to 2^53 - 1; default 1. */
  seed?: number
  /** Number of symbols, 1 to 20,000; default 5,000. */
  symbols?: number
  /** Span in years of 252 sessions, 0.1 to 25; default 5. */
  years?: number
  /** Last session as ISO date, 2000-01-03 to 2099-12-31; default 2026-11-20. */
  lastDate?: string
}

export interface CheckedOptions {
  readonly seed: number
  readonly symbols: number
  readonly sessionCount: number
  readonly lastDay: number
  /** All options in one fixed form. */
  readonly text: string
}

const DEFAULTS = { seed: 1, symbols: 5000, years: 5, lastDate: '2026-11-20' } as const
const SESSIONS_PER_YEAR = 252
const DAY_MS = 86_400_000

export function checkOptions(options: SimulatedOptions): CheckedOptions {
  const unknown = Object.keys(options).filter((name) => !(name in DEFAULTS))
  if (unknown.length > 0) throw refuse(unknown[0]!, 'is no option of the simulated market', `Use one of ${Object.keys(DEFAULTS).join(', ')}.`)
  const { seed = DEFAULTS.seed, symbols = DEFAULTS.symbols, years = DEFAULTS.years, lastDate = DEFAULTS.lastDate } = options
  if (!Number.isSafeInteger(seed) || seed < 0) throw refuse('seed', `is ${show(seed)}`, 'Give a whole number from 0 on.')
  if (!Number.isInteger(symbols) || symbols < 1 || symbols > 20_000) throw refuse('symbols', `is ${show(symbols)}`, 'Give a whole number from 1 to 20,000.')
  if (typeof years !== 'number' || !(years >= 0.1 && years <= 25)) throw refuse('years', `is ${show(years)}`, 'Give a number from 0.1 to 25.')
  const sessionCount = Math.round(years * SESSIONS_PER_YEAR)
  const lastDay = sessionDay(lastDate)
  return { seed, symbols, sessionCount, lastDay, text: `seed=${seed} symbols=${symbols} sessions=${sessionCount} last=${lastDate}` }
}

function sessionDay(date: string): number {
  const day = typeof date === 'string' && /^20\d\d-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) / DAY_MS : Number.NaN
  const isReal = Number.isInteger(day) && new Date(day * DAY_MS).toISOString().startsWith(date)
  if (!isReal) throw refuse('lastDate', `is ${show(date)}`, 'Give a date such as 2026-11-20.')
  const closure = closureReason(day)
  if (closure !== null) throw refuse('lastDate', `is ${date}, no trading session (${closure})`, 'Give a day on which the New York Stock Exchange is open.')
  return day
}

function refuse(option: string, what: string, hint: string): ProviderOptionError {
  return new ProviderOptionError('simulated', option, what, hint)
}

function show(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? `"${value.slice(0, 40)}…"` : `"${value}"`
  return typeof value === 'number' ? String(value) : `a value of type ${typeof value}`
}
