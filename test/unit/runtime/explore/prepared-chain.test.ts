import { describe, expect, it } from 'vitest'

import { placeChain, sortChain } from '../../../../runtime/explore/prepared-chain.ts'
import type { OptionChain } from '../../../../sdk/options/chain.ts'
import { americanPrice, yearsToExpiration } from '../../../../sdk/options/index.ts'
import { AS_OF, makeChain, RATE } from './support.ts'

const CARRY = { rate: RATE, dividendYield: 0 }
const prepared = (chain: OptionChain, close: number | null = null) => {
  const sorted = sortChain(chain, CARRY, false)
  return 'unusable' in sorted ? sorted : placeChain(sorted, close)
}

/** Tight quotes of American options at 30%, without the price of 100 that they are of. */
function american(expiration: string): OptionChain {
  const years = yearsToExpiration(AS_OF, expiration)
  return makeChain(expiration, {
    underlyingPrice: null,
    change: (contract) => {
      const price = americanPrice(contract.right, { spot: 100, strike: contract.strike, years, vol: 0.3, rate: RATE, dividendYield: 0 })
      return { ...contract, bid: price - 0.01, ask: price + 0.01 }
    },
  })
}

describe('the price that a chain stands around', () => {
  const oneSided = makeChain('2026-12-24', { underlyingPrice: null, change: (contract) => ({ ...contract, bid: 0 }) })

  it.each([
    ["the chain's own", makeChain('2026-12-24'), 104, 100, []],
    ['its own, though the row is from before a split', makeChain('2026-12-24'), 400, 100, ['close_disagrees']],
    ['its own, though its quotes are of another', makeChain('2026-12-24', { underlyingPrice: 120 }), null, 120, ['spot_disagrees']],
    ['that of put-call parity before the close of the row', makeChain('2026-12-24', { underlyingPrice: null }), 90, 100, ['spot_inferred', 'close_disagrees']],
    ['the close of the row', oneSided, 99, 99, ['spot_from_row']],
  ] as const)('is %s', (_, chain, close, spot, flags) => {
    const found = prepared(chain, close)
    if ('unusable' in found) throw new Error(found.unusable)
    expect(found.spot).toBeCloseTo(spot, 1)
    expect(found.flags).toEqual(flags)
  })

  it.each([
    ['the close of the row months ahead, where dividends explain what it is above parity', 103, 103, ['spot_from_row']],
    ['that of put-call parity where the close is below it', 97, 100, ['spot_inferred']],
    ['that of put-call parity where no dividends are as large', 109.9, 100, ['spot_inferred']],
    ['that of put-call parity where the close is of another price altogether', 130, 100, ['spot_inferred', 'close_disagrees']],
  ] as const)('is %s', (_, close, spot, flags) => {
    const found = prepared(american('2027-06-17'), close)
    if ('unusable' in found) throw new Error(found.unusable)
    expect(Math.abs(found.spot - spot)).toBeLessThan(0.6)
    expect(found.flags).toEqual(flags)
  })

  it('is none where nobody tells it, and the reason says why', () => {
    expect(prepared(oneSided)).toMatchObject({ unusable: expect.stringMatching(/row has no close.*states none.*no strike quotes both types/), isQuality: true })
  })

  it('is inferred from tight quotes of American LEAPs, which European parity would call contradictory', () => {
    const found = prepared(american('2028-01-21'))
    if ('unusable' in found) throw new Error(found.unusable)
    expect(found.flags).toEqual(['spot_inferred'])
    expect(Math.abs(found.spot - 100)).toBeLessThan(0.15)
  })
})

describe('contracts of a chain', () => {
  it('are those of the root that is traded most, adjusted ones left aside', () => {
    const weekly = makeChain('2026-12-18', { ticker: 'SPXW' })
    const monthly = makeChain('2026-12-18', { ticker: 'SPX', change: (contract) => ({ ...contract, settlement: 'am', bid: 0 }) })
    const found = prepared({ ...weekly, ticker: 'SPX', contracts: [...monthly.contracts, ...weekly.contracts, { ...weekly.contracts[0]!, adjusted: true, root: 'SPX1' }] })
    if ('unusable' in found) throw new Error(found.unusable)
    expect(found.flags).toEqual(['adjusted_root', 'several_roots'])
    expect(new Set([...found.slice.calls, ...found.slice.puts].map(({ contract }) => contract.root))).toEqual(new Set(['SPXW']))
  })

  it('of index options that are settled in the morning end at the open', () => {
    const years = (settlement: 'am' | 'pm') => {
      const found = prepared(makeChain('2026-12-18', { change: (contract) => ({ ...contract, settlement }) }))
      if ('unusable' in found) throw new Error(found.unusable)
      return found.slice.years
    }
    expect((years('pm') - years('am')) * 365 * 24).toBeCloseTo(6.5, 6)
  })

  it('of today still have the hours until the close', () => {
    const found = prepared(makeChain('2026-11-20'))
    if ('unusable' in found) throw new Error(found.unusable)
    expect(found.slice.dte).toBe(0)
    expect(found.slice.years * 365 * 24 * 60).toBeCloseTo(15, 6)
  })
})
