import type { OptionChain, OptionContract, OptionExpirations, OptionRight } from '../../../../sdk/options/chain.ts'
import { europeanPriceAndGreeks, formatOccSymbol, yearsToExpiration } from '../../../../sdk/options/index.ts'
import type { Fetched } from '../../../../runtime/explore/chain-access.ts'
import type { TickerDeps } from '../../../../runtime/explore/explore-ticker.ts'
import type { LiquidityRecord } from '../../../../runtime/explore/preflight.ts'
import { loadStrategies } from '../../../../runtime/explore/strategies.ts'
import type { StrategyRow } from '../../../../runtime/explore/row.ts'

/** Friday, 2026-11-20, 15:45 in New York. */
export const AS_OF = Date.parse('2026-11-20T20:45:00Z')
export const SPOT = 100
export const RATE = 0.04
const VOL = 0.3

export interface ChainShape {
  ticker?: string
  spot?: number
  strikes?: readonly number[]
  /** Half of the spread, dollars. */
  halfSpread?: number
  openInterest?: number | null
  volume?: number | null
  greeks?: boolean
  underlyingPrice?: number | null
  change?: (contract: OptionContract) => OptionContract | null
}

/** A chain around $100 whose middles are Black-Scholes prices at 30%. */
export function makeChain(expiration: string, shape: ChainShape = {}): OptionChain {
  const { ticker = 'ABC', spot = SPOT, halfSpread = 0.02, openInterest = 5_000, volume = 800, greeks = true } = shape
  const strikes = shape.strikes ?? Array.from({ length: 41 }, (_, index) => 60 + index * 2)
  const years = yearsToExpiration(AS_OF, expiration)
  const contracts = strikes.flatMap((strike) =>
    (['call', 'put'] as const).flatMap((right: OptionRight) => {
      const { price, ...sensitivities } = europeanPriceAndGreeks(right, { spot, strike, years, vol: VOL, rate: RATE })
      const middle = Math.max(price, halfSpread)
      const contract: OptionContract = {
        occ: formatOccSymbol({ root: ticker, expiration, right, strike }),
        root: ticker,
        right,
        strike,
        expiration,
        style: 'american',
        settlement: 'pm',
        multiplier: 100,
        adjusted: false,
        bid: Math.max(0, middle - halfSpread),
        ask: middle + halfSpread,
        bidSize: 10,
        askSize: 10,
        last: middle,
        volume,
        openInterest,
        impliedVol: greeks ? VOL : null,
        greeks: greeks ? { ...sensitivities, updatedAt: AS_OF - 600_000 } : null,
        quotedAt: AS_OF - 5_000,
      }
      const changed = shape.change === undefined ? contract : shape.change(contract)
      return changed === null ? [] : [changed]
    }),
  )
  return { ticker, expiration, underlyingPrice: shape.underlyingPrice === undefined ? spot : shape.underlyingPrice, asOf: AS_OF, delayMinutes: 0, contracts, refused: [] }
}

export function strategyRow(row: Partial<StrategyRow> = {}): StrategyRow {
  return {
    ticker: 'ABC', date: null, close: null, strategy: 'Long Call', tradeBias: null, horizon: null, dteMin: null, dteMax: null,
    marketCap: null, optionVolume: null, columns: {}, problems: [], ...row,
  }
}

/** Everything a ticker needs, over answers made by hand; `asked` lists the questions in order. */
export async function tickerDeps(answers: Record<string, OptionChain | Error>, change: Partial<TickerDeps> & { dates?: string[]; quote?: number | null } = {}) {
  const book = await loadStrategies()
  const asked: string[] = []
  const remembered: LiquidityRecord[] = []
  const { dates = Object.keys(answers), quote = null, ...rest } = change
  const answer = <Value>(name: string, value: Value | Error): Promise<Fetched<Value>> => {
    asked.push(name)
    return value instanceof Error ? Promise.reject(value) : Promise.resolve({ value, fromCache: false })
  }
  const deps: TickerDeps = {
    access: {
      expirations: (ticker) => answer<OptionExpirations>('expirations', { ticker, dates: dates.toSorted(), asOf: AS_OF }),
      chain: (_, expiration) => answer(expiration, answers[expiration] ?? new Error(`no chain of ${expiration}`)),
      price: async () => quote,
      calls: () => asked.length,
    },
    settings: {
      horizon: 'SHORT',
      extraExpirations: 2,
      depth: 'needed',
      carry: { rate: RATE, dividendYield: 0 },
      staleMs: 3_600_000,
      thresholds: {
        spread: { SHORT: [0.02, 0.05, 0.1, 0.25], MEDIUM: [0.03, 0.06, 0.12, 0.3], LEAP: [0.05, 0.1, 0.18, 0.4] },
        openInterest: { SHORT: [2_000, 500, 100, 10], MEDIUM: [1_500, 400, 75, 10], LEAP: [500, 100, 20, 1] },
      },
    },
    forceFull: false,
    simulated: false,
    recorded: false,
    findStrategy: book.find,
    suggestStrategy: book.suggest,
    knownStrategies: book.names,
    facts: () => null,
    liquidity: () => [],
    remember: (_, records) => void remembered.push(...records),
    now: () => 0,
    givenUp: () => null,
    ...rest,
  }
  return { deps, asked, remembered }
}
