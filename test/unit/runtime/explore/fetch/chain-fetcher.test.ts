import { beforeEach, describe, expect, it } from 'vitest'

import { ChainFetcher, type FetchWaiter } from '../../../../../runtime/explore/fetch/chain-fetcher.ts'
import { systemClock } from '../../../../../runtime/clock.ts'
import { ProviderCallError } from '../../../../../sdk/option-provider.ts'
import { RequestBudgets } from '../../../../../runtime/explore/fetch/request-pacer.ts'
import { failing, FakeProvider } from './fake-provider.ts'
import { settle, VirtualClock } from './virtual-clock.ts'

let clock: VirtualClock
let provider: FakeProvider
let budgets: RequestBudgets
const waiter: FetchWaiter = { signal: new AbortController().signal }

beforeEach(() => {
  clock = new VirtualClock()
  provider = new FakeProvider(clock)
  budgets = new RequestBudgets({ requestsPerSecond: 10, maxHoldMs: 120_000, clock })
})

const fetcher = (options: { attempts?: number; random?: () => number } = {}): ChainFetcher =>
  new ChainFetcher({ provider, budgets, clock, random: () => 0.5, attempts: 4, requestTimeoutMs: 10_000, ...options })

describe('answers', () => {
  it('come from one call each, counted by ticker, in the order asked for', async () => {
    const fetching = fetcher()
    const asked = Promise.all(['A', 'B', 'C'].flatMap((ticker) => [fetching.expirations(ticker, waiter), fetching.chain(ticker, '2026-12-18', waiter)]))
    expect(await clock.until(asked)).toHaveLength(6)
    expect(provider.calls.map(({ ticker, kind }) => ticker + kind[0])).toEqual(['Ae', 'Ac', 'Be', 'Bc', 'Ce', 'Cc'])
    expect(fetching.callsOf('B')).toBe(2)
    expect(fetching.callsOf('Z')).toBe(0)
    expect(fetching.report()).toEqual({ calls: 6, priceCalls: 0, retries: 0, failures: {} })
    expect(clock.timers).toBe(0)
  })

  it('share one budget over explorations of the same source', async () => {
    const asked = [fetcher(), fetcher()].flatMap((each) => Array.from({ length: 10 }, () => each.expirations('A', waiter)))
    await clock.until(Promise.all(asked))
    // The first at once, then three groups of five, the first ten turns longer by 15 ms; then four a second after the second group, so that no
    // second sees more than ten.
    expect(provider.calls.at(-1)!.at - provider.calls[0]!.at).toBeCloseTo(20 * 102.5 + 150, 3)
  })
})

describe('failures that can pass', () => {
  it.each(['unavailable', 'timed_out'] as const)('are tried again after doubling waits: %s', async (failure) => {
    provider.fault = ({ number }) => (number <= 3 ? failing(failure) : undefined)
    const fetching = fetcher()
    await clock.until(fetching.chain('A', '2026-12-18', waiter))
    const waits = provider.calls.slice(1).map(({ at }, index) => Math.round(at - provider.calls[index]!.at))
    expect(waits).toEqual([375, 750, 1_500])
    expect(fetching.report()).toEqual({ calls: 4, priceCalls: 0, retries: 3, failures: { [failure]: 3 } })
    expect(fetching.callsOf('A')).toBe(4)
  })

  it('wait longer or shorter by chance, never past the whole wait', async () => {
    for (const [random, wait] of [[0, 250], [0.999_999, 500]] as const) {
      provider.fault = ({ number }) => (number % 2 === 1 ? failing('unavailable') : undefined)
      await clock.until(fetcher({ random: () => random }).expirations('A', waiter))
      const [failed, retried] = provider.calls.slice(-2)
      expect(Math.round(retried!.at - failed!.at)).toBe(wait)
    }
  })

  it('end after so many attempts, and the error says how many', async () => {
    provider.fault = () => failing('unavailable')
    const fetching = fetcher({ attempts: 3 })
    await expect(clock.until(fetching.chain('A', '2026-12-18', waiter))).rejects.toMatchObject({ failure: 'unavailable', message: 'It said unavailable (after 3 attempts).' })
    expect(fetching.callsOf('A')).toBe(3)
  })

  it('are tried once more where the answer was malformed', async () => {
    provider.fault = () => failing('malformed')
    await expect(clock.until(fetcher().chain('A', '2026-12-18', waiter))).rejects.toMatchObject({ failure: 'malformed' })
    expect(provider.calls).toHaveLength(2)
  })

  it('hold everybody back until the instant that the vendor names', async () => {
    const retryAt = clock.now() + 20_000
    provider.fault = ({ number }) => (number === 1 ? failing('rate_limited', retryAt) : undefined)
    const fetching = fetcher()
    const first = fetching.expirations('A', waiter)
    await clock.advance(50)
    const second = fetching.expirations('B', waiter)
    await clock.until(Promise.all([first, second]))
    const after = provider.calls.slice(1).map(({ at }) => clock.epoch + at - retryAt)
    expect(Math.min(...after)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...after)).toBeLessThan(200)
  })

  it('outlast a minute of refusals without an instant', async () => {
    provider.fault = ({ at }) => (at < 61_000 ? failing('rate_limited') : undefined)
    await clock.until(fetcher({ random: () => 0.999 }).expirations('A', waiter))
    expect(provider.calls).toHaveLength(4)
  })

  it('fail at once where the vendor wants too long a wait', async () => {
    provider.fault = () => failing('rate_limited', clock.now() + 3_600_000)
    const began = clock.monotonic()
    const until = new Date(clock.now() + 3_600_000).toISOString()
    await expect(clock.until(fetcher().expirations('A', waiter))).rejects.toMatchObject({ failure: 'rate_limited', message: `It said rate_limited: The provider wants no further call before ${until}, which is more than the 120 s of explore.maxHoldMs away.` })
    await expect(clock.until(fetcher().expirations('B', waiter))).rejects.toMatchObject({ failure: 'rate_limited' })
    expect(provider.calls).toHaveLength(1)
    expect(clock.monotonic() - began).toBeLessThan(1_000)
  })
})

describe('failures that cannot pass', () => {
  it.each(['unauthorized', 'refused', 'unknown_ticker'] as const)('are not tried again: %s', async (failure) => {
    provider.fault = () => failing(failure)
    await expect(clock.until(fetcher().chain('A', '2026-12-18', waiter))).rejects.toMatchObject({ failure, message: `It said ${failure}.` })
    expect(provider.calls).toHaveLength(1)
  })

  it('are faults of the provider itself, each the failure of one call', async () => {
    provider.fault = () => Promise.reject(new TypeError("Cannot read properties of undefined\n(reading 'date')"))
    await expect(clock.until(fetcher().chain('A', '2026-12-18', waiter))).rejects.toMatchObject({ name: 'ProviderCallError', failure: 'malformed', passing: false })
    provider.fault = () => {
      throw 'not even an error'
    }
    await expect(clock.until(fetcher().chain('A', '2026-12-18', waiter))).rejects.toMatchObject({ failure: 'malformed', message: 'The provider fake failed by a fault of its own (not even an error).' })
  })
})

describe('what the source refuses to whoever asks', () => {
  const unauthorized = (): Promise<never> =>
    Promise.reject(new ProviderCallError('unauthorized', 'It said no.', { passing: false, remedy: { option: 'setting fake.token', mend: 'give another' } }))
  const ask = (fetching: ChainFetcher, ticker: string) => clock.until(fetching.expirations(ticker, waiter))

  it('is told with what to do about it', async () => {
    provider.fault = unauthorized
    await expect(ask(fetcher(), 'A')).rejects.toMatchObject({ message: 'It said no; setting fake.token: give another', remedy: { option: 'setting fake.token' } })
    provider.fault = () => Promise.reject(new ProviderCallError('unavailable', 'It said nothing.', { passing: true, remedy: { option: 'baseUrl', mend: 'see' } }))
    await expect(ask(fetcher({ attempts: 2 }), 'A')).rejects.toMatchObject({ message: 'It said nothing (after 2 attempts); baseUrl: see' })
    const answered = fetcher({ attempts: 1 })
    provider.fault = ({ number }) => (number === 4 ? undefined : Promise.reject(new ProviderCallError('unavailable', 'It said nothing.', { passing: true, remedy: { option: 'baseUrl', mend: 'see' } })))
    await ask(answered, 'A')
    await expect(ask(answered, 'B')).rejects.toMatchObject({ message: 'It said nothing.' })
  })

  it('is asked no more after a few calls, none of which was answered', async () => {
    provider.fault = unauthorized
    const fetching = fetcher()
    const failures = []
    for (const ticker of 'ABCDEF') failures.push(await ask(fetching, ticker).then(() => null, (error: ProviderCallError) => error))
    expect(failures.map((failure) => failure?.failure)).toEqual(Array(6).fill('unauthorized'))
    expect(failures.at(-1)!.message).toBe('no more calls were made after 3 that were refused and none that was answered; the last: It said no; setting fake.token: give another')
    expect(provider.calls).toHaveLength(3)
    expect(fetching.unanswered).toBe('It said no; setting fake.token: give another')
  })

  it('is asked on where anything was ever answered, and for other failures', async () => {
    provider.fault = ({ number }) => (number > 1 ? unauthorized() : undefined)
    const fetching = fetcher()
    expect(fetching.unanswered).toBeNull()
    for (const ticker of 'ABCDEF') await ask(fetching, ticker).catch(() => {})
    expect(provider.calls).toHaveLength(6)
    expect(fetching.unanswered).toBeNull()
    provider.fault = () => failing('refused')
    const other = fetcher()
    for (const ticker of 'ABCDEF') await ask(other, ticker).catch(() => {})
    expect(provider.calls).toHaveLength(12)
    expect(other.unanswered).toBe('It said refused.')
  })
})

describe('a source that nobody reaches', () => {
  const unreached = (): Promise<never> =>
    Promise.reject(new ProviderCallError('unavailable', 'It is not there.', { passing: true, remedy: { option: 'setting fake.url', mend: 'see' } }))
  /** Eight workers over tickers in order, as the engine has them. Gives what each failed with, null for those answered. */
  const askAll = async (fetching: ChainFetcher, count: number): Promise<(ProviderCallError | null)[]> => {
    const ends: (ProviderCallError | null)[] = Array.from({ length: count }, () => null)
    let next = 0
    const work = async (): Promise<void> => {
      for (let at = next++; at < count; at = next++) await fetching.expirations(`T${at}`, waiter).catch((error: ProviderCallError) => (ends[at] = error))
    }
    await clock.until(Promise.all(Array.from({ length: 8 }, work)))
    return ends
  }
  const asked = (): string[] => [...new Set(provider.calls.map(({ ticker }) => ticker))]

  it('is tried with one ticker now and then, and the others end soon with the reason', async () => {
    provider.fault = unreached
    const fetching = fetcher()
    const began = clock.monotonic()
    const ends = await askAll(fetching, 500)
    expect(clock.monotonic() - began).toBeLessThan(10_000)
    // The first eight, two that follow before a third of these has failed, and the trials after pauses of 0, 8, 16, 32, 64 and 128 tickers.
    expect(asked()).toEqual(['T0', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8', 'T9', 'T10', 'T19', 'T36', 'T69', 'T134', 'T263'])
    expect(provider.calls.length).toBeLessThanOrEqual(10 * 4 + 6)
    for (const end of ends) expect(end).toMatchObject({ failure: 'unavailable', message: expect.stringContaining('setting fake.url: see') })
    expect(ends[100]!.message).toBe('no call was made, after those for other tickers all failed and none was answered; the last: It is not there; setting fake.url: see')
    expect(fetching.unanswered).toMatch(/^It is not there(?: \(after \d attempts\))?; setting fake.url: see$/)
  })

  it('is used as soon as it is back', async () => {
    provider.fault = ({ ticker }) => (Number(ticker.slice(1)) < 36 ? unreached() : undefined)
    const ends = await askAll(fetcher(), 60)
    expect(ends.map((end) => (end === null ? '.' : 'x')).join('')).toBe('x'.repeat(36) + '.'.repeat(24))
  })

  it('is asked on for every ticker where the first ones were no more than unlucky, or anything was ever answered', async () => {
    provider.fault = ({ ticker }) => (['T0', 'T1', 'T2'].includes(ticker) ? unreached() : undefined)
    const unlucky = fetcher({ attempts: 2 })
    const ends = []
    for (let at = 0; at < 6; at++) ends.push(await clock.until(unlucky.expirations(`T${at}`, waiter)).then(() => '.', () => 'x'))
    expect(ends.join('')).toBe('xxx...')
    provider.fault = ({ number }) => (number > 1 ? unreached() : undefined)
    provider.calls.length = 0
    const answered = fetcher({ attempts: 1 })
    for (let at = 0; at < 20; at++) await clock.until(answered.expirations(`T${at}`, waiter)).catch(() => {})
    expect(provider.calls).toHaveLength(20)
  })

  it('is not taken for one that answers nonsense', async () => {
    provider.fault = () => failing('malformed')
    await askAll(fetcher({ attempts: 1 }), 20)
    expect(provider.calls).toHaveLength(20)
  })

  it('holds up no one who leaves while another is on trial', async () => {
    provider.fault = unreached
    const fetching = fetcher({ attempts: 1 })
    for (const ticker of 'ABC') await clock.until(fetching.expirations(ticker, waiter)).catch(() => {})
    provider.fault = () => new Promise(() => undefined)
    const trial = fetching.expirations('D', waiter).catch((error: ProviderCallError) => error.failure)
    await clock.advance(200)
    const leaving = new AbortController()
    const left = fetching.expirations('E', { signal: leaving.signal })
    const waiting = fetching.expirations('F', waiter).catch((error: ProviderCallError) => error.message)
    leaving.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    expect(await clock.until(trial)).toBe('timed_out')
    expect(await clock.until(waiting)).toMatch(/^no call was made/)
    expect(clock.timers).toBe(0)
  })
})

describe('calls that are never answered', () => {
  it('count as timed out, whether or not the provider heeds the signal', async () => {
    provider.fault = ({ number }) => (number <= 2 ? new Promise(() => undefined) : undefined)
    const fetching = fetcher()
    await clock.until(fetching.chain('A', '2026-12-18', waiter))
    expect(fetching.report().failures).toEqual({ timed_out: 2 })
    expect(provider.calls[2]!.at - provider.calls[0]!.at).toBeGreaterThan(20_000)
  })

  it('are let go of as soon as nobody waits: in flight, backing off, or waiting for their turn', async () => {
    for (const fault of [() => new Promise(() => undefined), () => failing('unavailable'), () => failing('rate_limited', clock.now() + 30_000)]) {
      provider.fault = fault
      const leaving = new AbortController()
      const asked = fetcher().expirations('A', { signal: leaving.signal })
      await clock.advance(200)
      leaving.abort(new Error('gone'))
      await expect(asked).rejects.toThrow('gone')
      expect(clock.timers).toBe(0)
    }
    await expect(fetcher().expirations('A', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
  })
})

describe('local providers', () => {
  it('are neither paced nor asked again', async () => {
    provider.remote = false
    provider.latencyMs = 0
    const fetching = fetcher()
    const began = clock.monotonic()
    await clock.until(Promise.all(Array.from({ length: 100 }, () => fetching.expirations('A', waiter))))
    expect(clock.monotonic()).toBe(began)
    provider.fault = () => failing('unavailable')
    await expect(clock.until(fetching.expirations('A', waiter))).rejects.toMatchObject({ failure: 'unavailable' })
    expect(fetching.callsOf('A')).toBe(101)
  })
})

describe('in real time', () => {
  it('eight at once reach the pace over a slow line', async () => {
    // The first second is longer by 150 ms.
    const longestMs = 1_500 * 1.05 + 150 + 60
    let took = Number.POSITIVE_INFINITY
    // In one of three tries: a machine that has much to do is late now and then.
    for (let tries = 0; tries < 3 && took >= longestMs; tries++) {
      const real = new FakeProvider(systemClock)
      const shared = new RequestBudgets({ requestsPerSecond: 50, maxHoldMs: 1_000, clock: systemClock })
      const fetching = new ChainFetcher({ provider: real, budgets: shared, clock: systemClock, random: Math.random, attempts: 2, requestTimeoutMs: 1_000 })
      const tickers = Array.from({ length: 75 }, (_, at) => `T${at}`)
      const began = performance.now()
      await Promise.all(Array.from({ length: 8 }, async () => {
        for (let ticker = tickers.shift(); ticker !== undefined; ticker = tickers.shift()) await fetching.expirations(ticker, waiter)
      }))
      took = performance.now() - began
    }
    expect(took).toBeLessThan(longestMs)
    await settle()
  })
})
