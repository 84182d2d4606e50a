import { describe, expect, it } from 'vitest'

import { chainFlags, contractFlags, orderedFlags, QUALITY_FLAGS } from '../../../../runtime/explore/quality.ts'
import type { OptionContract } from '../../../../sdk/options/chain.ts'
import { AS_OF, makeChain } from './support.ts'

const chain = makeChain('2026-12-24')
const HOUR = 3_600_000
const flags = (change: Partial<OptionContract>, asOf = AS_OF) => contractFlags({ ...chain.contracts[0]!, ...change }, { chain, seenAt: asOf }, HOUR)

describe('flags of a quote', () => {
  it.each<[string, Partial<OptionContract>, string[]]>([
    ['a sound one', {}, []],
    ['a crossed one', { bid: 2, ask: 1 }, ['crossed']],
    ['a locked one', { bid: 2, ask: 2 }, []],
    ['no bid', { bid: 0 }, ['one_sided']],
    ['no ask', { ask: null }, ['one_sided']],
    ['neither, of one that is held', { bid: null, ask: null }, ['not_quoted']],
    ['zeros, of one that is held', { bid: 0, ask: 0 }, ['not_quoted']],
    ['nothing at all', { bid: 0, ask: 0, volume: 0, openInterest: null }, ['zero_filled']],
    ['a volatility of zero', { impliedVol: 0 }, ['vendor_vol_zero']],
    ['none stated', { impliedVol: null, quotedAt: null }, []],
    ['an old one', { quotedAt: AS_OF - HOUR - 1 }, ['stale']],
  ])('%s', (_, change, expected) => {
    expect(flags(change)).toEqual(expected)
  })

  it('counts the age by trading hours: a quote of the close is fresh until the next session opens', () => {
    const close = Date.parse('2026-11-20T21:00:00Z')
    const sunday = Date.parse('2026-11-22T18:00:00Z')
    const monday = Date.parse('2026-11-23T15:00:00Z')
    expect(flags({ quotedAt: close - HOUR / 2 }, sunday)).toEqual([])
    expect(flags({ quotedAt: close - HOUR - 1 }, sunday)).toEqual(['stale'])
    expect(flags({ quotedAt: close }, monday)).toEqual(['stale'])
  })

  it('knows the half day after Thanksgiving', () => {
    const evening = Date.parse('2026-11-27T23:00:00Z')
    expect(flags({ quotedAt: Date.parse('2026-11-27T17:30:00Z') }, evening)).toEqual([])
    expect(flags({ quotedAt: Date.parse('2026-11-27T16:30:00Z') }, evening)).toEqual(['stale'])
  })
})

describe('flags of a chain', () => {
  it('say who made it, how late, and what was left out', () => {
    expect(chainFlags(chain, false)).toEqual([])
    const [first, ...others] = chain.contracts
    const odd = { ...chain, delayMinutes: 15, contracts: [{ ...first!, adjusted: true }, ...others], refused: [{ reason: 'another ticker', count: 2 }] }
    expect(chainFlags(odd, true)).toEqual(['simulated', 'delayed', 'adjusted_root', 'entries_refused'])
  })

  it('call it zero-filled where nine contracts in ten are', () => {
    const empty = (share: number) => ({ ...chain, contracts: chain.contracts.map((contract, place) => (place < share * chain.contracts.length ? { ...contract, bid: 0, ask: 0, volume: 0, openInterest: 0 } : contract)) })
    expect(chainFlags(empty(0.92), false)).toContain('zero_filled')
    expect(chainFlags(empty(0.8), false)).not.toContain('zero_filled')
  })

  it('stand once each, in the order of the table', () => {
    expect(orderedFlags(['stale', 'simulated', 'stale'])).toEqual(['simulated', 'stale'])
    expect(orderedFlags(Object.keys(QUALITY_FLAGS).reverse() as (keyof typeof QUALITY_FLAGS)[])).toEqual(Object.keys(QUALITY_FLAGS))
  })
})
