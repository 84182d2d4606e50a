import { SIMULATED_RATE } from './companies.ts'
import type { SeriesKind } from './expirations.ts'
import { listedExpirations } from './expirations.ts'
import { reportsBetween } from './reports.ts'
import { listedStrikes } from './strikes.ts'
import { varianceAtForward } from './surface.ts'
import type { RecentSplit, Series, TickerState } from './ticker.ts'

/** Contracts of one series that share a deliverable. */
export interface StrikeBlock {
  readonly root: string
  readonly multiplier: number
  readonly adjusted: boolean
  /** New shares that one share of the contract stands for: below 1 after a reverse split. */
  readonly sharesPer: number
  /** Ascending, in cents. */
  readonly strikes: readonly number[]
}

const DAYS_A_YEAR = 365
/** Sessions for which a series may have been listed before, by its kind: strikes it was given then are still there. */
const SESSIONS_LISTED: Readonly<Record<SeriesKind, number>> = { daily: 10, weekly: 30, monthly: 80, quarterly: 120, leap: 252 }
const ROUND_LOT = 100
/** Closing price below which a stock had no options before its split. */
const LEAST_PRICE_BEFORE = 0.5

/** All contracts of a series: the standard ones, and those from before a split that have not expired. */
export function strikeBlocks(state: TickerState, series: Series, years: number, atForward: number): StrikeBlock[] {
  const { spot, closes, options, programme, recentSplit } = state
  const window = closes.subarray(-SESSIONS_LISTED[series.kind])
  const sinceSplit = recentSplit ? window.subarray(-Math.max(sessionsSince(state, recentSplit.day), 1)) : window
  const request = { years, kind: series.kind, usualVolume: options!.usualVolume, isDaily: programme.isDaily }
  const standard = listedStrikes({ ...request, spot, deviation: Math.sqrt(atForward), lowest: Math.min(...sinceSplit), highest: Math.max(...sinceSplit) })
  const block = { root: state.root, multiplier: ROUND_LOT, adjusted: false, sharesPer: 1 }
  const before = recentSplit && seriesBefore(state, series, recentSplit)
  if (!before) return [{ ...block, strikes: standard }]
  const { to, from, priceBefore, day } = recentSplit
  const yearsThen = Math.max((series.day - day) / DAYS_A_YEAR, 1 / DAYS_A_YEAR)
  const deviation = Math.sqrt(varianceAtForward(state.shape, yearsThen, reportsBetween(state.profile, day, series.day).length))
  const old = listedStrikes({ ...request, years: yearsThen, kind: before, spot: priceBefore, deviation, lowest: priceBefore, highest: priceBefore })
  // By the rules of the Options Clearing Corporation: a whole split divides strikes and multiplies contracts.
  if (to > from && to % from === 0) return [{ ...block, strikes: merge(standard, old.map((cents) => Math.round((cents * from) / to))) }]
  // Any other forward split divides strikes and leaves more shares in each contract, under a root of its own.
  const root = `${state.root}1`
  if (to > from) {
    const strikes = merge([], old.map((cents) => Math.round((cents * from) / to)))
    return [{ ...block, strikes: standard }, { root, multiplier: Math.round((ROUND_LOT * to) / from), adjusted: true, sharesPer: 1, strikes }]
  }
  // A reverse split leaves strike and multiplier and delivers fewer shares.
  return [{ ...block, strikes: standard }, { root, multiplier: ROUND_LOT, adjusted: true, sharesPer: to / from, strikes: old }]
}

/** What the series was on the eve of the split, null where it was not yet listed. */
function seriesBefore({ programme }: TickerState, series: Series, split: RecentSplit): SeriesKind | null {
  if (split.priceBefore < LEAST_PRICE_BEFORE) return null
  return listedExpirations(programme, split.day - 1).get(series.day) ?? null
}

function sessionsSince({ session }: TickerState, day: number): number {
  // Five sessions in seven days; a few strikes more or less do not matter.
  return Math.ceil(((session - day) * 5) / 7) + 1
}

function merge(one: readonly number[], other: readonly number[]): number[] {
  return [...new Set([...one, ...other])].filter((cents) => cents > 0).sort((a, b) => a - b)
}

/** Rates that a series of the ticker is priced with, continuous and per year. */
export function ratesOf({ company }: TickerState): { rate: number; dividendYield: number } {
  return { rate: SIMULATED_RATE, dividendYield: company.dividendYield }
}
