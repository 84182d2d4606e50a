import type { SymbolBars } from '../../../../sdk/market.ts'
import type { OptionChain, OptionContract, OptionRight } from '../../../../sdk/options/chain.ts'
import { ProviderCallError } from '../../../../sdk/option-provider.ts'
import type { SimulatedSource } from '../../../../api/simulate/source.ts'

/** 16:00 in New York on Friday, 20 November 2026. */
export const AS_OF = Date.parse('2026-11-20T21:00:00Z')
const LAST_DAY = Date.parse('2026-11-20') / 86_400_000

/** Dates by ticker; `ONE` has one of one contract, `EMPTY` one of none. */
const DATES: Record<string, string[]> = {
  AAPL: ['2026-11-27', '2026-12-18', '2027-01-15'],
  'BRK.B': ['2026-12-18'],
  SPX: ['2026-11-27', '2026-12-18'],
  ONE: ['2026-12-18'],
  EMPTY: ['2026-12-18'],
}

function contract(root: string, expiration: string, right: OptionRight, strike: number, values: Partial<OptionContract> = {}): OptionContract {
  const digits = expiration.slice(2).replaceAll('-', '')
  return {
    occ: `${root.padEnd(6)}${digits}${right === 'call' ? 'C' : 'P'}${String(strike * 1_000).padStart(8, '0')}`,
    root, right, strike, expiration, style: 'american', settlement: 'pm', multiplier: 100, adjusted: false,
    bid: 1.25, ask: 1.3, bidSize: 12, askSize: 7, last: 1.27, volume: 340, openInterest: 1_205, impliedVol: 0.31 + strike / 10_000,
    greeks: { delta: right === 'call' ? 0.5 : -0.5, gamma: 0.02, theta: -0.05, vega: 0.11, rho: right === 'call' ? 0.04 : -0.05, updatedAt: AS_OF - 3_600_000 },
    quotedAt: AS_OF - 1_000, ...values,
  }
}

function contractsOf(ticker: string, expiration: string): OptionContract[] {
  if (ticker === 'EMPTY') return []
  if (ticker === 'ONE') return [contract('ONE', expiration, 'call', 10)]
  const index = { style: 'european' } as const
  if (ticker === 'SPX') {
    const weekly = [contract('SPXW', expiration, 'call', 6_500, index), contract('SPXW', expiration, 'put', 6_500, index)]
    return expiration === '2026-12-18' ? [contract('SPX', expiration, 'call', 6_500, { ...index, settlement: 'am' }), ...weekly] : weekly
  }
  const root = ticker.replaceAll(/\W/g, '')
  const strikes = Array.from({ length: 31 }, (_, at) => 200 + at * 2.5)
  return strikes.flatMap((strike) => [
    contract(root, expiration, 'call', strike, strike === 200 ? { last: null, volume: 0, openInterest: 0 } : {}),
    contract(root, expiration, 'put', strike, strike === 200 ? { bid: 0, bidSize: 0, last: null, volume: 0 } : strike === 205 ? { bid: null, ask: null, bidSize: 0, askSize: 0, quotedAt: null, impliedVol: null, greeks: null, last: null, volume: 0 } : {}),
  ])
}

/** What a ticker's chain is, as the real client should come to have it: puts without the theta and rho that Tradier gives them. */
export function expectedChain(ticker: string, expiration: string): OptionContract[] {
  return contractsOf(ticker, expiration)
    .map((each) => (each.right === 'put' && each.greeks !== null ? { ...each, greeks: { ...each.greeks, theta: null, rho: null } } : each))
    .sort((a, b) => a.strike - b.strike || (a.right < b.right ? -1 : a.right > b.right ? 1 : a.root < b.root ? -1 : 1))
}

const closes = [250, 252.5, 251]
const bars = (symbol: string): SymbolBars => ({
  symbol, day: Int32Array.from(closes, (_, at) => LAST_DAY - closes.length + 1 + at), open: Float64Array.from(closes), high: Float64Array.from(closes, (close) => close + 1),
  low: Float64Array.from(closes, (close) => close - 1), close: Float64Array.from(closes), volume: Float64Array.from(closes, () => 1e6),
})

export function fakeMarket(): SimulatedSource {
  return {
    asOf: AS_OF,
    bars: (ticker) => (ticker in DATES ? bars(ticker) : null),
    options: {
      name: 'fake', simulated: true, identity: 'fake', remote: false, callsPerMinute: null,
      expirations: async (ticker) => {
        if (ticker === 'BROKEN') throw new ProviderCallError('unavailable', 'The market is broken', { passing: true })
        if (ticker === 'THROWS') throw new Error('a bug')
        if (!(ticker in DATES)) throw new ProviderCallError('unknown_ticker', 'No such ticker', { passing: false })
        return { ticker, dates: DATES[ticker]!, asOf: AS_OF }
      },
      chain: async (ticker, expiration): Promise<OptionChain> => ({ ticker, expiration, underlyingPrice: 251, asOf: AS_OF, delayMinutes: 0, contracts: contractsOf(ticker, expiration), refused: [] }),
    },
  }
}
