import { TickerExploration } from '../../../../runtime/explore/explore-ticker.ts'
import { placeChain, sortChain, type PreparedChain } from '../../../../runtime/explore/prepared-chain.ts'
import type { ExplorationOutcome, StrategyRow } from '../../../../runtime/explore/row.ts'
import simulated from '../../../../plugins/providers/simulated/option-plugin.ts'
import type { OptionProvider, ProviderCall } from '../../../../sdk/option-provider.ts'
import type { OptionChain } from '../../../../sdk/options/chain.ts'
import { strategyRow, tickerDeps } from './support.ts'

/** What one leg of an explored position is valued by, as any library of option maths takes it. */
export interface ValuedLeg {
  readonly side: 'long' | 'short'
  readonly quantity: number
  readonly right: 'call' | 'put'
  readonly style: 'american' | 'european'
  readonly spot: number
  readonly strike: number
  readonly years: number
  /** Continuous, per year. */
  readonly rate: number
  readonly dividendYield: number
  /** Middle of the quote. */
  readonly price: number
}

export interface ExploredPosition {
  readonly row: string
  /** Shares held beside the contracts, a share of theirs. */
  readonly shares: 0 | 1
  readonly legs: readonly ValuedLeg[]
  readonly outcome: ExplorationOutcome
}

const CALL: ProviderCall = { signal: new AbortController().signal, onRate: () => {} }
/** Strategies of more than one part: several legs, or a leg beside shares. */
const STRATEGIES = [
  'Covered Call', 'Buy-Write', 'Long Straddle', 'Long Strangle', 'Call Debit Spread', 'Put Debit Spread', 'Call Credit Spread', 'Put Credit Spread', 'Iron Condor', 'Calendar', 'Diagonal',
] as const
const HORIZONS = ['SHORT', 'MEDIUM', 'LEAP'] as const
const HOLDING_SHARES: readonly string[] = ['Covered Call', 'Buy-Write']

/**
 * Positions of all strategies of several parts on the tickers of a source, for each horizon; none for rows that find no contracts or whose
 * Greeks are not known. Greeks of the source are left out, so that all are computed.
 */
async function explorePositions(provider: OptionProvider, tickers: readonly string[]): Promise<ExploredPosition[]> {
  const positions: ExploredPosition[] = []
  for (const ticker of tickers) {
    const chains = new Map<string, OptionChain>()
    const chainOf = async (expiration: string): Promise<OptionChain> => {
      const known = chains.get(expiration) ?? bare(await provider.chain(ticker, expiration, CALL))
      chains.set(expiration, known)
      return known
    }
    const { deps } = await tickerDeps({}, {
      forceFull: true,
      access: {
        expirations: async () => ({ value: await provider.expirations(ticker, CALL), fromCache: false }),
        chain: async (_, expiration) => ({ value: await chainOf(expiration), fromCache: false }),
        price: async () => null,
        calls: () => 0,
      },
    })
    const exploration = new TickerExploration(ticker, deps)
    for (const horizon of HORIZONS) {
      for (const strategy of STRATEGIES) {
        const outcome = (await exploration.explore({ position: 0, row: strategyRow({ ticker, strategy, horizon } satisfies Partial<StrategyRow>) }))!
        if (outcome.legs === null || outcome.greeksDelta === null) continue
        const legs = outcome.legs.map((leg): ValuedLeg => {
          const { chain, spot, slice, carry } = prepare(chains.get(leg.expiration)!, deps.settings.carry)
          const { style, strike, bid, ask } = chain.contracts.find(({ occ }) => occ === leg.occ)!
          return { side: leg.side, quantity: leg.quantity, right: leg.right, style, spot, strike, years: slice.years, ...carry, price: (bid! + ask!) / 2 }
        })
        positions.push({ row: `${ticker} ${strategy} ${horizon}`, shares: HOLDING_SHARES.includes(strategy) ? 1 : 0, legs, outcome })
      }
    }
  }
  return positions
}

/** Positions on the simulated market: an index fund, a dear share and a cheap one. */
export function simulatedPositions(): Promise<ExploredPosition[]> {
  return explorePositions(simulated.open({ symbols: 40 }), ['SPY', 'AAPL', 'KO'])
}

function bare(chain: OptionChain): OptionChain {
  return { ...chain, contracts: chain.contracts.map((contract) => ({ ...contract, greeks: null, impliedVol: null })) }
}

function prepare(chain: OptionChain, carry: { rate: number; dividendYield: number }): PreparedChain {
  const sorted = sortChain(chain, carry, true)
  const placed = 'unusable' in sorted ? sorted : placeChain(sorted, null)
  if ('unusable' in placed) throw new Error(placed.unusable)
  return placed
}
