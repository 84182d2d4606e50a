import { describe, expect, it } from 'vitest'

import { chooseFault, FAULTS, parseFaults } from '../../../../api/simulate/faults.ts'
import { callOf, failure } from '../../plugins/providers/tradier/support.ts'
import { ask, serve } from './support.ts'

describe('the list of faults', () => {
  it('is read', () => {
    expect(parseFaults('')).toEqual([])
    expect(parseFaults(' html=0.01, reset@aapl=1,429@BRK.B=.5,500=1e-3')).toEqual([
      { name: 'html', ticker: null, probability: 0.01 }, { name: 'reset', ticker: 'AAPL', probability: 1 }, { name: '429', ticker: 'BRK/B', probability: 0.5 }, { name: '500', ticker: null, probability: 0.001 },
    ])
  })

  it.each([
    ['html', /a name and a probability/], ['html=', /probability from 0 to 1/], ['html=x', /probability/], ['html=1.5', /probability/], ['html=-1', /probability/], ['html=NaN', /probability/], ['html=0x1', /probability/], ['=1', /a name/], [',', /a name/], ['html=0.1,,null=1', /a name/],
    ['htlm=1', /one of .*, html, half/], ['constructor=1', /one of/], ['html@=1', /a ticker/], ['html@A B=1', /a ticker/], ['html@A@B=1', /one of|a ticker|a name/], [Array(101).fill('html=0').join(), /at most 100/],
  ])('refuses %j in one line', (spec, message) => {
    expect(() => parseFaults(spec)).toThrow(expect.objectContaining({ code: 'flag_bad_value', message: expect.stringMatching(message) }))
  })
})

describe('which request meets a fault', () => {
  const faults = parseFaults('html=0.1,reset=0.2,null@AAPL=1')
  const of = (seed: number, kind: string) => Array.from({ length: 50 }, (_, nth) => chooseFault(faults, seed, kind, ['MSFT'], nth))

  it('hangs on the seed, what is asked and how often it was, and on nothing else', () => {
    expect(of(1, 'chains MSFT')).toEqual(of(1, 'chains MSFT'))
    expect(of(1, 'chains MSFT')).not.toEqual(of(2, 'chains MSFT'))
    expect(of(1, 'chains MSFT')).not.toEqual(of(1, 'chains SPY'))
  })

  it('comes as often as was ordered', () => {
    const met = Array.from({ length: 20_000 }, (_, nth) => chooseFault(faults, 7, `path T${nth % 500}`, ['T'], nth))
    const share = (name: string | null): number => met.filter((each) => each === name).length / met.length
    expect(share('html')).toBeCloseTo(0.1, 1.7)
    expect(share('reset')).toBeCloseTo(0.18, 1.7)
    expect(share('null')).toBe(0)
  })

  it('can be one ticker\'s alone', () => {
    expect(chooseFault(parseFaults('null@BRK-B=1'), 1, 'x', ['A', 'BRK/B'], 1)).toBe('null')
    expect(chooseFault(parseFaults('null@BRK-B=1'), 1, 'x', ['A'], 1)).toBe(null)
    expect(chooseFault(parseFaults('null=0'), 1, 'x', ['A'], 1)).toBe(null)
  })

  it('is the same for two servers of one seed', async () => {
    const statuses = async () => {
      const { url } = await serve({ faults: '500=0.5', seed: 42 })
      return Promise.all(['AAPL', 'ONE', 'SPX', 'NOPE', 'A', 'B', 'C', 'D'].map(async (ticker) => (await ask(`${url}/v1/markets/options/expirations?symbol=${ticker}`)).status))
    }
    const first = await statuses()
    expect(await statuses()).toEqual(first)
    expect(new Set(first)).toEqual(new Set([200, 500]))
  })
})

/** What it makes of the prices of `SPX`, `AAPL` and `ONE`, where it does not fail as with a chain; prices that are damaged, old or of another ticker are none. */
const PRICES: Partial<Record<keyof typeof FAULTS, Record<string, number>>> = {
  'wrong-ticker': {},
  expired: {},
  huge: { AAPL: 251, ONE: 251 },
  nan: { AAPL: 251, ONE: 251 },
}

/** What the real client makes of each fault: of a chain, of expirations. */
const EXPECTED: Record<keyof typeof FAULTS, [chain: unknown, expirations?: unknown]> = {
  html: [{ failure: 'unavailable', passing: true }],
  half: [{ failure: 'malformed', passing: true }],
  empty: [{ failure: 'malformed', passing: true }],
  null: [{ failure: 'malformed', passing: true }],
  'text-null': [{ failure: 'malformed', passing: true }],
  reset: [{ failure: 'unavailable', passing: true }],
  drop: [{ failure: 'unavailable', passing: true }],
  hang: ['TimeoutError'],
  slow: ['TimeoutError'],
  500: [{ failure: 'unavailable', passing: true }],
  503: [{ failure: 'unavailable', passing: true, retryAt: expect.any(Number) }],
  401: [{ failure: 'unauthorized', passing: false }],
  429: [{ failure: 'rate_limited', passing: true, retryAt: expect.any(Number) }],
  fault: [{ failure: 'unavailable', passing: true }],
  errors: [{ failure: 'refused', passing: false }],
  text: [{ failure: 'refused', passing: false }],
  redirect: [{ failure: 'refused', passing: false }],
  gzip: [{ failure: 'malformed', passing: true }],
  'wrong-ticker': [{ failure: 'malformed', passing: true, message: expect.stringMatching(/62 another ticker/) }, { dates: { length: 3 } }],
  expired: [{ failure: 'malformed', passing: true, message: expect.stringMatching(/62 expired/) }, { failure: 'malformed', passing: true, message: expect.stringMatching(/3 entries, none of which is a date to come/) }],
  huge: [{ contracts: { length: 41 }, refused: [{ reason: 'a price out of range', count: 21 }] }, { dates: { length: 3 } }],
  nan: [{ contracts: { length: 41 }, refused: [{ reason: 'a price that is no number', count: 21 }] }, { dates: { length: 3 } }],
  'bare-nan': [{ failure: 'malformed', passing: true }, { dates: { length: 3 } }],
}

describe('the real client meets', () => {
  it.each(Object.entries(EXPECTED))('%s', async (name, [ofChain, ofExpirations = ofChain]) => {
    const { client } = await serve({ faults: `${name}@AAPL=1` })
    const limit = (): AbortSignal => AbortSignal.timeout(typeof ofChain === 'string' ? 80 : 5_000)
    const met = async (call: Promise<unknown>, expected: unknown): Promise<void> => {
      if (typeof expected === 'string') return expect(call).rejects.toMatchObject({ name: expected })
      expect('failure' in (expected as object) ? await failure(call) : await call).toMatchObject(expected as object)
    }
    await met(client.chain('AAPL', '2026-12-18', callOf(limit())), ofChain)
    await met(client.expirations('AAPL', callOf(limit())), ofExpirations)
    const prices = PRICES[name as keyof typeof FAULTS]
    const asked = client.prices!.ask(['SPX', 'AAPL', 'ONE'], callOf(limit()))
    if (prices === undefined) await met(asked, ofChain)
    else expect(Object.fromEntries(await asked)).toEqual(prices)
    // No one else's trouble.
    expect((await client.expirations('SPX', callOf())).dates).toHaveLength(2)
  })

  it('all of them', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(Object.keys(FAULTS).sort())
  })
})
