import { beforeEach, describe, expect, it } from 'vitest'

import { ChainFetcher, type FetchWaiter } from '../../../../../runtime/explore/fetch/chain-fetcher.ts'
import { RequestBudgets } from '../../../../../runtime/explore/fetch/request-pacer.ts'
import { ProviderCallError } from '../../../../../sdk/option-provider.ts'
import type { OptionChain } from '../../../../../sdk/options/chain.ts'
import { failing, FakeProvider } from './fake-provider.ts'
import { VirtualClock } from './virtual-clock.ts'

const EXPIRATION = '2026-12-18'
const waiter: FetchWaiter = { signal: new AbortController().signal }

/** A provider whose chains state no price, and which tells prices of three tickers a call: 1 for `A`, 2 for `B` and so on, none for `Z`. */
class PricingProvider extends FakeProvider {
  readonly batches: string[] = []
  priceFault: (nth: number, batch: string) => Promise<never> | undefined = () => undefined
  readonly prices = {
    mostTickers: 3 as number,
    ask: async (tickers: readonly string[]) => {
      this.batches.push(tickers.join(''))
      await this.priceFault(this.batches.length, tickers.join(''))
      return new Map(tickers.filter((ticker) => ticker !== 'Z').map((ticker) => [ticker, ticker.charCodeAt(0) - 64]))
    },
  }

  override async chain(...asked: Parameters<FakeProvider['chain']>): Promise<OptionChain> {
    return { ...(await super.chain(...asked)), underlyingPrice: null }
  }
}

let clock: VirtualClock
let provider: PricingProvider
let fetching: ChainFetcher
let troubles: string[]
let stop: AbortController

beforeEach(() => {
  clock = new VirtualClock()
  provider = new PricingProvider(clock)
  fetching = new ChainFetcher({ provider, budgets: new RequestBudgets({ requestsPerSecond: 10, maxHoldMs: 1_000, clock }), clock, random: () => 0.5, attempts: 2, requestTimeoutMs: 1_000 })
  troubles = []
  stop = new AbortController()
})

const expectPrices = (sure: string, perhaps = ''): number => fetching.expectPrices({ sure: [...sure], perhaps: [...perhaps] }, stop.signal, ({ failure, without, isLast }) => void troubles.push(`${(failure as Error).message} ${without.join('')} ${isLast}`))
const quoteOf = async (ticker: string): Promise<number | undefined> => {
  await clock.until(fetching.expirations(ticker, waiter))
  return (await clock.until(fetching.chain(ticker, EXPIRATION, waiter))).underlyingQuote
}

describe('prices of underlyings', () => {
  it('are asked for beside the first call of a ticker, with those next in line, and come with its chain', async () => {
    expect(expectPrices('ABCDZ')).toBe(2)
    expect(provider.batches).toEqual([])
    for (const [place, ticker] of [...'ABCDZ'].entries()) expect(await quoteOf(ticker)).toBe(ticker === 'Z' ? undefined : place + 1)
    expect(provider.batches).toEqual(['ABC', 'DZ'])
    expect(fetching.report()).toEqual({ calls: 12, priceCalls: 2, retries: 0, failures: {} })
    expect([...'ABCDZ'].map((ticker) => fetching.callsOf(ticker))).toEqual([2, 2, 2, 2, 2])
  })

  it('are asked for in whatever order tickers are taken up, and only for those that are to have one', async () => {
    expectPrices('ABCDE')
    expect(await quoteOf('X')).toBeUndefined()
    expect(await quoteOf('D')).toBe(4)
    expect(provider.batches).toEqual(['DAB'])
  })

  it('are asked for tickers that are not sure to need one when a chain of theirs is fetched, and no sooner', async () => {
    expect(expectPrices('AB', 'PQRS')).toBe(1)
    await clock.until(fetching.expirations('P', waiter))
    expect(provider.batches).toEqual([])
    expect((await clock.until(fetching.chain('P', EXPIRATION, waiter))).underlyingQuote).toBe(16)
    expect([await quoteOf('A'), await quoteOf('Q'), await quoteOf('S')]).toEqual([1, 17, 19])
    expect(provider.batches).toEqual(['PAB', 'QRS'])
  })

  it('are there before a ticker\'s first call for whoever has to know, and still come with its chain', async () => {
    expectPrices('AB', 'P')
    expect([await clock.until(fetching.price('B')), await clock.until(fetching.price('A')), await clock.until(fetching.price('X'))]).toEqual([2, 1, null])
    // Of one whose chains may be known a quote would be a call more.
    expect(await clock.until(fetching.price('P'))).toBe(null)
    expect(provider.batches).toEqual(['BAP'])
    expect(await quoteOf('B')).toBe(2)
    expect(fetching.report()).toMatchObject({ calls: 3, priceCalls: 1 })
  })

  it('leave a price alone that the chain states', async () => {
    provider.chain = async (ticker, expiration) => ({ ticker, expiration, underlyingPrice: 50, asOf: 0, delayMinutes: 0, contracts: [], refused: [] })
    expectPrices('A')
    expect(await quoteOf('A')).toBeUndefined()
  })

  it('are paced and tried again as any call', async () => {
    provider.priceFault = (nth) => (nth === 1 ? failing('unavailable') : undefined)
    expectPrices('ABC')
    expect(await quoteOf('A')).toBe(1)
    expect(fetching.report()).toMatchObject({ priceCalls: 2, retries: 1, failures: { unavailable: 1 } })
    expect(troubles).toEqual([])
  })

  it('that fail leave chains without one, and are given up after two batches in a row', async () => {
    provider.priceFault = () => failing('timed_out')
    expectPrices('ABCDEFGHI')
    for (const ticker of 'ABCDEFGHI') expect(await quoteOf(ticker)).toBeUndefined()
    expect(provider.batches).toEqual(['ABC', 'ABC', 'DEF', 'DEF'])
    expect(troubles).toEqual(['It said timed_out (after 2 attempts). ABC false', 'It said timed_out (after 2 attempts). DEF true'])
  })

  it.each(['unavailable', 'malformed'] as const)('are asked for in parts where one ticker may be why a batch was answered as %s', async (failure) => {
    provider.priceFault = (_, batch) => (batch.includes('B') ? failing(failure) : undefined)
    expectPrices('ABCDEF')
    expect([await quoteOf('A'), await quoteOf('B'), await quoteOf('C'), await quoteOf('E')]).toEqual([1, undefined, 3, 5])
    expect(provider.batches).toEqual(['ABC', 'ABC', 'AB', 'C', 'A', 'EDF'])
    expect(fetching.report()).toMatchObject({ priceCalls: 6, retries: 1 })
    expect(troubles).toEqual([`It said ${failure} (after 2 attempts). B false`])
  })

  it.each(['unknown_ticker', 'refused'] as const)('are asked for in parts at once where a batch is answered as %s', async (failure) => {
    provider.priceFault = (_, batch) => (batch.includes('B') ? failing(failure) : undefined)
    expectPrices('ABC')
    expect([await quoteOf('A'), await quoteOf('B'), await quoteOf('C')]).toEqual([1, undefined, 3])
    expect(provider.batches).toEqual(['ABC', 'AB', 'C', 'A'])
  })

  const hundred = Array.from({ length: 100 }, (_, at) => String.fromCodePoint(0x100 + at)).join('')
  it.each([0, 37, 99])('of a hundred tickers miss but the one at %d that spoils the call, in fourteen calls more at most', async (sick) => {
    provider.prices.mostTickers = 100
    provider.priceFault = (_, batch) => (batch.includes(hundred[sick]!) ? failing('unavailable') : undefined)
    expectPrices(hundred)
    await clock.until(fetching.price(hundred[0]!))
    for (const [place, ticker] of [...hundred].entries()) expect(await clock.until(fetching.price(ticker))).toBe(place === sick ? null : ticker.charCodeAt(0) - 64)
    expect(provider.batches.length).toBeLessThanOrEqual(2 + 14)
  })

  it('are not looked for in ever smaller parts where all fail, and not at all of a source that is not reached or refuses', async () => {
    provider.prices.mostTickers = 100
    provider.priceFault = () => failing('unavailable')
    expectPrices(hundred)
    expect(await clock.until(fetching.price(hundred[0]!))).toBeNull()
    expect(provider.batches.map(({ length }) => length)).toEqual([100, 100, 50, 50, 25, 25])
    for (const error of [new ProviderCallError('unavailable', 'Nobody is there.', { passing: false, reached: false }), new ProviderCallError('unauthorized', 'No.', { passing: false }), new ProviderCallError('refused', 'Elsewhere.', { passing: false, remedy: { option: 'baseUrl', mend: 'see' } })]) {
      provider.batches.length = 0
      provider.priceFault = () => Promise.reject(error)
      expectPrices('ABCD')
      expect(await clock.until(fetching.price('A'))).toBeNull()
      expect(provider.batches).toEqual(['ABCD'])
    }
  })

  it('that never come hold a chain no longer than the call may take, and go with the exploration that is stopped', async () => {
    provider.priceFault = () => new Promise<never>(() => {})
    expectPrices('ABC')
    const before = clock.monotonic()
    expect(await quoteOf('A')).toBeUndefined()
    expect(clock.monotonic() - before).toBeLessThan(3_000)
    const asked = quoteOf('D')
    stop.abort('interrupt')
    expect(await asked).toBeUndefined()
    expect(clock.timers).toBe(0)
  })
})
