import type { OptionChain } from '../../sdk/options/chain.ts'
import { newYorkDay } from '../../sdk/options/time.ts'
import { dayFromIso, isoFromDay } from '../market/days.ts'
import { ProviderCallError, type TickerFacts } from '../../sdk/option-provider.ts'
import { rightsFor, type Strategy } from '../../sdk/strategy.ts'
import { TickerChains, type ChainAccess } from './chain-access.ts'
import { exploreDeep, type DeepSettings } from './deep.ts'
import { describeMissingExpiration, dteRangeOf, expirationsInRange, type DatedExpiration, type DteRange } from './horizon.ts'
import { emptyOutcome } from './outcome.ts'
import { placeChain, sortChain, type PreparedChain, type SortedChain, type UnusableChain } from './prepared-chain.ts'
import { preflight, type LiquidityRecord } from './preflight.ts'
import type { SharedSpot } from './underlying-price.ts'
import { orderedFlags, type QualityFlag } from './quality.ts'
import type { ExplorationOutcome, ExplorationStatus, Horizon, StrategyRow } from './row.ts'
import { takeSample, type Sample } from './sample.ts'

export interface ExploreSettings extends DeepSettings {
  /** Horizon of rows that name none. */
  readonly horizon: Horizon
  /** Further expirations that are sampled where the nearest fails on quality. */
  readonly extraExpirations: number
}

/** A strategy row and where it stands among those handed over. */
export interface PositionedRow {
  readonly position: number
  readonly row: StrategyRow
}

export interface TickerDeps {
  readonly access: ChainAccess
  readonly settings: ExploreSettings
  readonly forceFull: boolean
  readonly simulated: boolean
  /** Whether chains are imported recordings: a ticker without one may have options all the same. */
  readonly recorded: boolean
  findStrategy(name: string): Strategy | null
  /** The name of a strategy that a misspelt one means. */
  suggestStrategy(name: string): string | null
  readonly knownStrategies: readonly string[]
  facts(ticker: string): TickerFacts | null
  liquidity(ticker: string): readonly LiquidityRecord[]
  /** The last close of its shares in imported bars, null where there is none. */
  lastClose?(ticker: string): Promise<number | null>
  /** Told what the ticker's options look like now. */
  remember(ticker: string, records: readonly LiquidityRecord[]): void
  /** Milliseconds, monotonic. */
  now(): number
  /** Why the ticker was given up, null while it was not. Rows of an interrupted one stay open, for a resume. */
  givenUp(): { status: 'Timed_Out' | 'Cancelled'; reason: string } | 'interrupted' | null
}

interface UnderstoodRow {
  readonly row: StrategyRow
  readonly strategy: Strategy
  readonly range: DteRange
}

/** A row on its way. */
interface OpenRow extends PositionedRow, UnderstoodRow {}

/** Chains of longer before a hit say nothing of what it could have been traded for. */
const MAX_DAYS_BEHIND = 7

interface SampledRow {
  readonly sample: Sample
  readonly prepared: PreparedChain
  readonly others: readonly DatedExpiration[]
  readonly notes: readonly string[]
}

/**
 * Explores the rows of one ticker: tier 0, then the sampled phase, then, for rows whose sample is sound, the deep one.
 * Rows are taken in order and share the chains. A row ends with exactly one outcome, whatever goes wrong.
 */
export class TickerExploration {
  readonly #ticker: string
  readonly #deps: TickerDeps
  readonly #rows: () => Iterable<StrategyRow>
  readonly #chains: TickerChains
  readonly #known: readonly LiquidityRecord[]
  readonly #sorted = new Map<string, SortedChain | UnusableChain>()
  /** By horizon and type of contracts. */
  readonly #seen = new Map<string, LiquidityRecord>()
  readonly #remarks: string[] = []
  #close: Promise<number | null> | null = null
  #shared: Promise<SharedSpot | null> | null = null
  /** True where the row under way goes without a further chain that another call may bring. */
  #isLacking = false
  #listed: readonly DatedExpiration[] | null = null
  /** True where the row under way goes by a list that held entries which were no date to come. */
  #isListDamaged = false
  /** What of the list of expirations is not in it, empty for nothing. */
  #leftOut = ''

  /** @param rows all of the ticker's rows, those finished before an interruption included: what they sample decides which price they share */
  constructor(ticker: string, deps: TickerDeps, rows: () => Iterable<StrategyRow> = () => []) {
    this.#ticker = ticker
    this.#rows = rows
    this.#deps = deps
    this.#chains = new TickerChains(ticker, deps.access)
    this.#known = ticker === '' ? [] : deps.liquidity(ticker)
  }

  /** The row's outcome, null where the exploration was interrupted before it had one. Never rejects. */
  async explore(positioned: PositionedRow): Promise<ExplorationOutcome | null> {
    const { calls, cached } = this.#chains
    const started = this.#deps.now()
    this.#isLacking = false
    this.#isListDamaged = false
    const outcome = await this.#judge(positioned, started).catch((error: unknown) => this.#failure(error))
    if (outcome === null) return null
    if (this.#isListDamaged) outcome.dataQuality = orderedFlags([...(outcome.dataQuality as QualityFlag[]), 'entries_refused'])
    // What lacks a chain may be better with it; a position that can be traded stands.
    if (this.#isLacking && outcome.explorationStatus !== 'Success') outcome.retryable = true
    outcome.apiCalls = this.#chains.calls - calls
    outcome.chainCacheHit = outcome.apiCalls === 0 && this.#chains.cached > cached
    outcome.parallelProcessingTime = this.#deps.now() - started
    return outcome
  }

  /** What of answers was left out since this was asked last, in sentences for the log. */
  takeRemarks(): string[] {
    return this.#remarks.splice(0)
  }

  /** Hands on what the rows so far have shown of the ticker. */
  remember(): void {
    if (this.#seen.size > 0) this.#deps.remember(this.#ticker, [...this.#seen.values()])
  }

  async #judge(positioned: PositionedRow, started: number): Promise<ExplorationOutcome | null> {
    const opened = this.#open(positioned)
    if (opened === null || !('strategy' in opened)) return opened
    const skipped = await this.#preflight(opened)
    if (skipped !== null) return skipped
    const sampled = await this.#sample(opened)
    const sampledAt = this.#deps.now()
    if (!('sample' in sampled)) return { ...sampled, phase1DurationMs: sampledAt - started }
    const { sample, prepared } = sampled
    const outcome = emptyOutcome('Success', '')
    Object.assign(outcome, sampledColumns(sample, prepared), { phase1DurationMs: sampledAt - started })
    const deep = { ...opened, ...sampled, settings: this.#deps.settings, expirations: await this.#expirations(), prepare: (date: string) => this.#prepareOther(date, opened.row.close) }
    try {
      await exploreDeep(outcome, deep)
    } catch (error) {
      const failure = this.#failure(error)
      if (failure === null) return null
      Object.assign(outcome, failure, sampledColumns(sample, prepared), { phase1DurationMs: sampledAt - started })
    }
    if ((await this.#daysBehind(opened.row)) > 0) outcome.dataQuality = orderedFlags([...sample.flags, ...(outcome.dataQuality as QualityFlag[]), 'stale'])
    outcome.phase2DurationMs = this.#deps.now() - sampledAt
    return outcome
  }

  /** The row understood, or how it ends before any call. */
  #open({ position, row }: PositionedRow): OpenRow | ExplorationOutcome | null {
    const givenUp = this.#deps.givenUp()
    if (givenUp === 'interrupted') return null
    if (givenUp !== null) return givenUpOutcome(givenUp)
    const understood = this.#understand(row)
    return 'strategy' in understood ? { ...understood, position } : understood
  }

  #understand(row: StrategyRow): UnderstoodRow | ExplorationOutcome {
    if (row.problems.length > 0) return emptyOutcome('Evaluation_Error', row.problems.join(' '))
    if (row.ticker === '') return emptyOutcome('Evaluation_Error', 'the row names no ticker')
    const strategy = this.#deps.findStrategy(row.strategy)
    if (strategy === null) {
      return emptyOutcome('Evaluation_Error', `${this.#describeUnknown(row.strategy)}; known are ${this.#deps.knownStrategies.join(', ')}`)
    }
    const range = dteRangeOf(row, strategy, this.#deps.settings.horizon)
    if (typeof range === 'string') return emptyOutcome('Not_Viable', range)
    return { row, strategy, range }
  }

  #describeUnknown(strategy: string): string {
    if (strategy.trim() === '') return 'the row names no strategy'
    const meant = this.#deps.suggestStrategy(strategy)
    return `the strategy "${strategy}" is unknown${meant === null ? '' : ` (did you mean ${meant}?)`}`
  }

  /** Tier 0: the row as it ends where it is not worth computing, else null. */
  async #preflight({ row, strategy, range: { horizon } }: UnderstoodRow): Promise<ExplorationOutcome | null> {
    if (this.#deps.forceFull) return null
    const stated = this.#deps.facts(this.#ticker)
    // No price is waited for where none decides.
    const isPriced = row.close !== null || (stated !== null && stated.price !== null) || this.#known.length > 0
    const price = isPriced ? null : await this.#chains.price()
    const facts = price === null ? stated : { marketCap: null, optionVolume: null, ...stated, price }
    const wanted = { horizon, rights: rightsFor(strategy, row.tradeBias) }
    let skip = preflight(row, wanted, facts, this.#known)
    // What would skip is held against what else is known.
    if (skip !== null) skip = preflight(row, wanted, facts, this.#known, await this.#lastClose())
    if (skip === null) return null
    const skipped = emptyOutcome('Skipped_Compute', `skipped: ${skip}; --force-full computes it`)
    // There is no chain yet that could bear out what the vendor quotes.
    return price === null ? skipped : { ...skipped, dataQuality: ['spot_quoted'] }
  }

  /** The same for every row. */
  #lastClose(): Promise<number | null> {
    return (this.#close ??= this.#deps.lastClose?.(this.#ticker) ?? Promise.resolve(null))
  }

  /** Expirations to come, the same for every row. */
  async #expirations(): Promise<readonly DatedExpiration[]> {
    const { dates, asOf, now, refused = [] } = await this.#chains.expirations()
    this.#isListDamaged = refused.length > 0
    if (this.#listed !== null) return this.#listed
    const today = newYorkDay(now ?? asOf)
    this.#listed = dates.map((date) => ({ date, dte: dayFromIso(date) - today })).filter(({ dte }) => dte >= 0)
    // What has ended since the list was made is nothing to tell of.
    const past = dates.filter((date) => dayFromIso(date) < newYorkDay(asOf)).length
    this.#leftOut = describeRefused([...refused, ...(past === 0 ? [] : [{ reason: 'past', count: past }])])
    if (this.#leftOut !== '') this.#remarks.push(`the list of expirations of ${this.#ticker}, as of ${isoDate(asOf)}, held entries that were left out: ${this.#leftOut}`)
    return this.#listed
  }

  get #andLeftOut(): string {
    return this.#leftOut === '' ? '' : ` (left out: ${this.#leftOut})`
  }

  /** Phase 1: the nearest expiration in range, and the next ones where it fails on quality alone. */
  async #sample({ row, strategy, range }: OpenRow): Promise<SampledRow | ExplorationOutcome> {
    const listed = await this.#expirations()
    if (listed.length === 0) {
      if (this.#deps.recorded) return emptyOutcome('No_Expirations', `no option chains of ${this.#ticker} were imported${row.date === null ? '' : ` that were recorded on ${row.date} or before`}`)
      this.#seen.set('any', { class: 'none', horizon: 'any', right: 'any', date: isoDate((await this.#chains.expirations()).asOf) })
      return emptyOutcome('No_Expirations', `no options are listed for ${this.#ticker}${this.#andLeftOut}`)
    }
    const behind = await this.#daysBehind(row)
    if (behind > MAX_DAYS_BEHIND) return emptyOutcome('No_Chain_Data', `${await this.#describeBehind(row, behind)}, which is too long ago to go by`)
    const inRange = expirationsInRange(listed, range)
    if (inRange.length === 0) return emptyOutcome('No_Expirations', `${describeMissingExpiration(listed, range)}${this.#andLeftOut}`)
    const { settings } = this.#deps
    const notes: string[] = range.note === null ? [] : [range.note]
    if (behind > 0) notes.push(await this.#describeBehind(row, behind))
    let first: Partial<ExplorationOutcome> | null = null
    let isChainSeen = false
    const tried = inRange.slice(0, 1 + settings.extraExpirations)
    for (const { date } of tried) {
      const prepared = first === null ? await this.#prepare(date, row.close) : await this.#prepareOther(date, row.close)
      if ('unusable' in prepared) {
        notes.push(prepared.unusable)
        if (first === null && !prepared.isQuality) return { ...emptyOutcome('No_Chain_Data', notes.join('; ')), ...unusableColumns(prepared, date) }
        first ??= unusableColumns(prepared, date)
        continue
      }
      isChainSeen = true
      const sample = takeSample(prepared, rightsFor(strategy, row.tradeBias), range.horizon, settings.thresholds, settings.staleMs)
      if (row.dteMin === null && row.dteMax === null) this.#observe(range.horizon, sample, prepared)
      first ??= sampledColumns(sample, prepared)
      if (sample.problem === null) return { sample, prepared, others: inRange.filter((other) => other.date !== date), notes }
      notes.push(sample.problem.reason)
      if (!sample.problem.isQuality) return { ...emptyOutcome(sample.problem.status, notes.join('; ')), ...first }
    }
    const count = inRange.length === 1 ? 'the only expiration in range can not be traded' : `none of ${tried.length} expirations sampled of ${inRange.length} in range can be traded`
    return { ...emptyOutcome(isChainSeen ? 'Not_Viable' : 'No_Chain_Data', `${count}: ${notes.join('; ')}`), ...first }
  }

  /** Days that the newest chains lie before the hit: recordings may have gaps, or end early. 0 for rows without a date. */
  async #daysBehind({ date }: StrategyRow): Promise<number> {
    return date === null ? 0 : Math.max(0, dayFromIso(date) - newYorkDay((await this.#chains.expirations()).asOf))
  }

  async #describeBehind({ date }: StrategyRow, days: number): Promise<string> {
    return `the newest chains of ${this.#ticker} on or before ${date} are of ${isoDate((await this.#chains.expirations()).asOf)}, ${days} ${days === 1 ? 'day' : 'days'} before`
  }

  /** A chain beside the first: what keeps it from being fetched says nothing against what is there, unless the row is given up. */
  async #prepareOther(date: string, close: number | null): Promise<PreparedChain | UnusableChain> {
    try {
      return await this.#prepare(date, close)
    } catch (failure) {
      const givenUp = this.#deps.givenUp()
      const isFinal = givenUp === 'interrupted' || givenUp?.status === 'Cancelled'
      if (isFinal || (givenUp === null && !(failure instanceof ChainFetchFailed))) throw failure
      if (givenUp !== null || whetherRetryable((failure as ChainFetchFailed).call).retryable) this.#isLacking = true
      return { unusable: `the chain of ${date} could not be fetched: ${givenUp?.reason ?? (failure as Error).message}`, flags: [], isQuality: true, failure }
    }
  }

  async #prepare(date: string, close: number | null): Promise<PreparedChain | UnusableChain> {
    const sorted = await this.#sort(date)
    if ('unusable' in sorted) return sorted
    return placeChain(sorted, close, sorted.price.stated === null ? await (this.#shared ??= this.#findShared()) : null)
  }

  /** The price of the nearest expiration that rows look at first: its own, else by parity, for which dividends and early exercise matter least there. */
  async #findShared(): Promise<SharedSpot | null> {
    const listed = await this.#expirations()
    const first = new Map<string, DatedExpiration>()
    for (const row of this.#rows()) {
      const understood = this.#understand(row)
      if (!('strategy' in understood) || (await this.#preflight(understood)) !== null) continue
      const nearest = expirationsInRange(listed, understood.range)[0]
      if (nearest !== undefined) first.set(nearest.date, nearest)
    }
    if (first.size < 2) return null
    for (const { date } of [...first.values()].sort((one, other) => one.dte - other.dte)) {
      const sorted = await this.#sort(date).catch((failure: unknown) => {
        if (failure instanceof ChainFetchFailed && this.#deps.givenUp() === null) return null
        throw failure
      })
      if (sorted === null || 'unusable' in sorted) continue
      const { price: { stated, inferred }, slice: { years } } = sorted
      const spot = stated?.price ?? inferred().spot
      if (spot !== null) return { spot, source: stated?.source ?? 'parity', expiration: date, years }
    }
    return null
  }

  async #sort(date: string): Promise<SortedChain | UnusableChain> {
    const { settings, simulated } = this.#deps
    let chain: OptionChain
    try {
      chain = await this.#chains.chain(date)
    } catch (error) {
      throw error instanceof ProviderCallError ? new ChainFetchFailed(date, error) : error
    }
    let sorted = this.#sorted.get(date)
    if (sorted === undefined) {
      // Days count from the day of the list, by which the range is: quotes of a Friday do not lengthen them on a Sunday.
      const dte = this.#listed?.find((expiration) => expiration.date === date)?.dte
      this.#sorted.set(date, (sorted = sortChain(chain, settings.carry, simulated, { dte, now: (await this.#chains.expirations()).now })))
      if (chain.refused.length > 0) this.#remarks.push(`the chain of ${date} held entries that were left out: ${describeRefused(chain.refused)}`)
    }
    return sorted
  }

  /** What a sample says of the ticker: one that can be traded outweighs those that can not. Days of a row's own say nothing of a horizon. */
  #observe(horizon: Horizon, { seen }: Sample, { chain }: PreparedChain): void {
    for (const { right, class: found } of seen) {
      const key = `${horizon} ${right}`
      const before = this.#seen.get(key)
      if (found === 'Illiquid' && before !== undefined && before.class !== 'Illiquid') continue
      this.#seen.set(key, { class: found, horizon, right, date: isoDate(chain.asOf) })
    }
  }

  #failure(error: unknown): ExplorationOutcome | null {
    const givenUp = this.#deps.givenUp()
    if (givenUp === 'interrupted') return null
    if (givenUp !== null) return givenUpOutcome(givenUp)
    const parallelError = error instanceof Error ? error.message : String(error)
    if (error instanceof ChainFetchFailed) {
      const status = error.call.failure === 'timed_out' ? 'Timed_Out' : 'Chain_Fetch_Failed'
      return { ...emptyOutcome(status, `the chain of ${error.expiration} could not be fetched: ${parallelError}`), sampledExpiration: error.expiration, parallelError, ...whetherRetryable(error.call) }
    }
    if (error instanceof ProviderCallError) {
      const status: ExplorationStatus = error.failure === 'timed_out' ? 'Timed_Out' : 'API_Error'
      return { ...emptyOutcome(status, `the expirations could not be fetched: ${parallelError}`), parallelError, ...whetherRetryable(error) }
    }
    return { ...emptyOutcome('Evaluation_Error', `the evaluation failed: ${parallelError}`), parallelError }
  }
}

const describeRefused = (refused: OptionChain['refused']): string => refused.map(({ reason, count }) => `${count} ${reason}`).join(', ')

/** What a token or an address can mend was not answered either; what the vendor did answer stays so. */
const whetherRetryable = ({ passing, failure }: ProviderCallError): { retryable?: true } => (passing || failure === 'unauthorized' || failure === 'unavailable' ? { retryable: true } : {})

/** A ticker whose time is over may be answered in time another day; one that was cancelled is not asked for any more. */
function givenUpOutcome({ status, reason }: { status: 'Timed_Out' | 'Cancelled'; reason: string }): ExplorationOutcome {
  return status === 'Timed_Out' ? { ...emptyOutcome(status, reason), retryable: true } : emptyOutcome(status, reason)
}

class ChainFetchFailed extends Error {
  readonly expiration: string
  readonly call: ProviderCallError

  constructor(expiration: string, call: ProviderCallError) {
    super(call.message)
    this.expiration = expiration
    this.call = call
  }
}

function unusableColumns({ flags }: UnusableChain, date: string): Partial<ExplorationOutcome> {
  return { sampledExpiration: date, dataQuality: orderedFlags(flags) }
}

function sampledColumns(sample: Sample, { slice }: PreparedChain): Partial<ExplorationOutcome> {
  return {
    sampledExpiration: slice.expiration,
    sampledDte: slice.dte,
    sampledAtmStrike: sample.atmStrike,
    sampledLiquidityClass: sample.grade?.class ?? (sample.problem?.isQuality ? 'Illiquid' : null),
    dataQuality: orderedFlags(sample.flags),
  }
}

const isoDate = (instant: number): string => isoFromDay(newYorkDay(instant))
