import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ChainCache, type CachedChains, type ChainCacheOptions, type SessionOptions } from '../../../../../runtime/explore/cache/chain-cache.ts'
import { ActiveDeadline } from '../../../../../runtime/explore/fetch/active-deadline.ts'
import { ChainFetcher, type FetchWaiter } from '../../../../../runtime/explore/fetch/chain-fetcher.ts'
import { RequestBudgets } from '../../../../../runtime/explore/fetch/request-pacer.ts'
import { failing, FakeProvider } from '../fetch/fake-provider.ts'
import { settle, VirtualClock } from '../fetch/virtual-clock.ts'

const HOUR = 3_600_000
const waiter: FetchWaiter = { signal: new AbortController().signal }
let folder: string
let clock: VirtualClock
let provider: FakeProvider
let warnings: string[]
const opened: ChainCache[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chain-cache-'))
  clock = new VirtualClock()
  provider = new FakeProvider(clock)
  warnings = []
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((cache) => cache.close()))
  rmSync(folder, { recursive: true, force: true })
})

function open(options: Partial<ChainCacheOptions> = {}): ChainCache {
  const cache = new ChainCache({ folder, ttlMs: 24 * HOUR, memoryTickers: 100, maxDiskBytes: 1e9, redisUrl: '', clock, warn: (message) => warnings.push(message), ...options })
  opened.push(cache)
  return cache
}

function session(cache: ChainCache, options: Omit<SessionOptions, 'fetcher'> = {}): CachedChains {
  const budgets = new RequestBudgets({ requestsPerSecond: 1_000, maxHoldMs: 1_000, clock })
  return cache.session({ fetcher: new ChainFetcher({ provider, budgets, clock, random: () => 0, attempts: 2, requestTimeoutMs: 10_000 }), ...options })
}

const get = (chains: CachedChains, ticker = 'AAPL', expiration = '2026-12-18') => clock.until(chains.chain(ticker, expiration, waiter))

describe('an answer', () => {
  it('is fetched once, then comes from memory, then, after a restart, from disk', async () => {
    const cache = open()
    const first = await get(session(cache))
    expect(first).toMatchObject({ from: 'provider', shared: false, value: { ticker: 'AAPL', expiration: '2026-12-18' } })
    expect(await get(session(cache))).toEqual({ ...first, from: 'memory' })
    await cache.close()
    const restarted = session(open())
    expect(await get(restarted)).toEqual({ ...first, from: 'disk' })
    expect(await get(restarted)).toEqual({ ...first, from: 'memory' })
    expect(provider.calls).toHaveLength(1)
    expect(restarted.report()).toMatchObject({ memory: 1, disk: 1, fetched: 0, hitRate: 1 })
    expect(warnings).toEqual([])
  })

  it('is on disk before the next call is made, and once nothing is being fetched: a kill loses no more than was in flight', async () => {
    const tickers = Array.from({ length: 40 }, (_, at) => `T${at}`)
    const elsewhere = open()
    let answered = 0
    const missing: number[] = []
    const chains = session(open())
    const worker = async (): Promise<void> => {
      for (let ticker = tickers.shift(); ticker !== undefined; ticker = tickers.shift()) {
        await chains.expirations(ticker, waiter)
        answered++
      }
    }
    const names = [...tickers]
    provider.fault = () => {
      missing.push(answered - elsewhere.answers('fake:1', names))
      return undefined
    }
    await clock.until(Promise.all(Array.from({ length: 4 }, worker)))
    expect(missing).toHaveLength(names.length)
    expect(Math.max(...missing)).toBeLessThanOrEqual(0)
    expect(elsewhere.answers('fake:1', names)).toBe(names.length)
  })

  it('is one thing for expirations and for each chain, and for each source', async () => {
    const cache = open()
    const chains = session(cache)
    await clock.until(chains.expirations('AAPL', waiter))
    await get(chains)
    await get(chains, 'AAPL', '2027-01-15')
    provider.identity = 'fake:2'
    await get(session(cache))
    expect(provider.calls).toHaveLength(4)
    expect(cache.answers('fake:1', ['AAPL', 'MSFT'])).toBe(2)
    expect(cache.answers('fake:2', ['AAPL'])).toBe(1)
    const withChain = new Set<string>()
    expect(cache.answers('fake:1', ['AAPL', 'MSFT'], { notBefore: Number.MAX_SAFE_INTEGER, withChain })).toBe(0)
    expect([...withChain]).toEqual([])
    expect(open().answers('fake:1', ['AAPL', 'MSFT'], { notBefore: Number.MAX_SAFE_INTEGER })).toBe(0)
    expect(open().answers('fake:1', ['AAPL', 'MSFT'])).toBe(2)
  })

  it('stands for its time from when it was fetched, whatever it stands for, and no longer', async () => {
    const fetched = await get(session(open()))
    await clock.advance(24 * HOUR - 1)
    expect(await get(session(open()))).toMatchObject({ from: 'disk', value: { asOf: (fetched.value).asOf } })
    await clock.advance(1)
    const late = session(open())
    expect(await get(late)).toMatchObject({ from: 'provider' })
    expect(provider.calls).toHaveLength(2)
  })

  it('does not live for ever because the clock was set back', async () => {
    const cache = open()
    await get(session(cache))
    clock.epoch -= 240_000
    expect(await get(session(cache))).toMatchObject({ from: 'memory' })
    clock.epoch -= 10 * 24 * HOUR
    const chains = session(cache)
    expect(await get(chains)).toMatchObject({ from: 'provider' })
    expect(chains.report()).toMatchObject({ fetched: 1, hitRate: 0 })
  })

  it('with nothing in it stands for an hour', async () => {
    const cache = open()
    provider.expirations = (ticker) => Promise.resolve({ ticker, dates: [], asOf: clock.now() })
    const ask = (): Promise<{ from: string }> => clock.until(session(cache).expirations('NONE', waiter))
    expect(await ask()).toMatchObject({ from: 'provider', value: { dates: [] } })
    await clock.advance(HOUR - 1)
    expect(await ask()).toMatchObject({ from: 'memory' })
    await clock.advance(1)
    expect(await ask()).toMatchObject({ from: 'provider' })
  })

  it('of expirations that held others than dates to come stands for an hour too, also from the disk', async () => {
    provider.expirations = (ticker) => Promise.resolve({ ticker, dates: ['2026-12-18'], asOf: clock.now(), refused: [{ reason: 'past', count: 1 }] })
    const ask = (): Promise<{ from: string }> => clock.until(session(open()).expirations('AAPL', waiter))
    expect(await ask()).toMatchObject({ from: 'provider', value: { dates: ['2026-12-18'] } })
    await clock.advance(HOUR - 1)
    expect(await ask()).toMatchObject({ from: 'disk' })
    await clock.advance(1)
    expect(await ask()).toMatchObject({ from: 'provider' })
  })

  it('that is a failure is not kept', async () => {
    const chains = session(open())
    provider.fault = () => failing('unknown_ticker')
    await expect(get(chains)).rejects.toMatchObject({ failure: 'unknown_ticker' })
    provider.fault = () => undefined
    expect(await get(chains)).toMatchObject({ from: 'provider' })
    expect(chains.report()).toMatchObject({ failed: 1, fetched: 1, hitRate: 0 })
  })

  it('with what it may not hold is kept in memory only, and counted', async () => {
    const good = provider.chain.bind(provider)
    provider.chain = async (...asked) => {
      const chain = await good(...asked)
      return { ...chain, contracts: [{ ...chain.contracts[0]!, bid: NaN }] }
    }
    const cache = open()
    const chains = session(cache)
    await get(chains)
    expect(await get(chains)).toMatchObject({ from: 'memory' })
    expect(chains.report()).toMatchObject({ unstorable: 1 })
    expect(await get(session(open()))).toMatchObject({ from: 'provider' })
  })
})

describe('a session that refreshes', () => {
  it('takes nothing from before it began, calls once, and leaves its answers to others', async () => {
    const cache = open()
    await get(session(cache))
    await clock.advance(1_000)
    const refreshing = session(cache, { notBefore: clock.now() })
    expect(await get(refreshing)).toMatchObject({ from: 'provider' })
    expect(await get(refreshing)).toMatchObject({ from: 'memory' })
    await cache.close()
    const { fetchedAt } = await get(session(open()))
    expect(fetchedAt).toBe(clock.now())
    expect(provider.calls).toHaveLength(2)
  })
})

describe('many who ask at once', () => {
  it('make one call, over sessions too', async () => {
    const cache = open()
    const [one, other] = [session(cache), session(cache)]
    const answers = await clock.until(Promise.all(Array.from({ length: 50 }, (_, at) => (at % 2 ? one : other).chain('AAPL', '2026-12-18', waiter))))
    expect(provider.calls).toHaveLength(1)
    expect(answers.filter(({ shared }) => !shared)).toHaveLength(1)
    expect(one.report().fetched + other.report().fetched).toBe(1)
    expect(one.report().shared + other.report().shared).toBe(49)
  })

  it('lose nothing where the first gives up, and stop the call where all do', async () => {
    const chains = session(open())
    const [first, second] = [new AbortController(), new AbortController()]
    const one = chains.chain('AAPL', '2026-12-18', { signal: first.signal })
    await settle()
    const two = chains.chain('AAPL', '2026-12-18', { signal: second.signal })
    await settle()
    first.abort(new Error('gone'))
    await expect(one).rejects.toThrow('gone')
    expect(await clock.until(two)).toMatchObject({ from: 'provider', shared: true })
    expect(provider).toMatchObject({ calls: { length: 1 }, aborted: 0 })

    const three = chains.chain('MSFT', '2026-12-18', { signal: second.signal })
    await settle()
    second.abort(new Error('gone too'))
    await expect(three).rejects.toThrow('gone too')
    expect(provider).toMatchObject({ calls: { length: 2 }, aborted: 1 })
    expect(await get(chains, 'MSFT')).toMatchObject({ from: 'provider' })
  })

  it('each spend their own time on it, and none while it waits for its turn', async () => {
    provider.latencyMs = 500
    const cache = open()
    const budgets = new RequestBudgets({ requestsPerSecond: 0.1, maxHoldMs: 1_000, clock })
    const chains = cache.session({ fetcher: new ChainFetcher({ provider, budgets, clock, random: () => 0, attempts: 2, requestTimeoutMs: 10_000 }) })
    const deadlines = [1, 2].map(() => new ActiveDeadline(30_000, clock, waiter.signal))
    const early = [chains.chain('MSFT', '2026-12-18', waiter), chains.chain('AAPL', '2026-12-18', deadlines[0]!)]
    // Its turn is 10,175 ms after the first's.
    await clock.advance(10_375)
    const late = chains.chain('AAPL', '2026-12-18', deadlines[1]!)
    await clock.until(Promise.all([...early, late]))
    expect(deadlines.map(({ usedMs }) => Math.round(usedMs))).toEqual([500, 300])
  })
})

describe('the memory tier', () => {
  it('holds the tickers asked for last, each with all its entries', async () => {
    const chains = session(open({ memoryTickers: 2 }))
    for (const ticker of ['A', 'B']) for (const expiration of ['2026-12-18', '2027-01-15']) await get(chains, ticker, expiration)
    await get(chains, 'A')
    await get(chains, 'C')
    const from = async (ticker: string, expiration: string): Promise<string> => (await get(chains, ticker, expiration)).from
    expect([await from('A', '2026-12-18'), await from('A', '2027-01-15'), await from('C', '2026-12-18')]).toEqual(['memory', 'memory', 'memory'])
    expect([await from('B', '2026-12-18'), await from('B', '2027-01-15')]).toEqual(['disk', 'disk'])
  })
})

describe('the file', () => {
  it('is all that there is in the folder once closed', async () => {
    const cache = open()
    await get(session(cache))
    await cache.close()
    expect(readdirSync(folder)).toEqual(['option-chains.db'])
  })
})
