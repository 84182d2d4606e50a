import type { OptionRight } from '../../sdk/options/chain.ts'

export const HORIZONS = ['SHORT', 'MEDIUM', 'LEAP'] as const
export type Horizon = (typeof HORIZONS)[number]

export type TradeBias = 'bullish' | 'bearish' | 'neutral'

export const EXPLORATION_STATUSES = [
  'Success',
  'Not_Viable',
  'Skipped_Compute',
  'No_Expirations',
  'No_Chain_Data',
  'No_Suitable_Strikes',
  'Low_Liquidity',
  'API_Error',
  'Chain_Fetch_Failed',
  'Timed_Out',
  'Evaluation_Error',
  'Cancelled',
] as const
export type ExplorationStatus = (typeof EXPLORATION_STATUSES)[number]

export const LIQUIDITY_CLASSES = ['Excellent', 'Good', 'Acceptable', 'Thin', 'Illiquid'] as const
export type LiquidityClass = (typeof LIQUIDITY_CLASSES)[number]

/** One strategy to look for on one ticker, as it was handed over. */
export interface StrategyRow {
  /** Trimmed and upper-cased; may be empty, which the row then says. */
  readonly ticker: string
  /** ISO date of the hit that it was made from: recorded chains of later days are not looked at. Null for rows from a file. */
  readonly date: string | null
  /** Dollars per share, null where not given. */
  readonly close: number | null
  /** As it was written. */
  readonly strategy: string
  readonly tradeBias: TradeBias | null
  readonly horizon: Horizon | null
  /** Days to expiration, inclusive; null where not given. */
  readonly dteMin: number | null
  readonly dteMax: number | null
  /** Dollars and contracts a day where the row brings them along (`Market_Cap`, `Option_Volume`). */
  readonly marketCap: number | null
  readonly optionVolume: number | null
  /** Every column as it came, by the header's own spelling and in its order, those above included. */
  readonly columns: Readonly<Record<string, string>>
  /** Cells that could not be read, each a sentence; such a row ends as `Evaluation_Error`. */
  readonly problems: readonly string[]
}

export interface ExplorationLeg {
  readonly side: 'long' | 'short'
  readonly right: OptionRight
  readonly strike: number
  readonly expiration: string
  readonly quantity: number
  readonly occ: string
  /** Shares that one contract stands for. */
  readonly multiplier: number
}

/** What the chain offers for one strategy row. Dollars per share except `capitalRequired`, `maxProfit` and `maxLoss`, which are for one unit of the position. */
export interface ExplorationOutcome {
  sampledExpiration: string | null
  sampledDte: number | null
  sampledAtmStrike: number | null
  sampledLiquidityClass: LiquidityClass | null
  explorationStatus: ExplorationStatus
  explorationReason: string
  explorationSkipped: boolean
  skipReason: string | null
  escalatedToFullChain: boolean
  escalationReason: string | null
  selectedStrike: number | null
  selectedStrikes: number[] | null
  selectedExpiration: string | null
  finalDte: number | null
  legs: ExplorationLeg[] | null
  /** Shares that one unit of the position holds beside its legs; null where there is no position. */
  positionShares: number | null
  /** Price of the underlying that the position stands on, dollars per share; null where there is no position. */
  underlyingPriceUsed: number | null
  bid: number | null
  ask: number | null
  mid: number | null
  spreadPct: number | null
  openInterest: number | null
  volume: number | null
  impliedVol: number | null
  /** Per share of the whole position: theta per calendar day, vega and rho per one percentage point. */
  greeksDelta: number | null
  greeksGamma: number | null
  greeksTheta: number | null
  greeksVega: number | null
  greeksRho: number | null
  greeksSource: 'vendor' | 'computed' | 'mixed' | null
  capitalRequired: number | null
  maxProfit: number | 'unlimited' | null
  maxLoss: number | 'unlimited' | null
  breakevens: number[] | null
  finalLiquidityContext: string | null
  /** Flags by name, such as `stale`; empty where nothing is wrong. */
  dataQuality: string[]
  chainCacheHit: boolean
  apiCalls: number
  phase1DurationMs: number
  phase2DurationMs: number
  parallelWorkerId: number | null
  parallelProcessingTime: number
  parallelBatchSize: number
  parallelError: string | null
  /** There where the row has no whole answer, for what can pass or be mended: a resume tries it again. */
  retryable?: true
}

/** A strategy row and its outcome; `position` counts from 0 in the order handed over. */
export interface ExplorationRow {
  readonly position: number
  readonly input: StrategyRow
  readonly outcome: ExplorationOutcome
}
