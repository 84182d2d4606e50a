import type { SymbolBars } from '../../../../sdk/market.ts'
import { ProviderCallError, type OptionProvider, type TickerFacts } from '../../../../sdk/option-provider.ts'
import type { OptionChain, OptionExpirations } from '../../../../sdk/options/chain.ts'
import { createSimulatedMarket } from '../market.ts'
import { makeChain } from './chain.ts'
import { barsUpTo } from './history.ts'
import { checkOptionOptions, type SimulatedOptionOptions } from './options.ts'
import { makeTicker, type TickerState } from './ticker.ts'

/** Quote of an underlying; prices in dollars. */
export interface SimulatedQuote {
  readonly symbol: string
  readonly name: string
  /** Days since 1970-01-01 of the session that open, high, low, last and volume are of. */
  readonly session: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly last: number
  readonly bid: number
  readonly ask: number
  readonly previousClose: number
  readonly volume: number
}

/** The simulated option market: an option provider, with the underlyings that its quotes rest on. */
export interface SimulatedOptionMarket extends OptionProvider {
  readonly simulated: true
  readonly remote: false
  /** Epoch milliseconds that all quotes stand for. */
  readonly asOf: number
  /** Bars of a ticker up to `asOf`, null where the market has no such ticker. */
  bars(ticker: string): SymbolBars | null
  /** Quote of a ticker's shares, null where it does not trade. */
  quote(ticker: string): SimulatedQuote | null
  facts(ticker: string): TickerFacts | null
}

/** Tickers kept, small records without their bars. */
const TICKERS_KEPT = 2048

/**
 * A market of listed options made from a seed alone, over the simulated market's shares or over bars of the host's own.
 * Each ticker is drawn from streams of its own, and nothing after `asOf` is looked at.
 * @throws ProviderOptionError where an option is unknown or outside its range.
 */
export function createSimulatedOptionMarket(options: SimulatedOptionOptions = {}): SimulatedOptionMarket {
  const checked = checkOptionOptions(options)
  const market = createSimulatedMarket(checked.market)
  const states = new Map<string, TickerState | null>()
  const allBars = (ticker: string) => (checked.bars === null ? market.barsOf(ticker) : checked.bars(ticker))

  const stateOf = (ticker: string): TickerState | null | undefined => {
    if (states.has(ticker)) return states.get(ticker)
    const bars = allBars(ticker)
    if (bars === null) return undefined
    const state = makeTicker(checked, ticker, bars, market.facts(ticker))
    if (states.size >= TICKERS_KEPT) states.delete(states.keys().next().value!)
    states.set(ticker, state)
    return state
  }
  const known = (ticker: string): TickerState | null => {
    const state = stateOf(ticker)
    if (state === undefined) throw new ProviderCallError('unknown_ticker', `The simulated market has no ticker ${shown(ticker)}.`, { passing: false })
    return state
  }

  return {
    name: 'simulated',
    simulated: true,
    identity: `simulated options ${checked.text}`,
    remote: false,
    callsPerMinute: null,
    asOf: checked.asOf,
    // An async function turns what is thrown into a rejection.
    async expirations(ticker, { signal }): Promise<OptionExpirations> {
      signal.throwIfAborted()
      return { ticker, dates: [...(known(ticker)?.series.keys() ?? [])], asOf: checked.asOf }
    },
    async chain(ticker, expiration, { signal }): Promise<OptionChain> {
      signal.throwIfAborted()
      const state = known(ticker)
      if (state) return makeChain(checked, state, expiration)
      return { ticker, expiration, underlyingPrice: null, asOf: checked.asOf, delayMinutes: 0, contracts: [], refused: [] }
    },
    facts(ticker): TickerFacts | null {
      const state = stateOf(ticker)
      if (!state) return null
      return { price: state.spot, marketCap: Math.round(state.spot * state.shares), optionVolume: Math.round(state.options?.volume ?? 0) }
    },
    bars(ticker) {
      const bars = allBars(ticker)
      return bars && barsUpTo(bars, checked.priceDay)
    },
    quote(ticker) {
      const state = stateOf(ticker)
      const bars = state ? this.bars(ticker) : null
      return state && bars ? quoteOf(state, bars) : null
    },
  }
}

function quoteOf({ symbol, profile, options, spot }: TickerState, bars: SymbolBars): SimulatedQuote {
  const at = bars.day.length - 1
  const tick = spot < 1 ? 0.0001 : 0.01
  const half = Math.max(Math.round((options?.underlyingSpread ?? tick * 4) / tick / 2), 0) * tick
  const decimals = spot < 1 ? 4 : 2
  return {
    symbol,
    name: profile.name,
    session: bars.day[at]!,
    open: bars.open[at]!,
    high: bars.high[at]!,
    low: bars.low[at]!,
    last: spot,
    bid: Number(Math.max(spot - half, tick).toFixed(decimals)),
    ask: Number((spot + Math.max(half, tick)).toFixed(decimals)),
    previousClose: bars.close[Math.max(at - 1, 0)]!,
    volume: bars.volume[at]!,
  }
}

function shown(ticker: string): string {
  return JSON.stringify(typeof ticker === 'string' ? ticker.slice(0, 20) : String(ticker))
}
