import type { ExpirationSlice, OptionContract, OptionRight, StrategyContract, StrategyMarket } from '../../../../sdk/index.ts'

/** One contract in short: strike, bid, ask, delta; open interest 1,000 and volume 100 unless told. */
export type Quote = readonly [strike: number, bid: number | null, ask: number | null, delta: number | null, openInterest?: number | null]

export interface Expiration {
  readonly expiration: string
  readonly dte: number
  readonly calls: readonly Quote[]
  readonly puts: readonly Quote[]
}

/** What a test says about a market; `delta` falls back to the quotes' own. */
export interface MarketSketch {
  readonly spot: number
  readonly near: Expiration
  readonly later?: readonly Expiration[]
  readonly bias?: StrategyMarket['bias']
}

export function contractOf(right: OptionRight, expiration: string, [strike, bid, ask, delta, openInterest = 1_000]: Quote, more: Partial<OptionContract> = {}): OptionContract {
  const letters = `${expiration.slice(2).replaceAll('-', '')}${right === 'call' ? 'C' : 'P'}${String(Math.round(strike * 1_000)).padStart(8, '0')}`
  return {
    occ: `TEST  ${letters}`,
    root: 'TEST',
    right,
    strike,
    expiration,
    style: 'american',
    settlement: 'pm',
    multiplier: 100,
    adjusted: false,
    bid,
    ask,
    bidSize: 10,
    askSize: 10,
    last: null,
    volume: 100,
    openInterest,
    impliedVol: null,
    greeks: { delta, gamma: null, theta: null, vega: null, rho: null, updatedAt: null },
    quotedAt: null,
    ...more,
  }
}

export function quoted(contract: OptionContract): StrategyContract {
  const { bid, ask } = contract
  const tradable = bid !== null && ask !== null && bid > 0 && ask >= bid
  const mid = tradable ? (bid + ask) / 2 : null
  return { contract, tradable, mid, spreadPct: mid === null ? null : (ask! - bid!) / mid }
}

export function sliceOf({ expiration, dte, calls, puts }: Expiration): ExpirationSlice {
  return {
    expiration,
    dte,
    years: dte / 365,
    calls: calls.map((quote) => quoted(contractOf('call', expiration, quote))),
    puts: puts.map((quote) => quoted(contractOf('put', expiration, quote))),
  }
}

export function marketOf({ spot, near, later = [], bias = null }: MarketSketch): StrategyMarket {
  return { ticker: 'TEST', spot, bias, near: sliceOf(near), later: later.map(sliceOf), delta: ({ greeks }) => greeks?.delta ?? null }
}

/** Spot 100; every expected number of the tests over it was worked out by hand from these quotes. */
export const NEAR: Expiration = {
  expiration: '2026-12-18',
  dte: 37,
  calls: [
    [85, 15.4, 15.8, 0.93],
    [90, 11, 11.4, 0.85],
    [95, 7, 7.2, 0.7],
    [100, 3.9, 4, 0.52],
    [105, 1.9, 2, 0.31],
    [110, 0.85, 0.95, 0.16],
    [115, 0.35, 0.45, 0.07],
  ],
  puts: [
    [85, 0.45, 0.55, -0.07],
    [90, 0.9, 1, -0.15],
    [95, 1.9, 2, -0.3],
    [100, 3.7, 3.8, -0.48],
    [105, 6.7, 6.9, -0.69],
    [110, 10.6, 11, -0.84],
    [115, 15.1, 15.5, -0.93],
  ],
}

export const NEXT: Expiration = {
  expiration: '2027-01-15',
  dte: 65,
  calls: [
    [95, 8.4, 8.6, 0.67],
    [100, 5.4, 5.6, 0.54],
    [105, 3.2, 3.3, 0.38],
  ],
  puts: [
    [95, 3, 3.1, -0.33],
    [100, 5, 5.2, -0.46],
    [105, 7.9, 8.1, -0.62],
  ],
}

export const FAR: Expiration = {
  expiration: '2027-06-18',
  dte: 219,
  calls: [
    [80, 23.5, 24.1, 0.8],
    [90, 16.1, 16.5, 0.7],
    [100, 10.1, 10.5, 0.56],
    [110, 5.8, 6.2, 0.41],
    [120, 3, 3.4, 0.27],
  ],
  puts: [
    [80, 2.4, 2.6, -0.2],
    [90, 5, 5.2, -0.3],
    [100, 8.6, 9, -0.44],
    [110, 14.1, 14.5, -0.59],
    [120, 21.2, 21.8, -0.73],
  ],
}
