import type { SymbolBars } from '../../../../sdk/market.ts'
import { expirationInstant } from '../../../../sdk/options/index.ts'
import { clamp, SECTOR_DEVIATION } from '../factors.ts'
import type { SymbolFacts } from '../market.ts'
import { makeProfile, type Profile } from '../profile.ts'
import { streamOf, type RandomStream } from '../random.ts'
import { isoOf, sessionAtOrBefore } from './calendar-days.ts'
import { drawCompany, type Company } from './companies.ts'
import { listedExpirations, type SeriesKind } from './expirations.ts'
import { adjustedCloses, barsUpTo, countUpTo, splitsOf, type Split } from './history.ts'
import { isOptionable, listingProgramme, optionTrading, type ListingProgramme, type OptionTrading, type Trading } from './liquidity.ts'
import type { CheckedOptionOptions } from './options.ts'
import { reportsBetween } from './reports.ts'
import type { SurfaceShape } from './surface.ts'
import { median, realisedVol } from './volatility.ts'

/** A split whose old series may still be listed. */
export interface RecentSplit extends Split {
  /** Close before it, in old shares. */
  readonly priceBefore: number
}

export interface Series {
  readonly day: number
  readonly kind: SeriesKind
}

/** All that the option market of one ticker is made from, as of one instant: nothing later is in it but dates that are announced ahead. */
export interface TickerState {
  readonly symbol: string
  /** Letters of its option symbols; empty where it can have none. */
  readonly root: string
  readonly profile: Profile
  readonly company: Company
  /** Close of the last session that is known. */
  readonly spot: number
  /** Day of that session. */
  readonly session: number
  /** True where it has no bar in the market's last session. */
  readonly isHalted: boolean
  readonly trading: Trading
  /** Null where no options are listed. */
  readonly options: OptionTrading | null
  readonly programme: ListingProgramme
  /** By ISO date, ascending. */
  readonly series: ReadonlyMap<string, Series>
  readonly shape: SurfaceShape
  /** Closes of the last year in today's share count, oldest first. */
  readonly closes: Float64Array
  readonly recentSplit: RecentSplit | null
  /** Shares outstanding on the day. */
  readonly shares: number
}

const YEAR_SESSIONS = 252
/** Long-run deviation a session of the market factor over its phases. */
const MARKET_DEVIATION = 0.0108
/** Days for which an option can be listed, at most. */
const LONGEST_SERIES_DAYS = 920
/** Symbols of options have two digits for the year. */
const LAST_EXPIRATION = '2100'
/** A common stock, or a class A or B of one: preferred stocks, units and warrants have no options. */
const OPTIONABLE_SYMBOL = /^([A-Z]{1,5}|[A-Z]{1,4}[./-][AB])$/
/** Days without a bar after which a symbol of unknown fate counts as gone. */
const GONE_DAYS = 30

/** State of one ticker; null where nothing of it has traded by then, or it trades no more. */
export function makeTicker(options: CheckedOptionOptions, symbol: string, allBars: SymbolBars, facts: SymbolFacts | null): TickerState | null {
  const { seed, priceDay } = options
  const bars = barsUpTo(allBars, priceDay)
  const session = bars.day.at(-1)
  if (session === undefined) return null
  const marketSession = sessionAtOrBefore(Math.min(priceDay, lastMarketDay(options, allBars)))
  // Bars of the host's own may go on where the simulated ticker of that name ended.
  const isGone = facts?.delisted && session <= facts.delisted.day ? facts.delisted.day < marketSession : marketSession - session > GONE_DAYS
  if (isGone) return null
  const profile = makeProfile(seed, symbol, options.sessionCount)
  const random = streamOf(seed, `/options/${symbol}`)
  const splits = splitsOf(bars, facts?.splits ?? [])
  const closes = adjustedCloses(bars, splits, YEAR_SESSIONS)
  const trading = tradingOf(bars, facts, session === marketSession)
  const laterFactor = splitsAfter(facts, session)
  const company = drawCompany(random, profile, facts === null ? usualShares(bars) : profile.volume)
  const isFund = profile.kind === 'fund'
  // What is the ticker's own is drawn first, whatever its trading is like: it stays the same from session to session.
  const luck = random.uniform()
  const programme = listingProgramme(random.below(3), trading, isFund)
  const shape = shapeOf(random, profile, closes, bars, facts === null)
  const root = rootOf(symbol)
  const isListed = root !== null && isOptionable(trading, isFund ? 0 : luck)
  return {
    symbol,
    root: root ?? '',
    profile,
    company,
    spot: bars.close.at(-1)!,
    session,
    isHalted: session !== marketSession,
    trading,
    options: isListed ? optionTrading(random, trading, isFund) : null,
    programme,
    series: isListed ? seriesOf(programme, options) : new Map(),
    shape,
    closes,
    recentSplit: recentSplitOf(splits, bars, session),
    shares: company.shares / laterFactor,
  }
}

/** BRK.B has the root BRKB. */
function rootOf(symbol: string): string | null {
  return OPTIONABLE_SYMBOL.test(symbol) ? symbol.replace(/[^A-Z]/, '') : null
}

/** The last session of the market that the bars belong to; bars of the host's own end where they end unless it says more. */
function lastMarketDay({ bars, market, lastDay }: CheckedOptionOptions, { day }: SymbolBars): number {
  return bars !== null && market.lastDate === undefined ? (day.at(-1) ?? lastDay) : lastDay
}

function tradingOf(bars: SymbolBars, facts: SymbolFacts | null, tradesNow: boolean): Trading {
  const last = bars.day.length - 1
  const shares = bars.volume.subarray(-YEAR_SESSIONS)
  const closes = bars.close.subarray(-YEAR_SESSIONS)
  const dollarVolume = median(Array.from(shares, (volume, index) => volume * closes[index]!))
  return {
    dollarVolume: Math.max(dollarVolume, 1),
    price: bars.close[last]!,
    activity: tradesNow ? (bars.volume[last]! * bars.close[last]!) / Math.max(dollarVolume, 1) : 0,
    sessionsListed: facts?.isNew && bars.day[0]! >= facts.listed ? bars.day.length : Number.POSITIVE_INFINITY,
  }
}

function usualShares(bars: SymbolBars): number {
  return median([...bars.volume.subarray(-YEAR_SESSIONS)])
}

/** How many shares the share count of the market's end has for one of the session's. */
function splitsAfter(facts: SymbolFacts | null, session: number): number {
  return (facts?.splits ?? []).filter(({ day }) => day > session).reduce((product, { to, from }) => (product * to) / from, 1)
}

function recentSplitOf(splits: readonly Split[], bars: SymbolBars, session: number): RecentSplit | null {
  const split = splits.at(-1)
  if (!split || session - split.day > LONGEST_SERIES_DAYS) return null
  return { ...split, priceBefore: bars.close[countUpTo(bars.day, split.day - 1) - 1]! }
}

function seriesOf(programme: ListingProgramme, { asOf, priceDay }: CheckedOptionOptions): Map<string, Series> {
  const listed = [...listedExpirations(programme, priceDay)].map(([day, kind]) => [isoOf(day), { day, kind }] as const)
  return new Map(listed.filter(([date]) => expirationInstant(date) > asOf && date < LAST_EXPIRATION))
}

/** The surface from the volatility realised so far, blended with what the symbol is like in the long run. */
function shapeOf(random: RandomStream, profile: Profile, closes: Float64Array, bars: SymbolBars, isForeign: boolean): SurfaceShape {
  const first = bars.day.length - closes.length
  const reports = new Set(reportsBetween(profile, bars.day[first]! - 1, bars.day.at(-1)!).map((day) => countUpTo(bars.day, day - 1) - first))
  const { beta, sectorLoading, deviation } = profile
  const longRun = Math.sqrt(YEAR_SESSIONS * ((beta * MARKET_DEVIATION) ** 2 + (sectorLoading * SECTOR_DEVIATION) ** 2 + deviation ** 2))
  const realised = realisedVol(closes, reports) ?? { recent: longRun, window: longRun }
  const expected = isForeign ? realised.window : longRun
  const near = Math.sqrt(0.6 * realised.recent ** 2 + 0.4 * realised.window ** 2)
  const far = Math.sqrt(0.5 * realised.window ** 2 + 0.5 * expected ** 2)
  // A stock that has stopped moving is held by a takeover's price.
  const isPinned = realised.recent < 0.3 * realised.window
  const nearVol = clamp(near * random.between(1.02, 1.1), 0.035, 2.5)
  return {
    nearVol,
    farVol: isPinned ? nearVol : clamp(far * random.between(1.03, 1.12), 0.04, 2),
    reversion: random.between(2, 4.5),
    ...skewOf(random, profile),
    reportVariance: (1.08 * profile.reportDeviation) ** 2,
  }
}

/** Index funds lean steeply to puts, inverse ones to calls, single stocks less and smile more, wild ones hardly lean at all. */
function skewOf(random: RandomStream, { kind, beta, deviation }: Profile): { tilt: number; curvature: number } {
  const isWild = deviation > 0.03
  const centre = kind === 'fund' ? (beta < -1 ? 0.55 : beta > 0.3 ? -0.7 : -0.15) : isWild ? -0.08 : -0.32
  const tilt = centre + random.between(-0.06, 0.06)
  const wished = kind === 'fund' ? random.between(0.8, 0.95) : random.between(0.85, 1.25)
  return { tilt, curvature: Math.min(wished, 1.98 / (1 + Math.abs(tilt))) }
}
