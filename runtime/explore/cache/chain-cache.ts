import type { OptionChain, OptionExpirations } from '../../../sdk/options/chain.ts'
import type { Clock } from '../../clock.ts'
import type { ChainFetcher, FetchWaiter } from '../fetch/chain-fetcher.ts'
import { DiskTier } from './disk-tier.ts'
import { decodeEntry, encodeEntry, isDoubtfulAnswer, type CacheEntry, type EncodedEntry } from './entry.ts'
import { keyText, type EntryKey } from './entry-key.ts'
import { MemoryTier } from './memory-tier.ts'
import { RedisTier } from './redis-tier.ts'
import { SingleFlight } from './single-flight.ts'

/** An answer that may be one of passing trouble stands this long at most. */
const DOUBTFUL_TTL_MS = 3_600_000
/** Entries from a little in the future are another machine's with another clock; others are from before the clock was set. */
const CLOCK_SKEW_MS = 300_000

export type CacheTier = 'memory' | 'disk' | 'redis'

export interface CachedAnswer<T> {
  readonly value: T
  /** Where it came from: a tier, or a call to the provider. */
  readonly from: CacheTier | 'provider'
  /** True where the call was made for another who asked for the same. */
  readonly shared: boolean
  /** Epoch milliseconds at which it was fetched; the instant that it stands for is its own `asOf`. */
  readonly fetchedAt: number
}

/** What an exploration's questions came to. Each question counts once, in the first six; the others count entries. */
export interface CacheCounts {
  memory: number
  disk: number
  redis: number
  /** Answered by the fetch of another who asked for the same. */
  shared: number
  fetched: number
  /** Neither answered nor cached: failed, or given up. */
  failed: number
  /** Entries found that were too old. */
  stale: number
  /** Entries found, and fetched again, that were damaged. */
  corrupt: number
  /** Entries found, and fetched again, that another version had written. */
  outdated: number
  /** Answers that could not be kept on disk or in Redis, since they hold what they may not. */
  unstorable: number
}

export interface ChainCacheOptions {
  /** Folder of the disk tier. */
  readonly folder: string
  /** How long an answer stands, from when it was fetched. */
  readonly ttlMs: number
  readonly memoryTickers: number
  readonly maxDiskBytes: number
  /** Empty for none. */
  readonly redisUrl: string
  readonly clock: Clock
  /** Told in one sentence, once each, what the cache has to do without. */
  readonly warn: (message: string) => void
}

export interface SessionOptions {
  readonly fetcher: ChainFetcher
  /** Entries fetched before this instant (epoch milliseconds) are not used: the start of an exploration that refreshes; default none. */
  readonly notBefore?: number
}

/** Answers of providers in three tiers, memory, disk and Redis, for all explorations of a process. Opening never fails: a tier that cannot serve is done without. */
export class ChainCache {
  readonly #options: ChainCacheOptions
  readonly #memory: MemoryTier
  readonly #disk: DiskTier
  readonly #redis: RedisTier | null
  readonly #lookups = new SingleFlight<Found | null>()
  readonly #fetches = new SingleFlight<CacheEntry>()

  constructor(options: ChainCacheOptions) {
    const { folder, maxDiskBytes, redisUrl, clock, ttlMs, warn } = options
    this.#options = options
    this.#memory = new MemoryTier(options.memoryTickers)
    const usable = (): [number, number] => [clock.now() - ttlMs, clock.now() + CLOCK_SKEW_MS]
    this.#disk = new DiskTier({ folder, maxBytes: maxDiskBytes, warn, usable })
    this.#redis = redisUrl === '' ? null : new RedisTier({ url: redisUrl, clock, warn })
  }

  /** The answers of one exploration's provider, with counts of their own. */
  session(options: SessionOptions): CachedChains {
    // Whoever is killed then loses no more answers than calls could be in flight: nobody calls again before what came is kept.
    options.fetcher.beforeEachCall(() => this.#disk.flush())
    return new CachedChains(options, (question) => this.#answer(question), (key, notBefore) => this.#isInRedis(key, notBefore))
  }

  /**
   * Calls that need not be made: of each ticker, one for its expirations and one for a chain, where the cache of this machine has them, fetched
   * at `notBefore` (epoch milliseconds) or later. `withChain` is given the tickers of which it has a chain.
   */
  answers(identity: string, tickers: readonly string[], { notBefore = -Infinity, withChain }: { notBefore?: number; withChain?: Set<string> } = {}): number {
    const onDisk = this.#disk.kindsOf(identity, tickers, notBefore)
    let calls = 0
    for (const ticker of tickers) {
      const fresh = this.#memory.ofTicker(identity, ticker).filter((entry) => this.#isUsable(entry, notBefore))
      const kinds = new Set([...fresh.map(({ key }) => key.kind), ...(onDisk.get(ticker) ?? [])])
      if (kinds.has('chain')) withChain?.add(ticker)
      calls += kinds.size
    }
    return calls
  }

  /** Waits, for a second at most, until Redis has what was written, and lets go of everything. */
  async close(): Promise<void> {
    await this.#redis?.flush()
    this.#redis?.close()
    this.#disk.close()
  }

  async #answer(question: Question): Promise<Found & { shared: boolean }> {
    const { key, waiter, counts, notBefore } = question
    const text = keyText(key)
    const inMemory = this.#memory.read(key)
    const known = inMemory && this.#checked({ entry: inMemory, from: 'memory' }, notBefore, counts)
    if (known) return { ...known, shared: false }
    if (!this.#fetches.isUnderWay(text)) {
      const found = this.#onDisk(key, notBefore, counts) ?? (await this.#inRedis(key, text, question))
      if (found) return found
    }
    const shared = this.#fetches.isUnderWay(text)
    const entry = await this.#fetches.share(text, waiter, (flight) => this.#fetch(question, flight))
    return { entry, from: 'provider', shared }
  }

  #onDisk(key: EntryKey, notBefore: number, counts: CacheCounts): (Found & { shared: false }) | null {
    const bytes = this.#disk.read(key)
    counts.corrupt += this.#disk.takeDamages()
    const found = this.#decoded(key, 'disk', bytes, notBefore, counts)
    if (!found) return null
    this.#memory.write(encodedAs(found.entry, bytes!))
    return { ...found, shared: false }
  }

  async #inRedis(key: EntryKey, text: string, { waiter, notBefore, counts }: Question): Promise<(Found & { shared: boolean }) | null> {
    const redis = this.#redis
    if (redis === null) return null
    const found = await this.#lookups.share(`${notBefore} ${text}`, waiter, async () => {
      const bytes = await redis.read(key)
      const decoded = this.#decoded(key, 'redis', bytes, notBefore, counts)
      if (decoded) {
        this.#memory.write(encodedAs(decoded.entry, bytes!))
        this.#disk.write(encodedAs(decoded.entry, bytes!))
        this.#disk.flush()
      }
      return decoded
    })
    if (found) return { ...found, shared: false }
    // A fetch may have begun and ended while Redis was read.
    const meanwhile = this.#memory.read(key)
    return meanwhile && this.#isUsable(meanwhile, notBefore) ? { entry: meanwhile, from: 'provider', shared: true } : null
  }

  async #isInRedis(key: EntryKey, notBefore: number): Promise<boolean> {
    const bytes = await this.#redis?.read(key)
    const entry = bytes ? decodeEntry(key, bytes) : 'damaged'
    return typeof entry !== 'string' && this.#isUsable(entry, notBefore)
  }

  #decoded(key: EntryKey, from: 'disk' | 'redis', bytes: Uint8Array | null, notBefore: number, counts: CacheCounts): Found | null {
    if (bytes === null) return null
    const entry = decodeEntry(key, bytes)
    if (typeof entry !== 'string') return this.#checked({ entry, from }, notBefore, counts)
    counts[entry === 'damaged' ? 'corrupt' : 'outdated']++
    return null
  }

  #checked(found: Found, notBefore: number, counts: CacheCounts): Found | null {
    if (this.#isUsable(found.entry, notBefore)) return found
    counts.stale++
    return null
  }

  async #fetch({ key, fetcher, counts }: Question, flight: FetchWaiter): Promise<CacheEntry> {
    try {
      const value = key.kind === 'chain' ? await fetcher.chain(key.ticker, key.expiration, flight) : await fetcher.expirations(key.ticker, flight)
      const entry: CacheEntry = { key, fetchedAt: this.#options.clock.now(), value }
      const encoded = encodeEntry(entry)
      this.#memory.write(encoded ?? entry)
      if (encoded) this.#keep(encoded)
      else counts.unstorable++
      return entry
    } finally {
      // This one counts until it is over.
      if (this.#fetches.underWay <= 1) this.#disk.flush()
    }
  }

  #keep(encoded: EncodedEntry): void {
    this.#disk.write(encoded)
    this.#redis?.write(encoded, this.#ttlOf(encoded))
  }

  #isUsable(entry: CacheEntry | EncodedEntry, notBefore: number): boolean {
    const age = this.#options.clock.now() - entry.fetchedAt
    return entry.fetchedAt >= notBefore && age < this.#ttlOf(entry) && age > -CLOCK_SKEW_MS
  }

  #ttlOf(entry: CacheEntry | EncodedEntry): number {
    const isDoubtful = 'value' in entry ? isDoubtfulAnswer(entry.value) : entry.isDoubtful
    return isDoubtful ? Math.min(DOUBTFUL_TTL_MS, this.#options.ttlMs) : this.#options.ttlMs
  }
}

const encodedAs = ({ key, fetchedAt, value }: CacheEntry, bytes: Uint8Array): EncodedEntry => ({ key, fetchedAt, isDoubtful: isDoubtfulAnswer(value), bytes })

interface Found {
  readonly entry: CacheEntry
  readonly from: CacheTier | 'provider'
}

interface Question {
  readonly key: EntryKey
  readonly waiter: FetchWaiter
  readonly fetcher: ChainFetcher
  readonly notBefore: number
  readonly counts: CacheCounts
}

/** One exploration's answers: from the cache where it has them, else fetched, once for all who ask. */
export class CachedChains {
  readonly #fetcher: ChainFetcher
  readonly #notBefore: number
  readonly #answer: (question: Question) => Promise<Found & { shared: boolean }>
  readonly #findInRedis: (key: EntryKey, notBefore: number) => Promise<boolean>
  readonly #counts: CacheCounts = { memory: 0, disk: 0, redis: 0, shared: 0, fetched: 0, failed: 0, stale: 0, corrupt: 0, outdated: 0, unstorable: 0 }

  constructor({ fetcher, notBefore = -Infinity }: SessionOptions, answer: (question: Question) => Promise<Found & { shared: boolean }>, findInRedis: (key: EntryKey, notBefore: number) => Promise<boolean>) {
    this.#fetcher = fetcher
    this.#notBefore = notBefore
    this.#answer = answer
    this.#findInRedis = findInRedis
  }

  /** The expirations of a ticker. @throws ProviderCallError, or the waiter's signal's reason */
  async expirations(ticker: string, waiter: FetchWaiter): Promise<CachedAnswer<OptionExpirations>> {
    return (await this.#ask({ kind: 'expirations', ticker, expiration: '' }, waiter)) as CachedAnswer<OptionExpirations>
  }

  /** Whether Redis has the expirations of a ticker: its first look takes no call then, as a rule. Counts as no question. */
  isInRedis(ticker: string): Promise<boolean> {
    return this.#findInRedis({ identity: this.#fetcher.identity, kind: 'expirations', ticker, expiration: '' }, this.#notBefore)
  }

  /** The chain of a ticker at an expiration. @throws ProviderCallError, or the waiter's signal's reason */
  async chain(ticker: string, expiration: string, waiter: FetchWaiter): Promise<CachedAnswer<OptionChain>> {
    return (await this.#ask({ kind: 'chain', ticker, expiration }, waiter)) as CachedAnswer<OptionChain>
  }

  /** Counts so far, and the share of questions that took no call of their own (null before the first). */
  report(): CacheCounts & { readonly hitRate: number | null } {
    const { memory, disk, redis, shared, fetched, failed } = this.#counts
    const hits = memory + disk + redis + shared
    const questions = hits + fetched + failed
    return { ...this.#counts, hitRate: questions === 0 ? null : hits / questions }
  }

  async #ask(part: Omit<EntryKey, 'identity'>, waiter: FetchWaiter): Promise<CachedAnswer<OptionExpirations | OptionChain>> {
    const counts = this.#counts
    try {
      const key = { identity: this.#fetcher.identity, ...part }
      const { entry, from, shared } = await this.#answer({ key, waiter, fetcher: this.#fetcher, notBefore: this.#notBefore, counts })
      counts[shared ? 'shared' : from === 'provider' ? 'fetched' : from]++
      return { value: entry.value, from, shared, fetchedAt: entry.fetchedAt }
    } catch (error) {
      counts.failed++
      throw error
    }
  }
}
