import { describe, expect, it } from 'vitest'

import { admitsSpot } from '../../../../sdk/options/parity.ts'
import { americanPrice, europeanPrice, inferForward, type QuotedPair } from '../../../../sdk/options/index.ts'

const carry = { years: 0.25, rate: 0.04, dividendYield: 0.01 }
const spot = 187.3

/** Quotes around model values: half spreads grow away from the money, prices are rounded to cents. */
function chain({ price = europeanPrice, years = carry.years, strikes = Array.from({ length: 31 }, (_, place) => 110 + 5 * place) } = {}): QuotedPair[] {
  return strikes.map((strike) => {
    const inputs = { spot, strike, years, vol: 0.35 - 0.0005 * (strike - spot), rate: carry.rate, dividendYield: carry.dividendYield }
    const half = 0.03 + 0.002 * Math.abs(strike - spot)
    const [call, put] = [price('call', inputs), price('put', inputs)]
    const cents = (value: number): number => Math.max(0, Math.round(value * 100) / 100)
    return { strike, callBid: cents(call - half), callAsk: cents(call + half), putBid: cents(put - half), putAsk: cents(put + half) }
  })
}

describe('the forward by put-call parity', () => {
  it('is that of the quotes', () => {
    const found = inferForward(chain(), carry)
    expect(found.reason).toBeNull()
    expect(Math.abs(found.spot! - spot)).toBeLessThan(0.02)
    expect(found.forward! / found.spot!).toBeCloseTo(Math.exp(0.03 * 0.25), 12)
    expect(found.pairs).toBeGreaterThanOrEqual(5)
  })

  it('ignores quotes that are one-sided, crossed, zero, wide or stale', () => {
    const pairs = chain()
    const near = pairs.findIndex(({ strike }) => strike === 185)
    pairs[near] = { ...pairs[near]!, callBid: 0 }
    pairs[near + 1] = { ...pairs[near + 1]!, putBid: 9, putAsk: 8 }
    pairs[near - 1] = { ...pairs[near - 1]!, callAsk: 60 }
    pairs[near + 2] = { ...pairs[near + 2]!, callBid: 30, callAsk: 30.05 }
    pairs[near - 2] = { ...pairs[near - 2]!, putAsk: Number.NaN }
    const found = inferForward(pairs, carry)
    expect(Math.abs(found.spot! - spot)).toBeLessThan(0.05)
  })

  it('works from one strike, in any order of strikes, without a dividend yield', () => {
    expect(inferForward(chain({ strikes: [190] }), carry)).toMatchObject({ pairs: 1, reason: null })
    expect(inferForward(chain().toReversed(), carry)).toEqual(inferForward(chain(), carry))
    const { forward, spot: without } = inferForward(chain(), { years: 0.25, rate: 0.04 })
    expect(without).toBeCloseTo(forward! * Math.exp(-0.01), 10)
  })

  it("takes early exercise out of American quotes, which parity alone puts on the stock's account", () => {
    const quotes = { ...carry, years: 1.5 }
    const pairs = chain({ price: americanPrice, years: 1.5 })
    const plain = inferForward(pairs, quotes).spot!
    const american = inferForward(pairs, { ...quotes, style: 'american' }).spot!
    expect(Math.abs(plain - spot)).toBeGreaterThan(0.3)
    expect(Math.abs(american - spot)).toBeLessThan(0.06)
  })

  describe('of shares whose dividends are not known', () => {
    /** Tight American quotes. */
    const payer = (shape: { spot: number; years: number; vol: number; dividendYield: number }): QuotedPair[] =>
      Array.from({ length: 17 }, (_, place) => Math.round(shape.spot * (0.8 + 0.025 * place))).map((strike) => {
        const quote = (right: 'call' | 'put'): number => Math.round(100 * americanPrice(right, { ...shape, strike, rate: 0.04 })) / 100
        return { strike, callBid: quote('call') - 0.03, callAsk: quote('call') + 0.03, putBid: quote('put') - 0.03, putAsk: quote('put') + 0.03 }
      })

    it.each([
      { spot: 640, years: 0.82, vol: 0.16, dividendYield: 0.013 },
      { spot: 88.7, years: 0.82, vol: 0.142, dividendYield: 0.038 },
      { spot: 67, years: 1.1, vol: 0.16, dividendYield: 0.03 },
      // Yields between 5% and 7% contradict the strikes of such less than most: far from what is true.
      { spot: 640, years: 1.57, vol: 0.16, dividendYield: 0.011 },
      { spot: 640, years: 2.07, vol: 0.17, dividendYield: 0.011 },
      { spot: 236, years: 2.07, vol: 0.21, dividendYield: 0.011 },
    ])('finds the yield at which American quotes agree: $dividendYield of $spot', (shape) => {
      const found = inferForward(payer(shape), { years: shape.years, rate: 0.04, style: 'american' })
      expect(found.reason).toBeNull()
      expect(Math.abs(found.dividendYield! - shape.dividendYield)).toBeLessThan(0.003)
      expect(Math.abs(found.spot! / shape.spot - 1)).toBeLessThan(0.002)
    })

    it('is told the yield by the price of the shares, where that is known', () => {
      const shape = { spot: 88.7, years: 0.82, vol: 0.142, dividendYield: 0.038 }
      const found = inferForward(payer(shape), { years: shape.years, rate: 0.04, style: 'american', spot: 88.7 })
      expect(found).toMatchObject({ spot: 88.7, reason: null })
      expect(found.dividendYield).toBeCloseTo(0.038, 3)
      expect(inferForward(payer(shape), { years: 0.82, rate: 0.04, spot: Number.NaN }).reason).toBe('invalid')
    })
  })

  it('says why it cannot', () => {
    const none = { forward: null, spot: null, dividendYield: null, pairs: 0 }
    expect(inferForward([], carry)).toEqual({ ...none, reason: 'no_two_sided_pairs' })
    expect(inferForward([{ strike: 100, callBid: 0, callAsk: 1, putBid: 0, putAsk: 1 }], carry)).toEqual({ ...none, reason: 'no_two_sided_pairs' })
    expect(inferForward(chain(), { ...carry, years: 0 })).toEqual({ ...none, reason: 'invalid' })
    expect(inferForward(chain(), { ...carry, rate: Number.NaN })).toEqual({ ...none, reason: 'invalid' })
    const mixed = chain().map((pair, place) => ({ ...pair, callBid: pair.callBid + 7 * place, callAsk: pair.callAsk + 7 * place }))
    expect(inferForward(mixed, carry)).toEqual({ ...none, reason: 'inconsistent' })
    // A call for next to nothing and a put worth more than its strike: the forward would be below 0.
    expect(inferForward([{ strike: 10, callBid: 0.01, callAsk: 0.02, putBid: 50, putAsk: 50.1 }], carry)).toEqual({ ...none, reason: 'inconsistent' })
  })
})

describe('a price that is held against parity', () => {
  const bounds = { years: carry.years, rate: carry.rate, mostDividends: 0.04, rateError: 0.02 }
  const admitted = (price: number, pairs = chain(), more: Partial<Parameters<typeof admitsSpot>[2]> = {}) => admitsSpot(pairs, price, { ...bounds, ...more })

  it('is let by quotes of it, for either style and though the rate is not quite known', () => {
    expect(admitted(spot)).toBe(true)
    expect(admitted(spot, chain(), { rate: 0.055 })).toBe(true)
    expect(admitted(spot, chain({ price: americanPrice }), { style: 'american' })).toBe(true)
    expect(admitted(spot, chain({ price: americanPrice, years: 1.5 }), { years: 1.5, style: 'american', mostDividends: 0.2 })).toBe(true)
  })

  it('is refused below what the calls alone are worth, and above what dividends can explain', () => {
    expect(admitted(spot * 0.985)).toBe(false)
    expect(admitted(spot * 1.03)).toBe(true)
    expect(admitted(spot * 1.05)).toBe(false)
  })

  it('is let anywhere within quotes that are wide', () => {
    const wide = chain().map(({ strike, ...quotes }) => ({ strike, callBid: quotes.callBid * 0.5, callAsk: quotes.callAsk * 1.5, putBid: quotes.putBid * 0.5, putAsk: quotes.putAsk * 1.5 }))
    expect([admitted(spot * 0.97, wide), admitted(spot * 1.05, wide), admitted(spot * 0.5, wide)]).toEqual([true, true, false])
  })

  it('is refused by the many though a stray quote lets it, and let though a stray one does not', () => {
    const pairs = chain()
    const near = pairs.findIndex(({ strike }) => strike === 185)
    const stray = pairs.with(near, { ...pairs[near]!, callBid: 60, callAsk: 60.1 })
    expect([admitted(spot, stray), admitted(spot + 50, stray)]).toEqual([true, false])
  })

  it('is held against nothing where no strike has both types quoted on both sides', () => {
    expect(admitted(spot, [])).toBeNull()
    expect(admitted(spot, chain().map((pair) => ({ ...pair, putBid: 0 })))).toBeNull()
  })
})
