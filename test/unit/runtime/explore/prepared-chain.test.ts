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

  describe('of a quote apart', () => {
    /** A payer of 6% a year at $100 whose quotes are $3 wide to either side, of a middle that leans. */
    const wide = (lean: number) =>
      makeChain('2027-01-15', {
        underlyingPrice: null,
        change: (contract) => {
          const years = yearsToExpiration(AS_OF, '2027-01-15')
          const price = americanPrice(contract.right, { spot: 100, strike: contract.strike, years, vol: 0.3, rate: RATE, dividendYield: 0.06 })
          return { ...contract, bid: Math.max(0.01, price - 3 + (contract.right === 'call' ? lean : -lean)), ask: price + 3 }
        },
      })
    const quoted = (chain: OptionChain, quote: number, close: number | null = null) => {
      const found = prepared({ ...chain, underlyingQuote: quote }, close)
      if ('unusable' in found) throw new Error(found.unusable)
      return found
    }

    it('is taken where parity bears it out, however wide the quotes, and the forward is nearer to the true one with it', () => {
      const chain = wide(2.5)
      const [without, found] = [prepared(chain) as ReturnType<typeof quoted>, quoted(chain, 100)]
      expect(Math.abs(without.spot - 100)).toBeGreaterThan(1.5)
      expect(found).toMatchObject({ spot: 100, spotSource: 'quote', flags: ['spot_quoted'] })
      const { years } = found.slice
      const error = ({ spot, carry }: typeof found) => Math.abs(spot * Math.exp((carry.rate - carry.dividendYield) * years) - 100 * Math.exp(-0.02 * years))
      expect(error(found)).toBeLessThan(0.7 * error(without))
    })

    it('gives the dividends that lie between it and the forward', () => {
      const years = yearsToExpiration(AS_OF, '2027-11-19')
      const chain = makeChain('2027-11-19', {
        underlyingPrice: null,
        change: (contract) => {
          const price = americanPrice(contract.right, { spot: 100, strike: contract.strike, years, vol: 0.2, rate: RATE, dividendYield: 0.035 })
          return { ...contract, bid: price - 0.02, ask: price + 0.02 }
        },
      })
      expect(quoted(chain, 100).carry.dividendYield).toBeCloseTo(0.035, 3)
      expect(quoted({ ...chain, underlyingPrice: 100 }, 70)).toMatchObject({ spot: 100, spotSource: 'chain', flags: [] })
      expect(quoted({ ...chain, underlyingPrice: 100 }, 70).carry.dividendYield).toBeCloseTo(0.035, 3)
    })

    it('comes before the close of the row, which may be of another day', () => {
      expect(quoted(wide(0), 100, 97)).toMatchObject({ spot: 100, flags: ['spot_quoted'] })
      expect(quoted(wide(0), 100, 80)).toMatchObject({ spot: 100, flags: ['spot_quoted', 'close_disagrees'] })
    })

    it('is set aside where parity contradicts it, and the flags say so', () => {
      const chain = makeChain('2026-12-24', { underlyingPrice: null })
      for (const stale of [97, 106, 400]) {
        const found = quoted(chain, stale)
        expect(found.spot).toBeCloseTo(100, 1)
        expect(found.flags).toEqual(['spot_inferred', 'quote_disagrees'].toSorted((one) => (one === 'quote_disagrees' ? -1 : 1)))
      }
    })

    it('is all there is where quotes have one side alone', () => {
      expect(quoted(oneSided, 97)).toMatchObject({ spot: 97, flags: ['spot_quoted'] })
      expect(quoted(oneSided, 97, 99)).toMatchObject({ spot: 97, flags: ['spot_quoted'] })
    })

    it.each([0, -5, Number.NaN])('is none where it is %s', (quote) => {
      expect(quoted(makeChain('2026-12-24', { underlyingPrice: null }), quote).flags).toEqual(['spot_inferred'])
    })
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

describe('options that have ended', () => {
  const at = (expiration: string, instant: string, settlement: 'am' | 'pm' = 'pm'): OptionChain => {
    const chain = makeChain('2026-12-24')
    return { ...chain, expiration, asOf: Date.parse(instant), contracts: chain.contracts.map((contract) => ({ ...contract, expiration, settlement })) }
  }

  it.each([
    ['after the close', at('2026-11-20', '2026-11-20T21:00:00Z')],
    ['after the early close of a half day', at('2026-11-27', '2026-11-27T18:00:00Z')],
    ['settled at the open, after it', at('2026-11-20', '2026-11-20T14:30:00Z', 'am')],
    ['of a holiday, after the close of the session before', at('2026-11-26', '2026-11-25T21:00:00Z')],
  ])('make a chain that can not be used: %s', (_, chain) => {
    const found = prepared(chain)
    expect(found).toMatchObject({ unusable: expect.stringMatching(/^the options of 2026-11-\d\d had ended when the quotes were made \(2026-11-2\dT\d\d:\d\d:00Z\)$/), isQuality: true })
  })

  it.each([
    ['a minute before the close', at('2026-11-20', '2026-11-20T20:59:00Z')],
    ['a minute before the early close', at('2026-11-27', '2026-11-27T17:59:00Z')],
    ['a minute before the open', at('2026-11-20', '2026-11-20T14:29:00Z', 'am')],
  ])('are none yet %s', (_, chain) => {
    const found = prepared(chain)
    expect('unusable' in found ? found.unusable : found.slice.years * 365 * 1_440).toBeCloseTo(1, 6)
  })

  it('leave those of another root that have not: weekly index options live on after the monthly ones are settled', () => {
    const [monthly, weekly] = [at('2026-11-20', '2026-11-20T16:00:00Z', 'am'), at('2026-11-20', '2026-11-20T16:00:00Z')]
    const rooted = (chain: OptionChain, root: string) => chain.contracts.map((contract) => ({ ...contract, root, occ: contract.occ.replace('ABC   ', root.padEnd(6)) }))
    const found = prepared({ ...weekly, contracts: [...rooted(monthly, 'SPX'), ...rooted(weekly, 'SPXW').map((contract) => ({ ...contract, openInterest: 1 }))] })
    if ('unusable' in found) throw new Error(found.unusable)
    expect(new Set([...found.slice.calls, ...found.slice.puts].map(({ contract }) => contract.root))).toEqual(new Set(['SPXW']))
    expect(found.flags).not.toContain('several_roots')
  })
})
