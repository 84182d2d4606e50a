import { join } from 'node:path'

import { ProviderCallError, type OptionProvider } from '../../sdk/option-provider.ts'
import type { Settings } from '../config/schema.ts'
import { ChainCache, type CachedAnswer, type CachedChains } from './cache/chain-cache.ts'
import type { ChainAccess, Fetched } from './chain-access.ts'
import type { ExplorationStore } from './exploration-store.ts'
import type { ExploreSettings, TickerDeps } from './explore-ticker.ts'
import { ActiveDeadline } from './fetch/active-deadline.ts'
import { ChainFetcher } from './fetch/chain-fetcher.ts'
import { systemClock, type Clock } from '../clock.ts'
import { durationOf, planCalls, type CallPlan } from './fetch/plan-calls.ts'
import { RequestBudgets } from './fetch/request-pacer.ts'
import type { PriceTrouble } from './fetch/underlying-prices.ts'
import type { ExplorationReport } from './report.ts'
import { exploreSettings } from './settings.ts'
import { loadStrategies, type StrategyBook } from './strategies.ts'

const MEBIBYTE = 1_048_576
const HOUR_MS = 3_600_000
/** What a ticker takes of which nothing is cached: its expirations and one chain. */
const CALLS_PER_TICKER = 2
/** Of a list of them in one line. */
const NAMED_TICKERS = 8

export interface ServiceOptions {
  readonly settings: Settings
  /** State folder: the chain cache lies in it. */
  readonly home: string
  readonly store: ExplorationStore
  readonly warn: (message: string) => void
  readonly clock?: Clock
  /** Jitter of waits, in [0, 1). */
  readonly random?: () => number
}

export interface SessionOptions {
  readonly provider: OptionProvider
  /** Those that decide over its rows; default those of the service. */
  readonly settings?: Settings
  /** The run that explores, and the date of the hits; null for rows without one. */
  readonly runNumber: number
  readonly date: string | null
  readonly forceFull: boolean
  /** Chains fetched before this instant (epoch milliseconds) are fetched anew; null for none. */
  readonly refreshSince: number | null
  /** As `TickerDeps.lastClose`. */
  readonly lastClose?: (ticker: string) => Promise<number | null>
  /** Told of what the exploration has to do without, in one sentence. */
  readonly warn?: (text: string) => void
  /** Aborted, with `cancel` or `interrupt` as its reason, where the exploration is stopped. */
  readonly signal: AbortSignal
}

/** What all explorations of a process share: strategies, the chain cache, and the pace of calls to each provider. */
export class ExplorationService {
  readonly #options: ServiceOptions
  readonly #clock: Clock
  readonly #cache: ChainCache
  readonly #budgets: RequestBudgets
  #book: Promise<StrategyBook> | null = null

  constructor(options: ServiceOptions) {
    const { settings, home, warn } = options
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#cache = new ChainCache({
      folder: join(home, 'cache', 'chains'),
      ttlMs: settings['explore.cacheHours'] * HOUR_MS,
      memoryTickers: settings['explore.cacheMemoryTickers'],
      maxDiskBytes: settings['explore.cacheDiskMb'] * MEBIBYTE,
      redisUrl: settings['explore.redisUrl'],
      clock: this.#clock,
      warn,
    })
    this.#budgets = new RequestBudgets({ requestsPerSecond: settings['explore.requestsPerSecond'], maxHoldMs: settings['explore.maxHoldMs'], clock: this.#clock })
  }

  strategies(): Promise<StrategyBook> {
    return (this.#book ??= loadStrategies())
  }

  /** Begins an exploration over one provider. */
  async begin(options: SessionOptions): Promise<ExplorationSession> {
    const { settings, store } = this.#options
    const fetcher = new ChainFetcher({
      provider: options.provider,
      budgets: this.#budgets,
      clock: this.#clock,
      random: this.#options.random ?? Math.random,
      attempts: settings['explore.attempts'],
      requestTimeoutMs: settings['explore.requestTimeoutMs'],
    })
    const chains = this.#cache.session({ fetcher, ...(options.refreshSince !== null && { notBefore: options.refreshSince }) })
    return new ExplorationSession({ settings, ...options, store, fetcher, chains, cache: this.#cache, clock: this.#clock, book: await this.strategies() })
  }

  /** Makes known to later explorations what a run that is over has seen of liquidity. */
  learn(runNumber: number): void {
    this.#options.store.learn(runNumber, this.#options.settings['explore.historyDays'], this.#clock.now())
  }

  close(): Promise<void> {
    return this.#cache.close()
  }
}

interface SessionParts extends SessionOptions {
  readonly settings: Settings
  readonly store: ExplorationStore
  readonly fetcher: ChainFetcher
  readonly chains: CachedChains
  readonly cache: ChainCache
  readonly clock: Clock
  readonly book: StrategyBook
}

/** One exploration's way to chains, with its counts. */
export class ExplorationSession {
  readonly #parts: SessionParts
  /** The same for every ticker. */
  readonly #settings: ExploreSettings
  #knowsLiquidity: boolean | null = null

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#settings = exploreSettings(parts.settings)
  }

  /**
   * How many calls the tickers take, as far as can be known before, and about how long. Has the chains of `unpriced` among them, whose rows
   * bring no price, carry one; but those that are cached stay as they are, since a price of now would be none of their quotes.
   */
  plan(tickers: readonly string[], unpriced: ReadonlySet<string>): CallPlan {
    const { provider, cache, refreshSince, fetcher, signal } = this.#parts
    const withChain = new Set<string>()
    const cached = cache.answers(provider.identity, tickers, { withChain, ...(refreshSince !== null && { notBefore: refreshSince }) })
    const toPrice = tickers.filter((ticker) => unpriced.has(ticker))
    const priced = { sure: toPrice.filter((ticker) => !withChain.has(ticker)), perhaps: toPrice.filter((ticker) => withChain.has(ticker)) }
    return planCalls({
      tickers: tickers.length,
      cached,
      callsPerTicker: CALLS_PER_TICKER,
      priceCalls: fetcher.expectPrices(priced, signal, (trouble) => this.#warnOfPrices(trouble)),
      limits: fetcher.limits,
    })
  }

  /** How long what is left of a plan takes at the least, by what the provider's answers have told of its minutes so far. */
  leftOf({ calls }: CallPlan): Pick<CallPlan, 'durationMs' | 'limitedBy'> & { callsPerMinute: number | null } {
    const { fetcher } = this.#parts
    const { limits } = fetcher
    return { ...durationOf(calls - fetcher.calls, limits), callsPerMinute: limits?.callsPerMinute ?? null }
  }

  #warnOfPrices({ failure, without, isWhole, isLast }: PriceTrouble): void {
    const { signal, warn } = this.#parts
    if (signal.aborted) return
    const why = failure instanceof Error ? failure.message.replace(/\.$/, '') : String(failure)
    if (isWhole) return warn?.(`${why}; prices are inferred from put-call parity instead${isLast ? ', and no more are asked for' : ''}`)
    const few = without.length <= NAMED_TICKERS ? without.join(', ') : `${without.slice(0, NAMED_TICKERS).join(', ')} and ${without.length - NAMED_TICKERS} more`
    // What was answered in part was asked at the right place.
    const remedy = failure instanceof ProviderCallError && failure.remedy !== null ? `; ${failure.remedy.option}: ${failure.remedy.mend}` : ''
    warn?.(`${why.replace(remedy, '')}; asked for in parts, all prices came but those of ${few}, which are inferred from put-call parity instead`)
  }

  /** What one ticker's rows need; `close` once they are done. Its time runs while its own calls do. */
  openTicker(ticker: string): { deps: TickerDeps; close(): void } {
    const { provider, settings, store, clock, book, runNumber, date, forceFull, signal, lastClose } = this.#parts
    const deadline = new ActiveDeadline(settings['explore.tickerTimeoutMs'], clock, signal)
    const market = historyKey(provider)
    const maxAgeDays = settings['explore.historyDays']
    this.#knowsLiquidity ??= maxAgeDays > 0 && store.knowsLiquidity(market)
    const isKnown = this.#knowsLiquidity
    const deps: TickerDeps = {
      access: this.#access(ticker, deadline),
      settings: this.#settings,
      forceFull,
      simulated: provider.simulated,
      recorded: isRecorded(provider),
      findStrategy: book.find,
      suggestStrategy: book.suggest,
      knownStrategies: book.names,
      facts: (name) => provider.facts?.(name) ?? null,
      liquidity: (name) => (!isKnown ? [] : store.liquidity(market, name, { maxAgeDays, now: clock.now(), date })),
      ...(lastClose !== undefined && { lastClose }),
      remember: (name, records) => store.remember(runNumber, market, name, records, clock.now()),
      now: () => clock.monotonic(),
      givenUp: () => whyGivenUp(deadline.signal, settings['explore.tickerTimeoutMs']),
    }
    return { deps, close: () => deadline.dispose() }
  }

  /** Counts so far. */
  report(): Pick<ExplorationReport, 'calls' | 'priceCalls' | 'retries' | 'failures' | 'cache'> {
    const { calls, priceCalls, retries, failures } = this.#parts.fetcher.report()
    const { memory, disk, redis, shared, fetched, failed, stale, corrupt, outdated, unstorable, hitRate } = this.#parts.chains.report()
    return { calls, priceCalls, retries, failures: { ...failures }, cache: { memory: memory + shared, disk, redis, fetched, failed, stale, corrupt: corrupt + outdated, unstorable, hitRate } }
  }

  /** Why nothing was answered, where not one call was: what the last one failed with. */
  get unanswered(): string | null {
    return this.#parts.fetcher.unanswered
  }

  #access(ticker: string, deadline: ActiveDeadline): ChainAccess {
    const { chains, fetcher, provider, clock } = this.#parts
    const waiter = { signal: deadline.signal, activity: deadline.activity }
    const told = async <Value>(answer: Promise<CachedAnswer<Value>>): Promise<Fetched<Value>> => {
      const { value, from, shared, fetchedAt } = await answer
      return { value, fromCache: from !== 'provider' || shared, ...(provider.remote && { ageMs: Math.max(0, clock.now() - fetchedAt) }) }
    }
    return {
      expirations: (name) => told(chains.expirations(name, waiter)),
      chain: (name, expiration) => told(chains.chain(name, expiration, waiter)),
      // What another machine has fetched is in Redis alone, its price with it.
      price: async (name) => (fetcher.isToBePriced(name) && (await chains.isInRedis(name)) ? null : fetcher.price(name)),
      calls: () => fetcher.callsOf(ticker),
    }
  }
}

/** Liquidity is remembered by who quotes: what one market knows says nothing of another, nor do recordings of those that are imported later. */
function historyKey(provider: OptionProvider): string {
  if (isRecorded(provider)) return provider.identity
  return provider.simulated ? `${provider.name} (simulated)` : provider.name
}

const isRecorded = ({ remote, simulated }: OptionProvider): boolean => !remote && !simulated

function whyGivenUp(signal: AbortSignal, limitMs: number): ReturnType<TickerDeps['givenUp']> {
  if (!signal.aborted) return null
  if (signal.reason === 'interrupt') return 'interrupted'
  if (signal.reason === 'cancel') return { status: 'Cancelled', reason: 'the exploration was cancelled before this row was done' }
  if (signal.reason instanceof ProviderCallError) return { status: 'Timed_Out', reason: signal.reason.message }
  return { status: 'Timed_Out', reason: `calls for the ticker took longer than the ${limitMs / 1_000} s of explore.tickerTimeoutMs, retries included` }
}
