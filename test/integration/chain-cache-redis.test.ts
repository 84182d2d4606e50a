import { createClient } from '@redis/client'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ChainCache, type CachedChains } from '../../runtime/explore/cache/chain-cache.ts'
import { ChainFetcher } from '../../runtime/explore/fetch/chain-fetcher.ts'
import { systemClock, type Clock } from '../../runtime/clock.ts'
import { RequestBudgets } from '../../runtime/explore/fetch/request-pacer.ts'
import { FakeProvider } from '../unit/runtime/explore/fetch/fake-provider.ts'
import { freePort, redisIsMissing, RedisServer } from './support/redis-server.ts'

const missing = await redisIsMissing()
if (missing !== null) process.stderr.write(`The chain cache is not tested over Redis: ${missing}\n`)

const HOUR = 3_600_000
/** More than one wait for an answer, 250 ms, on a slow machine, and less than the waits that all calls would take one after the other. */
const ONE_WAIT_MS = 1_500
const LESS_THAN_EACH_MS = 4_000
const waiter = { signal: new AbortController().signal }
let folders: string[]
let caches: ChainCache[]
let warnings: string[]
let redis: RedisServer
let provider: FakeProvider
/** Added to the real time. */
let ahead: number
const clock: Clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead, after: systemClock.after }

beforeEach(async () => {
  folders = []
  caches = []
  warnings = []
  ahead = 0
  provider = new FakeProvider(clock)
  provider.latencyMs = 1
  redis = new RedisServer(await freePort(), 'pass-word')
})

afterEach(async () => {
  await Promise.all(caches.map((cache) => cache.close()))
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  await redis.remove()
})

/** A machine of its own, with a disk of its own, and the Redis that all share. */
function machine(url = redis.url): { cache: ChainCache; chains: CachedChains } {
  const folder = mkdtempSync(join(tmpdir(), 'chain-cache-'))
  folders.push(folder)
  const cache = new ChainCache({ folder, ttlMs: 24 * HOUR, memoryTickers: 100, maxDiskBytes: 1e9, redisUrl: url, clock, warn: (message) => warnings.push(message) })
  caches.push(cache)
  const budgets = new RequestBudgets({ requestsPerSecond: 1_000, maxHoldMs: 1_000, clock })
  return { cache, chains: cache.session({ fetcher: new ChainFetcher({ provider, budgets, clock, random: () => 0, attempts: 2, requestTimeoutMs: 10_000 }) }) }
}

const get = (chains: CachedChains, ticker = 'AAPL') => chains.chain(ticker, '2026-12-18', waiter)

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const began = performance.now()
  const result = await work()
  return { ms: performance.now() - began, result }
}

describe.skipIf(missing !== null)('the chain cache over Redis', () => {
  it('shares answers between machines, and keeps them on the disk of each', async () => {
    await redis.start()
    const one = machine()
    const fetched = await get(one.chains)
    await one.chains.expirations('AAPL', waiter)
    await one.cache.close()
    const other = machine()
    expect([await other.chains.isInRedis('AAPL'), await other.chains.isInRedis('SPY'), await machine('').chains.isInRedis('AAPL')]).toEqual([true, false, false])
    expect(await get(other.chains)).toEqual({ ...fetched, from: 'redis' })
    expect(await other.chains.expirations('AAPL', waiter)).toMatchObject({ from: 'redis' })
    expect(await get(other.chains)).toMatchObject({ from: 'memory' })
    expect(other.cache.answers('fake:1', ['AAPL'])).toBe(2)
    expect(other.chains.report()).toMatchObject({ redis: 2, memory: 1, fetched: 0, hitRate: 1 })
    expect(provider.calls).toHaveLength(2)
    expect(warnings).toEqual([])
  })

  it('leaves entries that end by themselves, and heeds their age', async () => {
    await redis.start()
    const one = machine()
    await get(one.chains)
    await one.cache.close()
    const client = await createClient({ url: redis.url }).connect()
    const keys = await client.keys('*')
    expect(keys).toEqual(['strikescan:chains:["fake:1","chain","AAPL","2026-12-18"]'])
    const ttl = await client.pTTL(keys[0]!)
    expect(ttl).toBeGreaterThan(24 * HOUR - 60_000)
    expect(ttl).toBeLessThanOrEqual(24 * HOUR)
    ahead = 24 * HOUR
    const late = machine()
    expect(await get(late.chains)).toMatchObject({ from: 'provider' })
    expect(await late.chains.isInRedis('AAPL')).toBe(false)
    expect(late.chains.report()).toMatchObject({ stale: 1 })

    // What others may have put there.
    ahead = 0
    for (const junk of ['', 'junk', 'SSOC', 'SSOC12345678']) {
      await client.set(keys[0]!, junk)
      const reader = machine()
      expect(await get(reader.chains)).toMatchObject({ from: 'provider' })
      await reader.cache.close()
    }
    await client.del(keys)
    await client.lPush(keys[0]!, 'a list')
    expect(await get(machine().chains)).toMatchObject({ from: 'provider' })
    client.destroy()
  })

  it('takes a value of another type for a damaged entry, and writes over it', async () => {
    await redis.start()
    const client = await createClient({ url: redis.url }).connect()
    const key = 'strikescan:chains:["fake:1","chain","AAPL","2026-12-18"]'
    await client.hSet(key, 'field', 'value')
    const { chains, cache } = machine()
    expect(await get(chains)).toMatchObject({ from: 'provider' })
    expect(await get(chains, 'SPY')).toMatchObject({ from: 'provider' })
    expect(chains.report()).toMatchObject({ corrupt: 1, fetched: 2 })
    await cache.close()
    expect(await client.type(key)).toBe('string')
    client.destroy()
    expect(await get(machine().chains)).toMatchObject({ from: 'redis' })
    expect(warnings).toEqual([])
  })

  it('goes on without a Redis that dies in mid-run', async () => {
    await redis.start()
    const { chains } = machine()
    await get(chains, 'A')
    await redis.kill()
    const { ms } = await timed(async () => {
      for (let at = 0; at < 100; at++) await get(chains, `B${at}`)
    })
    expect(ms).toBeLessThan(LESS_THAN_EACH_MS)
    expect(warnings).toEqual([expect.stringContaining(`127.0.0.1:${redis.port}, does not serve`)])
    expect(warnings[0]).not.toContain('pass-word')
  })

  it('tries a Redis that is back in the background of the same run', async () => {
    await redis.start()
    const { chains } = machine()
    await get(chains, 'A')
    await redis.kill()
    await get(chains, 'B')
    expect(warnings).toHaveLength(1)
    await redis.start()
    let asked = 0
    await expect.poll(async () => {
      ahead += 31_000
      const ticker = `T${asked++}`
      await get(chains, ticker)
      await new Promise((resolve) => setTimeout(resolve, 50))
      return (await get(machine().chains, ticker)).from
    }, { interval: 50, timeout: 10_000 }).toBe('redis')
    expect(warnings).toHaveLength(1)
  })

  it('waits once, and not for long, for a Redis that hangs', async () => {
    await redis.start()
    const { chains } = machine()
    await get(chains, 'A')
    redis.signal('SIGSTOP')
    const first = await timed(() => Promise.all(Array.from({ length: 8 }, (_, at) => get(chains, `B${at}`))))
    expect(first.ms).toBeLessThan(ONE_WAIT_MS)
    const rest = await timed(async () => {
      for (let at = 0; at < 50; at++) await get(chains, `C${at}`)
    })
    expect(rest.ms).toBeLessThan(LESS_THAN_EACH_MS)
    expect(warnings).toEqual([expect.stringContaining('no answer within 250 ms')])
    redis.signal('SIGCONT')
  })

  it('goes on without one that wants another password', async () => {
    await redis.start()
    const { chains } = machine(redis.url.replace('pass-word', 'wrong'))
    expect(await get(chains)).toMatchObject({ from: 'provider' })
    expect(warnings).toEqual([expect.stringContaining('does not serve')])
    expect(warnings[0]).not.toContain('wrong')
  })

  it('goes on with one that is full', async () => {
    await redis.start()
    const client = await createClient({ url: redis.url }).connect()
    await client.configSet('maxmemory', '1')
    const { chains, cache } = machine()
    expect(await get(chains)).toMatchObject({ from: 'provider' })
    await cache.close()
    expect(warnings).toEqual([expect.stringContaining('OOM')])
    client.destroy()
  })
})

describe('a Redis that is none', () => {
  it.each(['redis://127.0.0.1:1', 'redis://no-such-host.invalid:6379', 'http://127.0.0.1', 'nonsense'])('%s costs one warning', async (url) => {
    const { chains } = machine(url)
    const { ms } = await timed(async () => {
      for (let at = 0; at < 20; at++) expect(await get(chains, `T${at}`)).toMatchObject({ from: 'provider' })
    })
    expect(ms).toBeLessThan(LESS_THAN_EACH_MS)
    expect(warnings).toHaveLength(1)
  })

  it.each([['says nothing', () => undefined], ['talks nonsense', (socket: Socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')], ['hangs up', (socket: Socket) => void socket.destroy()]])('a server that %s costs one wait', async (_, greet) => {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      greet(socket)
    })
    await new Promise<void>((resolve) => server.listen(redis.port, '127.0.0.1', resolve))
    const { chains } = machine()
    const { ms } = await timed(async () => {
      for (let at = 0; at < 20; at++) await get(chains, `T${at}`)
    })
    expect(ms).toBeLessThan(LESS_THAN_EACH_MS)
    expect(warnings).toHaveLength(1)
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
})
