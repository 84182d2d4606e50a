import { describe, expect, it } from 'vitest'

import { contractGreeks } from '../../../../runtime/explore/leg-greeks.ts'
import { placeChain, sortChain } from '../../../../runtime/explore/prepared-chain.ts'
import { americanPrice, yearsToExpiration } from '../../../../sdk/options/index.ts'
import type { OptionContract, VendorGreeks } from '../../../../sdk/options/chain.ts'
import { AS_OF, makeChain, RATE } from './support.ts'

const chain = makeChain('2026-12-24')
const sorted = sortChain(chain, { rate: RATE, dividendYield: 0 }, false)
if ('unusable' in sorted) throw new Error(sorted.unusable)
const prepared = placeChain(sorted, null)
if ('unusable' in prepared) throw new Error(prepared.unusable)
const call = chain.contracts.find(({ right, strike }) => right === 'call' && strike === 100)!

const found = (change: Partial<OptionContract>) => contractGreeks({ ...call, ...change }, prepared)
const stated = (change: Partial<VendorGreeks>) => found({ greeks: { ...call.greeks!, ...change } })

describe("a vendor's Greeks", () => {
  it('are taken as they are where they can be', () => {
    expect(found({})).toMatchObject({ flags: [], greeks: { source: 'vendor', delta: call.greeks!.delta, rho: call.greeks!.rho, impliedVol: 0.3 } })
  })

  it.each(['theta', 'rho'] as const)('without a %s have that one computed at their own volatility, and are kept', (missing) => {
    const { delta, gamma, vega } = call.greeks!
    const { greeks, flags } = stated({ delta: delta! + 0.05, [missing]: null })
    expect(flags).toEqual([])
    expect(greeks).toMatchObject({ source: 'mixed', delta: delta! + 0.05, gamma, vega, impliedVol: 0.3 })
    expect(greeks!.theta).toBeCloseTo(call.greeks!.theta!, 6)
    expect(greeks!.rho).toBeCloseTo(call.greeks!.rho!, 6)
  })

  it.each<[string, Partial<VendorGreeks>, string[]]>([
    ['one is missing', { vega: null }, []],
    ['all are zero', { delta: 0, gamma: 0, vega: 0 }, []],
    ['they are of the day before yesterday', { updatedAt: AS_OF - 27 * 3_600_000 }, []],
    ['the delta has the wrong sign', { delta: -0.5 }, ['vendor_greeks_odd']],
    ['the delta is beyond one', { delta: 1.2 }, ['vendor_greeks_odd']],
    ['the delta is far from that of the quote', { delta: 0.9 }, ['vendor_greeks_odd']],
    ['the gamma is below zero', { gamma: -0.1 }, ['vendor_greeks_odd']],
    ['one is no number', { theta: Number.NaN }, ['vendor_greeks_odd']],
  ])('are computed instead where %s', (_, change, flags) => {
    const { greeks, flags: raised } = stated(change)
    expect(raised).toEqual(flags)
    expect(greeks).toMatchObject({ source: 'computed' })
    expect(greeks!.delta).toBeCloseTo(call.greeks!.delta!, 2)
    expect(greeks!.impliedVol).toBeCloseTo(0.3, 3)
  })

  it('age by trading time: those of a Friday are kept on the weekend after it and on the Monday', () => {
    const at = (text: string): number => Date.parse(`2026-11-${text}:00-05:00`)
    const source = (asOf: number, updatedAt: number) =>
      contractGreeks({ ...call, greeks: { ...call.greeks!, updatedAt } }, { ...prepared, chain: { ...chain, asOf } }).greeks!.source
    expect(source(at('22T18:00'), at('20T15:59'))).toBe('vendor')
    expect(source(at('23T10:00'), at('20T15:59'))).toBe('vendor')
    // Thanksgiving and the weekend around a half day.
    expect(source(at('30T10:00'), at('25T15:59'))).toBe('vendor')
    expect(source(at('22T18:00'), at('19T14:01'))).toBe('vendor')
    expect(source(at('22T18:00'), at('19T13:59')), 'a session and two hours before the close').toBe('computed')
    expect(source(at('23T13:00'), at('20T10:59'))).toBe('computed')
    expect(source(at('23T13:00'), 0)).toBe('computed')
  })

  it('keep a volatility from the quote where theirs is zero', () => {
    expect(found({ impliedVol: 0 }).greeks).toMatchObject({ source: 'vendor', impliedVol: expect.closeTo(0.3, 3) })
  })

  it('are none where the quote tells none either', () => {
    expect(found({ greeks: null, bid: 0 })).toEqual({ greeks: null, flags: [] })
    expect(found({ greeks: null, bid: 150, ask: 151 })).toEqual({ greeks: null, flags: [] })
  })
})

describe('Greeks of shares that pay dividends, from a chain without their price', () => {
  const expiration = '2027-09-17'
  const years = yearsToExpiration(AS_OF, expiration)
  // Values of QuantLib's finite differences at this price, yield and volatility, on a grid of 300 by 600.
  const inputs = { spot: 88.7, years, vol: 0.1422732934512897, rate: RATE, dividendYield: 0.0379123887850519 }
  const quantLib = { delta: -0.5902, gamma: 0.03424, theta: -0.00645, vega: 0.3029, rho: -0.3696 }
  const payer = makeChain(expiration, {
    underlyingPrice: null,
    greeks: false,
    strikes: Array.from({ length: 17 }, (_, index) => 70 + index * 2.5),
    change: (contract) => {
      const price = americanPrice(contract.right, { ...inputs, strike: contract.strike })
      return { ...contract, bid: price * 0.99, ask: price * 1.01 }
    },
  })
  const put = payer.contracts.find(({ right, strike }) => right === 'put' && strike === 92.5)!

  it('are those of the close of the row and of what parity makes of it', () => {
    const around = placeChain(sortChain(payer, { rate: RATE, dividendYield: 0 }, false) as Exclude<typeof sorted, { unusable: string }>, 88.7)
    if ('unusable' in around) throw new Error(around.unusable)
    expect(around).toMatchObject({ spot: 88.7, flags: ['spot_from_row'] })
    const { greeks } = contractGreeks(put, around)
    for (const [greek, value] of Object.entries(quantLib)) {
      expect(Math.abs(greeks![greek as keyof typeof quantLib]! / value - 1), greek).toBeLessThan(0.005)
    }
  })
})
