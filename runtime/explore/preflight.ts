import type { OptionRight } from '../../sdk/options/chain.ts'
import type { Horizon, LiquidityClass, StrategyRow } from './row.ts'
import type { TickerFacts } from '../../sdk/option-provider.ts'

/** The newest that the engine itself has seen of a ticker's options. */
export interface LiquidityRecord {
  /** `none` where no options were listed, for whatever horizon. */
  readonly class: LiquidityClass | 'none'
  /** What it was looked at for: wide LEAPs say nothing of the next month. */
  readonly horizon: Horizon | 'any'
  /** Which contracts were looked at: wide puts say nothing of calls. `any` where none are listed, and in records of earlier versions. */
  readonly right: OptionRight | 'any'
  /** ISO date of the chain it was seen in. */
  readonly date: string
}

/** What a row looks for in a chain. */
export interface Wanted {
  readonly horizon: Horizon
  readonly rights: readonly OptionRight[]
}

/** Dollars per share above which a ticker is computed only where its options are known. */
const HIGH_PRICE = 1_000
/** By how much another price of the same shares must be less to make one look like a mistake rather than a move. */
const CONTRADICTION = 2
/** Dollars of market capitalisation below which a company is a small cap. */
const SMALL_CAP = 5e9

/**
 * Tier 0: whether computing a row is likely to be wasted. It never rejects: the row stays, labelled with the reason.
 * What the row brings along counts before what the provider knows; what nobody knows never skips, nor does a high price that another one
 * contradicts: the row's, the provider's or `lastClose`, that of imported bars.
 * @returns the reason to skip, or null
 */
export function preflight(row: StrategyRow, { horizon, rights }: Wanted, facts: TickerFacts | null, known: readonly LiquidityRecord[], lastClose: number | null = null): string | null {
  const unlisted = known.find((record) => record.class === 'none')
  if (unlisted) return `no options were listed when last looked at (${unlisted.date})`
  const illiquid = rights.map((right) => newestOf(known, horizon, right)).find((record) => record?.class === 'Illiquid')
  if (illiquid) return `its ${horizon} ${illiquid.right === 'any' ? 'options' : `${illiquid.right}s`} were illiquid when last looked at (${illiquid.date})`
  const price = row.close ?? facts?.price ?? null
  const isContradicted = [row.close, facts?.price, lastClose].some((other) => other && other <= HIGH_PRICE && price! > CONTRADICTION * other)
  if (price !== null && price > HIGH_PRICE && known.length === 0 && !isContradicted) {
    return `the price of $${price.toLocaleString('en-US')} is above $${HIGH_PRICE.toLocaleString('en-US')} and nothing is known of its options' liquidity yet`
  }
  const marketCap = row.marketCap ?? facts?.marketCap ?? null
  const optionVolume = row.optionVolume ?? facts?.optionVolume ?? null
  if (marketCap !== null && marketCap < SMALL_CAP && optionVolume === 0) {
    return `a small cap ($${(marketCap / 1e9).toFixed(2)} billion) whose options do not trade (volume 0)`
  }
  return null
}

/** What was seen of one type of contracts: one that says which it looked at counts before one that does not. */
function newestOf(known: readonly LiquidityRecord[], horizon: Horizon, right: OptionRight): LiquidityRecord | undefined {
  const ofHorizon = known.filter((record) => record.horizon === horizon)
  return ofHorizon.find((record) => record.right === right) ?? ofHorizon.find((record) => record.right === 'any')
}
