import { createClient } from '@redis/client'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { command, startCommand, type Finished } from './support/command-line.ts'
import { freePort, redisIsMissing, RedisServer } from './support/redis-server.ts'
import { startSimulatedApi, type SimulatedApi } from './support/simulated-api.ts'

const missing = await redisIsMissing()
if (missing !== null) process.stderr.write(`Explorations are not tested over Redis: ${missing}\n`)

const TICKERS = ['SPY', 'AAPL', 'MSFT', 'QQQ', 'NVDA', 'IWM', 'DIA', 'XLK', 'GLD', 'TLT', 'SMH', 'XLF', 'EEM', 'SLV', 'HYG', 'USO']
const STRATEGIES = ['Long Call', 'Iron Condor', 'Calendar', 'Cash-Secured Put']
const PASSWORD = 'pass-word-of-a-test'

let folder: string
let file: string
let api: SimulatedApi
/** The rows of an exploration without Redis. */
let expected: string
let redis: RedisServer
let runs = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strikescan-explore-redis-'))
  file = join(folder, 'strategies.csv')
  writeFileSync(file, ['Ticker,Strategy', ...STRATEGIES.flatMap((strategy) => TICKERS.map((ticker) => `${ticker},${strategy}`)), ''].join('\n'))
  api = await startSimulatedApi(['--latency-ms', '60'])
  const { finished, rows } = await explore(null)
  expect(finished.code, finished.err).toBe(0)
  expected = rows()
}, 60_000)
afterAll(async () => {
  await api.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => void (redis = new RedisServer(await freePort(), PASSWORD)))
afterEach(() => redis.remove())

interface Explored {
  readonly finished: Finished
  readonly ms: number
  rows(): string
  readonly cache: { redis: number; fetched: number; corrupt: number; hitRate: number | null }
}

/** One exploration over a machine's own state folder, an empty one unless it is named. `meanwhile` is told once 20 calls were made. */
async function explore(url: string | null, { home = `home${runs}`, meanwhile }: { home?: string; meanwhile?: () => unknown } = {}): Promise<Explored> {
  const out = join(folder, `rows${runs++}.csv`)
  api.asked.clear()
  const began = performance.now()
  const { done } = startCommand(['explore', file, '--home', join(folder, home), ...api.settings, ...(url === null ? [] : ['--set', `explore.redisUrl=${url}`]), '--out', out, '--json'])
  const watch = setInterval(() => {
    if (meanwhile === undefined || api.asked.size < 20) return
    clearInterval(watch)
    void meanwhile()
  }, 5)
  const finished = await done
  clearInterval(watch)
  const { cache } = (JSON.parse(finished.out) as { run: { explore: Explored } }).run.explore
  return { finished, ms: performance.now() - began, rows: () => readFileSync(out, 'utf8'), cache }
}

const troubles = ({ finished }: Explored): string[] => finished.err.split('\n').filter((line) => line.startsWith('warning: '))

/** The same rows, one clear line about Redis, and none of its password. */
function expectDoneWithout(explored: Explored): void {
  expect(explored.finished.code, explored.finished.err).toBe(0)
  expect(explored.rows()).toBe(expected)
  expect(troubles(explored)).toEqual([expect.stringMatching(new RegExp(`^warning: The Redis of the chain cache, 127\\.0\\.0\\.1:${redis.port}, does not serve \\(.+\\): it is done without, and tried again now and then\\.$`))])
  expect(explored.finished.err + explored.finished.out).not.toContain(PASSWORD)
}

/** Changes every entry of Redis. */
async function rewrite(change: (bytes: Buffer) => Buffer | string): Promise<number> {
  const client = createClient({ url: redis.url })
  await client.connect()
  const keys = await client.keys('strikescan:chains:*')
  for (const key of keys) await client.set(key, change(Buffer.from((await client.get(key))!)))
  await client.close()
  return keys.length
}

describe.skipIf(missing !== null)('an exploration over Redis', { timeout: 60_000 }, () => {
  it('leaves its chains to another machine, which makes no call', async () => {
    await redis.start()
    const one = await explore(redis.url)
    expect([one.rows() === expected, troubles(one)]).toEqual([true, []])
    const other = await explore(redis.url)
    expect([other.rows() === expected, troubles(other), api.asked.size]).toEqual([true, [], 0])
    expect(other.cache).toMatchObject({ fetched: 0, hitRate: 1 })
    expect(other.cache.redis).toBeGreaterThan(TICKERS.length)
  })

  it.each([
    ['noise', () => 'no entry at all'],
    ['nothing', () => ''],
    ['halves', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
  ] as const)('fetches anew what became %s', async (_, change) => {
    await redis.start()
    await explore(redis.url)
    expect(await rewrite(change)).toBeGreaterThan(TICKERS.length)
    const again = await explore(redis.url)
    expect([again.rows() === expected, troubles(again)]).toEqual([true, []])
    expect(again.cache).toMatchObject({ redis: 0 })
    expect(again.cache.corrupt).toBeGreaterThan(TICKERS.length)
  })

  it('goes on without one that is killed in the middle', async () => {
    await redis.start()
    expectDoneWithout(await explore(redis.url, { meanwhile: () => redis.kill() }))
  })

  it('waits for one that hangs in the middle only once, and not for long', async () => {
    await redis.start()
    const straight = await explore(redis.url, { home: 'straight' })
    redis.signal('SIGCONT')
    await rewrite(() => '')
    const hung = await explore(redis.url, { meanwhile: () => redis.signal('SIGSTOP') })
    redis.signal('SIGCONT')
    expectDoneWithout(hung)
    expect(hung.ms).toBeLessThan(straight.ms + 5_000)
  })

  it('goes on without one that wants another password, and without one that is not there', async () => {
    await redis.start()
    expectDoneWithout(await explore(redis.url.replace(PASSWORD, `${PASSWORD}-wrong`)))
    await redis.kill()
    expectDoneWithout(await explore(redis.url))
  })

  it('says nothing of one that cannot be reached where the disk has all chains', async () => {
    await explore(null, { home: 'kept' })
    const { code, out } = await command(['explore', file, '--home', join(folder, 'kept'), ...api.settings, '--set', `explore.redisUrl=${redis.url}`, '--json'])
    const { calls, priceCalls } = (JSON.parse(out) as { run: { explore: { calls: number; priceCalls: number } } }).run.explore
    // One for the price of a ticker that lists no expiration in range, which no chain was kept with.
    expect([code, calls - priceCalls, priceCalls]).toEqual([0, 0, 1])
  })
})
