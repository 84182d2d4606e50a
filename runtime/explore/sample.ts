import type { OptionRight } from '../../sdk/options/chain.ts'
import type { StrategyContract } from '../../sdk/strategy.ts'
import { gradeLiquidity, isBetter, type LiquidityGrade, type LiquidityThresholds } from './liquidity.ts'
import type { PreparedChain } from './prepared-chain.ts'
import { contractFlags, type QualityFlag } from './quality.ts'
import type { ExplorationStatus, Horizon, LiquidityClass } from './row.ts'

/** What the sampled expiration showed. `problem` is null where the row goes on to the deep phase. */
export interface Sample {
  readonly atmStrike: number | null
  readonly grade: LiquidityGrade | null
  /** What each type of contracts that was looked at showed, those after a bad one left out. */
  readonly seen: readonly { readonly right: OptionRight; readonly class: LiquidityClass }[]
  readonly flags: readonly QualityFlag[]
  readonly problem: {
    readonly status: ExplorationStatus
    readonly reason: string
    /** True where another expiration may show better. */
    readonly isQuality: boolean
  } | null
}

/** Strikes about the money that are looked at for a quote with both sides. */
const STRIKES_SAMPLED = 3
/** Farthest that the at-the-money strike may lie from the price, unless no listed step is that small. */
const ATM_TOLERANCE = 0.1

/**
 * Phase 1: looks at the money of one expiration, only at the types of contracts that the strategy needs. A strike near
 * the price, a quote with both sides within the three nearest strikes, and a liquidity that is not Illiquid for the
 * horizon; a position that needs both types is as good as the worse of them.
 */
export function takeSample(prepared: PreparedChain, rights: readonly OptionRight[], horizon: Horizon, thresholds: LiquidityThresholds, staleMs: number): Sample {
  const { slice, spot } = prepared
  const flags: QualityFlag[] = [...prepared.flags]
  let atmStrike: number | null = null
  let grade: LiquidityGrade | null = null
  const seen: { right: OptionRight; class: LiquidityClass }[] = []
  for (const right of rights) {
    const contracts = right === 'call' ? slice.calls : slice.puts
    if (contracts.length === 0) return failed('No_Chain_Data', `${slice.expiration} lists no ${right}s`, false)
    const nearest = nearestTo(contracts, spot)
    atmStrike ??= nearest[0]!.contract.strike
    const gap = gapAtMoney(contracts, nearest[0]!, spot)
    if (gap !== null) return failed('No_Suitable_Strikes', `${slice.expiration}: ${gap}`, false)
    const quoted = nearest.slice(0, STRIKES_SAMPLED).find(({ tradable }) => tradable) ?? null
    for (const flag of contractFlags((quoted ?? nearest[0]!).contract, prepared, staleMs)) flags.push(flag)
    if (quoted === null) seen.push({ right, class: 'Illiquid' })
    if (quoted === null) return failed('Not_Viable', `${slice.expiration} (${slice.dte} days): ${describeUnquoted(right, nearest.slice(0, STRIKES_SAMPLED), spot)}`, true)
    const found = gradeLiquidity(factsOf(quoted), horizon, spot, thresholds)
    seen.push({ right, class: found.class })
    if (grade === null || isBetter(grade.class, found.class)) grade = found
    if (found.class === 'Illiquid') {
      return failed('Not_Viable', `${slice.expiration} (${slice.dte} days): the ${quoted.contract.strike} ${right} is ${found.context}`, true)
    }
  }
  return { atmStrike, grade, seen, flags, problem: null }

  function failed(status: ExplorationStatus, reason: string, isQuality: boolean): Sample {
    return { atmStrike, grade, seen, flags, problem: { status, reason, isQuality } }
  }
}

/** Why none of the nearest can be traded. */
function describeUnquoted(right: OptionRight, nearest: readonly StrategyContract[], spot: number): string {
  const crossed = nearest.map(({ contract }) => contract).find(({ bid, ask }) => bid !== null && ask !== null && ask > 0 && bid > ask)
  const near = `no ${right} near $${spot.toFixed(2)} has a quote with both sides`
  return crossed === undefined ? near : `${near} that is not crossed: the ${crossed.strike} ${right} has its bid of ${crossed.bid} above its ask of ${crossed.ask}`
}

function factsOf({ contract, spreadPct }: StrategyContract) {
  const { bid, ask, openInterest, volume } = contract
  return { spreadPct, spread: bid === null || ask === null ? null : ask - bid, openInterest, volume }
}

/** Contracts by their distance from the price, the lower strike first where two are equally far. */
function nearestTo(contracts: readonly StrategyContract[], spot: number): StrategyContract[] {
  return [...contracts].sort((one, other) => Math.abs(one.contract.strike - spot) - Math.abs(other.contract.strike - spot) || one.contract.strike - other.contract.strike)
}

/** Why no strike is at the money, null where one is: within a tenth of the price, or between two listed strikes. */
function gapAtMoney(contracts: readonly StrategyContract[], nearest: StrategyContract, spot: number): string | null {
  const first = contracts[0]!.contract.strike
  const last = contracts.at(-1)!.contract.strike
  const distance = Math.abs(nearest.contract.strike - spot) / spot
  if (distance <= ATM_TOLERANCE || (first <= spot && spot <= last)) return null
  return `no strike is at the money: the ${contracts.length} listed, ${first} to ${last}, are ${(distance * 100).toFixed(0)}% or more from the price of $${spot.toFixed(2)}, as after a split`
}
