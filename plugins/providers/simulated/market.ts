import { sessionsEnding } from '../../../sdk/calendar.ts'
import type { MarketProvider, SymbolBars } from '../../../sdk/market.ts'
import { makeFactors, type Factors } from './factors.ts'
import { checkOptions, type SimulatedOptions } from './options.ts'
import { emptyPath, fillPath, type RelativePath } from './path.ts'
import { makeProfile, type Profile } from './profile.ts'
import { findSplits, tradedBars } from './trade.ts'
import { listTickers } from './tickers.ts'
import type { Sector } from './well-known.ts'

/** Rises with every change of the generator that changes a bar, so that stored snapshots are made anew. */
const GENERATOR_VERSION = 1

/** What the simulation knows of a symbol beside its bars. Days count from 1970-01-01; deviations are a session's, as fractions. */
export interface SymbolFacts {
  readonly symbol: string
  readonly name: string
  readonly kind: 'stock' | 'fund'
  readonly sector: Sector
  readonly beta: number
  /** Deviation a session of the symbol's own movement, in the long run. */
  readonly deviation: number
  /** First session it trades. */
  readonly listed: number
  readonly isNew: boolean
  /** Last session it trades and why, null where it trades to the end of the market. */
  readonly delisted: { readonly day: number; readonly cause: 'acquired' | 'failed' } | null
  /** `to` new shares for `from` old ones, in force from the open of `day`. Oldest first. */
  readonly splits: readonly { readonly day: number; readonly to: number; readonly from: number }[]
  /** First and last session without a bar. Oldest first. */
  readonly halts: readonly { readonly from: number; readonly to: number }[]
  /** Sessions that open on an earnings report. */
  readonly earnings: readonly number[]
}

/** The simulated market as a provider, with what it knows beside the bars. */
export interface SimulatedMarket extends MarketProvider {
  readonly simulated: true
  /** All sessions, ascending. */
  readonly sessions: Int32Array
  /** Ascending by code unit. */
  readonly symbols: readonly string[]
  /** Bars of one symbol, null where the market has no such symbol. */
  barsOf(symbol: string): SymbolBars | null
  /** Facts of one symbol, null where the market has no such symbol. */
  facts(symbol: string): SymbolFacts | null
}

/**
 * A market of daily bars made from a seed alone, the same to the last bit on every machine. Each symbol is drawn from
 * streams of its own, so its bars do not depend on how many symbols there are; they do on the span (`years`, `lastDate`).
 * Prices are as traded: splits show as jumps, halts as missing bars, late listings and delistings as shorter series.
 * @throws ProviderOptionError where an option is outside its range.
 */
export function createSimulatedMarket(options: SimulatedOptions = {}): SimulatedMarket {
  const { seed, symbols: count, sessionCount, lastDay, text } = checkOptions(options)
  const sessions = sessionsEnding(lastDay, sessionCount)
  const symbols = listTickers(seed, count).sort()
  const known = new Set(symbols)
  let factors: Factors | null = null
  const path = emptyPath(sessionCount)
  const draw = (symbol: string) => drawSymbol(seed, symbol, (factors ??= makeFactors(seed, sessions)), path)

  return {
    name: 'simulated',
    simulated: true,
    fingerprint: `simulated v${GENERATOR_VERSION} ${text}`,
    sessions,
    symbols,
    *bars() {
      for (const symbol of symbols) yield draw(symbol).bars
    },
    barsOf: (symbol) => (known.has(symbol) ? draw(symbol).bars : null),
    facts(symbol) {
      if (!known.has(symbol)) return null
      const { profile, splits, reports } = draw(symbol)
      return describe(profile, sessions, splits, reports)
    },
  }
}

function drawSymbol(seed: number, symbol: string, factors: Factors, path: RelativePath) {
  const profile = makeProfile(seed, symbol, factors.sessions.length)
  const reports = fillPath(path, seed, profile, factors)
  const splits = findSplits(seed, profile, path)
  return { profile, reports, splits, bars: tradedBars(profile, path, splits, factors.sessions) }
}

function describe(profile: Profile, sessions: Int32Array, splits: ReturnType<typeof findSplits>, reports: readonly number[]): SymbolFacts {
  const { symbol, name, kind, sector, beta, deviation, first, last, ending, halts } = profile
  const dayAt = (index: number) => sessions[index]!
  return {
    symbol,
    name,
    kind,
    sector,
    beta,
    deviation,
    listed: dayAt(first),
    isNew: first > 0,
    delisted: ending === null ? null : { day: dayAt(last), cause: ending },
    splits: [...splits].reverse().map(({ index, to, from }) => ({ day: dayAt(index), to, from })),
    halts: halts.map(([from, to]) => ({ from: dayAt(from), to: dayAt(to) })),
    earnings: reports.map(dayAt),
  }
}
