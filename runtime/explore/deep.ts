import type { OptionContract } from '../../sdk/options/chain.ts'
import { evaluatePosition, positionGreeks, type PositionEvaluation } from '../../sdk/options/position.ts'
import type { SelectionLack, Strategy, StrategyLeg } from '../../sdk/strategy.ts'
import { daysText, type DatedExpiration, type DteRange } from './horizon.ts'
import { contractGreeks, quickDelta, type LegGreeks } from './leg-greeks.ts'
import { gradeLiquidity, isBetter, type LiquidityGrade, type LiquidityThresholds } from './liquidity.ts'
import { instantText, type PreparedChain, type UnusableChain } from './prepared-chain.ts'
import { contractFlags, orderedFlags, type QualityFlag } from './quality.ts'
import type { ExplorationLeg, ExplorationOutcome, ExplorationStatus, StrategyRow } from './row.ts'
import type { Carry, SpotSource } from './underlying-price.ts'

export interface DeepSettings {
  readonly carry: Carry
  readonly thresholds: LiquidityThresholds
  /** How old a quote may be before it is flagged. */
  readonly staleMs: number
  /** `needed`: other expirations in range are fetched where the sampled one does not serve. `range`: always, and the best is taken. */
  readonly depth: 'needed' | 'range'
}

export interface DeepRow {
  readonly row: StrategyRow
  readonly strategy: Strategy
  readonly range: DteRange
  readonly prepared: PreparedChain
  /** Other expirations in range, nearest to the target first. */
  readonly others: readonly DatedExpiration[]
  /** All that are listed, ascending. */
  readonly expirations: readonly DatedExpiration[]
  /** What came before, for the reason. */
  readonly notes: readonly string[]
  readonly settings: DeepSettings
  /** A chain beside the sampled one. Rejects only where the row is given up: one that can not be fetched is unusable. */
  prepare(date: string): Promise<PreparedChain | UnusableChain>
}

/** Why an expiration offers no position. */
interface Refusal {
  readonly expiration: string
  readonly reason: string
  readonly lack: SelectionLack | 'chain'
}

/** A position found on one expiration, or why there is none. */
type Finding = Refusal | Position

interface Position {
  readonly prepared: PreparedChain
  readonly legs: readonly StrategyLeg[]
  readonly evaluation: PositionEvaluation
  readonly grade: LiquidityGrade
  readonly note: string | null
  /** The chain that a leg stands on. */
  chainOf(contract: OptionContract): PreparedChain
}

/** Later expirations that are tried for one near one. */
const LATER_TRIED = 2

const isPosition = (finding: Finding): finding is Position => 'legs' in finding

/** What a row is that found no position, by what it lacked; of several the one that came nearest to a position, first. */
const LACK_STATUS: readonly (readonly [Refusal['lack'], ExplorationStatus])[] = [
  ['quotes', 'Low_Liquidity'],
  ['strikes', 'No_Suitable_Strikes'],
  ['expiration', 'No_Expirations'],
  ['chain', 'No_Chain_Data'],
]

/**
 * Phase 2: lets the strategy choose its contracts on the sampled expiration and writes what they offer into `outcome`.
 * Further chains are fetched only for a reason: the strategy stands on two expirations, the sampled one offers nothing
 * that can be traded, or the settings ask for the whole range. Thin and Illiquid positions are labelled, not hidden. A
 * further chain that can not be had costs no position that is there already.
 * @throws what kept a further chain from being fetched, where no position was found without it
 */
export async function exploreDeep(outcome: ExplorationOutcome, deep: DeepRow): Promise<void> {
  const search = new Search(deep)
  await search.look(deep.prepared)
  const wanting = wantsMore(search.best, deep)
  const looked: string[] = []
  // Of a range that is open there may be dozens: where one is needed, the nearest that serves will do.
  for (const { date } of deep.others) {
    if (wantsMore(search.best, deep) === null) break
    await search.lookAt(date)
    looked.push(date)
  }
  const escalations = [...search.fetchedLater, ...(looked.length === 0 ? [] : [describeOthers(wanting!, looked, deep.others.length)])]
  outcome.escalatedToFullChain = escalations.length > 0
  outcome.escalationReason = escalations.length > 0 ? escalations.join('; ') : whyNotEscalated(deep)
  const { best, refusals, failures } = search
  if (best !== null) describePosition(outcome, { ...deep, notes: [...deep.notes, ...search.unusable] }, best)
  else if (failures.length > 0) throw failures[0]
  else {
    outcome.explorationStatus = LACK_STATUS.find(([lack]) => refusals.some((refusal) => refusal.lack === lack))![1]
    outcome.explorationReason = [...deep.notes, ...refusals.map(({ expiration, reason }) => `${expiration}: ${reason}`)].join('; ')
  }
}

/** Looks at one expiration after the other and keeps the best position. */
class Search {
  readonly #deep: DeepRow
  readonly #later: PreparedChain[] = []
  best: Position | null = null
  readonly refusals: Refusal[] = []
  /** Why chains that were asked for could not be used. */
  readonly unusable: string[] = []
  readonly failures: unknown[] = []
  /** What was fetched for later legs, in sentences. */
  readonly fetchedLater: string[] = []

  constructor(deep: DeepRow) {
    this.#deep = deep
  }

  async lookAt(date: string): Promise<void> {
    const prepared = await this.#deep.prepare(date)
    if (!('unusable' in prepared)) return this.look(prepared)
    this.#setAside(prepared)
    this.refusals.push({ expiration: date, reason: prepared.unusable, lack: 'chain' })
  }

  async look(prepared: PreparedChain): Promise<void> {
    await this.#fetchLater(prepared)
    const finding = findPosition(this.#deep, prepared, this.#later)
    if (!isPosition(finding)) this.refusals.push(finding)
    // Of equals the first looked at, which is nearer to the target.
    else if (this.best === null || isBetter(finding.grade.class, this.best.grade.class)) this.best = finding
  }

  /** The later expiration that a strategy of two needs: the listed one nearest to its wish, else the next nearest. */
  async #fetchLater({ slice }: PreparedChain): Promise<void> {
    const { strategy, expirations, prepare } = this.#deep
    if (strategy.later === undefined) return
    const { minimumDays, targetDays } = strategy.later
    if (this.#later.some((chain) => chain.slice.dte >= slice.dte + minimumDays)) return
    const distance = (dte: number): number => Math.abs(dte - slice.dte - targetDays)
    const wished = expirations.filter(({ dte }) => dte >= slice.dte + minimumDays).sort((one, other) => distance(one.dte) - distance(other.dte) || one.dte - other.dte)
    for (const { date } of wished.slice(0, LATER_TRIED)) {
      const later = await prepare(date)
      if ('unusable' in later) {
        this.#setAside(later)
        continue
      }
      this.#later.push(later)
      this.fetchedLater.push(`${strategy.name} stands on two expirations: ${date} was fetched for its later leg`)
      return
    }
  }

  #setAside({ unusable, failure }: UnusableChain): void {
    this.unusable.push(unusable)
    if (failure !== undefined) this.failures.push(failure)
  }
}

function describeOthers(wanting: string, looked: readonly string[], others: number): string {
  const which = others === 1 ? 'the other expiration' : looked.length === others ? `the other ${others} expirations` : `the nearest ${looked.length} of the other ${others} expirations`
  return `${wanting}; ${which} in range (${looked.join(', ')}) ${looked.length === 1 ? 'was' : 'were'} looked at too`
}

/** Why other expirations in range should be looked at, null where the sampled one serves. */
function wantsMore(finding: Position | null, { settings, strategy }: DeepRow): string | null {
  if (settings.depth === 'range') return 'the whole range was asked for'
  if (finding === null) return `the sampled expiration offers ${strategy.name} no contracts`
  const { class: liquidity } = finding.grade
  return liquidity === 'Illiquid' ? 'the position on the sampled expiration is Illiquid' : null
}

function whyNotEscalated({ others, strategy }: DeepRow): string {
  if (others.length === 0) return 'the sampled expiration is the only one in range, so its chain is the whole chain'
  return `the sampled expiration is all that ${strategy.name} needs`
}

function findPosition({ row, strategy, range, settings }: DeepRow, prepared: PreparedChain, later: readonly PreparedChain[]): Finding {
  const deltas = new Map<string, number | null>()
  const chainOf = (contract: OptionContract) => later.find(({ slice }) => slice.expiration === contract.expiration) ?? prepared
  const selection = strategy.select({
    ticker: row.ticker,
    spot: prepared.spot,
    bias: row.tradeBias,
    near: prepared.slice,
    later: later.filter(({ slice }) => slice.dte > prepared.slice.dte).map(({ slice }) => slice),
    delta(contract) {
      let delta = deltas.get(contract.occ)
      if (delta === undefined) deltas.set(contract.occ, (delta = quickDelta(contract, chainOf(contract))))
      return delta
    },
  })
  if (selection.legs === null) return { expiration: prepared.slice.expiration, reason: selection.reason, lack: selection.lack ?? 'strikes' }
  const evaluation = evaluatePosition(strategy, selection.legs, prepared.spot)
  const spread = evaluation.bid === null || evaluation.ask === null ? null : evaluation.ask - evaluation.bid
  const grade = gradeLiquidity({ spreadPct: evaluation.spreadPct, spread, openInterest: evaluation.openInterest, volume: evaluation.volume }, range.horizon, prepared.spot, settings.thresholds)
  return { prepared, legs: selection.legs, evaluation, grade, note: selection.note ?? null, chainOf }
}

function describePosition(outcome: ExplorationOutcome, deep: DeepRow, position: Position): void {
  const { prepared, legs, evaluation, grade, note, chainOf } = position
  const { slice } = prepared
  const isIlliquid = grade.class === 'Illiquid'
  outcome.explorationStatus = isIlliquid ? 'Low_Liquidity' : 'Success'
  outcome.selectedStrike = legs[0]!.contract.strike
  outcome.selectedStrikes = evaluation.strikes.slice()
  outcome.selectedExpiration = slice.expiration
  outcome.finalDte = slice.dte
  outcome.legs = legs.map(explorationLeg)
  outcome.positionShares = deep.strategy.holdsShares === true ? legs[0]!.contract.multiplier : 0
  outcome.underlyingPriceUsed = prepared.spot
  Object.assign(outcome, {
    bid: evaluation.bid,
    ask: evaluation.ask,
    mid: evaluation.mid,
    spreadPct: evaluation.spreadPct,
    openInterest: evaluation.openInterest,
    volume: evaluation.volume,
    capitalRequired: evaluation.capital,
    maxProfit: evaluation.maxProfit,
    maxLoss: evaluation.maxLoss,
    breakevens: evaluation.breakevens?.slice() ?? null,
    finalLiquidityContext: grade.context,
  } satisfies Partial<ExplorationOutcome>)
  const flags: QualityFlag[] = [...(outcome.dataQuality as QualityFlag[]), ...prepared.flags]
  for (const { contract } of legs) flags.push(...contractFlags(contract, chainOf(contract), deep.settings.staleMs))
  flags.push(...describeGreeks(outcome, deep.strategy, position))
  outcome.dataQuality = orderedFlags(flags)
  const distance = `${slice.dte} days, asked for ${daysText(deep.range)}`
  outcome.explorationReason = [`${describeLegs(outcome.legs)} (${distance})`, describePrice(prepared, [...new Set(legs.map(({ contract }) => chainOf(contract)))], outcome.greeksSource), grade.context, ...(note === null ? [] : [note]), ...deep.notes].join('; ')
}

const SOURCE_WORDS: Readonly<Record<SpotSource, string>> = { chain: 'by the chain', quote: "by the vendor's quote", parity: 'by put-call parity', row: 'by the row' }

/** What the position stands on: the price and its instant, and where Greeks of ours do too, rate and yield. */
function describePrice({ chain, spot, spotSource, inferredFrom, carry: { rate, dividendYield } }: PreparedChain, chains: readonly PreparedChain[], greeksSource: ExplorationOutcome['greeksSource']): string {
  // Later expirations may have a price of their own: that of another forward, or as parity infers it.
  const others = chains.filter((other) => dollars(other.spot) !== dollars(spot)).map((other) => ` (${dollars(other.spot)} for ${other.slice.expiration})`)
  const price = `price ${dollars(spot)}${others.join('')} ${SOURCE_WORDS[spotSource]}${inferredFrom === undefined ? '' : ` of ${inferredFrom}`}, as of ${instantText(chain.asOf)}`
  return greeksSource === 'vendor' || greeksSource === null ? price : `${price}, Greeks at a rate of ${percent(rate)} and a dividend yield of ${percent(dividendYield)}`
}

const dollars = (price: number): string => `$${price.toFixed(price < 1 ? 4 : 2)}`
const percent = (decimal: number): string => `${((decimal * 100 + 0) || 0).toFixed(2)}%`

const explorationLeg = ({ side, quantity, contract: { right, strike, expiration, occ, multiplier } }: StrategyLeg): ExplorationLeg => ({ side, right, strike, expiration, quantity, occ, multiplier })

function describeLegs(legs: readonly ExplorationLeg[]): string {
  return legs.map(({ side, quantity, strike, right, expiration }) => `${side} ${quantity === 1 ? '' : `${quantity} `}${strike} ${right} ${expiration}`).join(', ')
}

/** Writes the position's Greeks: each null where a leg's is not known. */
function describeGreeks(outcome: ExplorationOutcome, strategy: Strategy, { legs, chainOf }: Position): QualityFlag[] {
  const found = new Map(legs.map(({ contract }) => [contract.occ, contractGreeks(contract, chainOf(contract))]))
  const sum = positionGreeks(strategy, legs, ({ occ }) => found.get(occ)!.greeks)
  outcome.greeksDelta = sum.delta
  outcome.greeksGamma = sum.gamma
  outcome.greeksTheta = sum.theta
  outcome.greeksVega = sum.vega
  outcome.greeksRho = sum.rho
  const known = [...found.values()].map(({ greeks }) => greeks).filter((greeks) => greeks !== null)
  const sources = new Set(known.map(({ source }) => source))
  outcome.greeksSource = sum.delta === null ? null : sources.size > 1 ? 'mixed' : known[0]!.source
  outcome.impliedVol = meanVol(known)
  return [...found.values()].flatMap(({ flags, greeks }) => (greeks === null ? [...flags, 'no_greeks' as const] : flags))
}

/** Volatility of the legs weighted by vega: one leg's own where there is one. Null where no leg tells one. */
function meanVol(legs: readonly LegGreeks[]): number | null {
  const told = legs.filter(({ impliedVol }) => impliedVol !== null)
  const weight = told.reduce((total, { vega }) => total + vega, 0)
  if (told.length === 0) return null
  if (weight <= 0) return told[0]!.impliedVol
  return told.reduce((total, { impliedVol, vega }) => total + impliedVol! * vega, 0) / weight
}
