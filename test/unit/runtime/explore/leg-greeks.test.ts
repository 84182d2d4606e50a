import { describe, expect, it } from 'vitest'

import { contractGreeks } from '../../../../runtime/explore/leg-greeks.ts'
import { placeChain, sortChain } from '../../../../runtime/explore/prepared-chain.ts'
import type { OptionContract, VendorGreeks } from '../../../../sdk/options/chain.ts'
import { AS_OF, makeChain, RATE } from './support.ts'

const chain = makeChain('2026-12-24')
const sorted = sortChain(chain, { rate: RATE, dividendYield: 0 }, false)
if ('unusable' in sorted) throw new Error(sorted.unusable)
const prepared = placeChain(sorted, null)
if ('unusable' in prepared) throw new Error(prepared.unusable)
const call = chain.contracts.find(({ right, strike }) => right === 'call' && strike === 100)!

const found = (change: Partial<OptionContract>) => contractGreeks({ ...call, ...change }, prepared, 'exact')
const stated = (change: Partial<VendorGreeks>) => found({ greeks: { ...call.greeks!, ...change } })

describe("a vendor's Greeks", () => {
  it('are taken as they are where they can be, rho or none', () => {
    expect(found({})).toMatchObject({ flags: [], greeks: { source: 'vendor', delta: call.greeks!.delta, impliedVol: 0.3 } })
    expect(stated({ rho: null })).toMatchObject({ flags: [], greeks: { source: 'vendor', rho: null } })
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

  it('keep a volatility from the quote where theirs is zero', () => {
    expect(found({ impliedVol: 0 }).greeks).toMatchObject({ source: 'vendor', impliedVol: expect.closeTo(0.3, 3) })
  })

  it('are none where the quote tells none either', () => {
    expect(found({ greeks: null, bid: 0 })).toEqual({ greeks: null, flags: [] })
    expect(found({ greeks: null, bid: 150, ask: 151 })).toEqual({ greeks: null, flags: [] })
  })
})
