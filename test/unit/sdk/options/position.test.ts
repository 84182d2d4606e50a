import { describe, expect, it } from 'vitest'

import type { OptionContract, StrategyDefinition, StrategyLeg } from '../../../../sdk/index.ts'
import { evaluatePosition, packageQuote, positionGreeks } from '../../../../sdk/options/position.ts'
import { contractOf, type Quote } from '../../plugins/strategies/chains.ts'

const DAY = '2026-12-18'
const LATER = '2027-01-15'

const leg = (side: StrategyLeg['side'], right: 'call' | 'put', quote: Quote, more: Partial<OptionContract> = {}, quantity = 1): StrategyLeg => ({ side, quantity, contract: contractOf(right, more.expiration ?? DAY, quote, more) })

const kind = (premium: 'debit' | 'credit', more: Partial<StrategyDefinition> = {}) => ({ name: 'Test', premium, capital: ({ netPremium }: { netPremium: number }) => netPremium, ...more })

describe('packageQuote', () => {
  const long = leg('long', 'call', [100, 3.9, 4, null])
  const short = leg('short', 'call', [105, 1.9, 2, null])

  it('is the position bought for a debit and sold for a credit', () => {
    expect(packageQuote('debit', [long, short])).toEqual({ bid: 1.9, ask: 2.1, mid: 2, spreadPct: expect.closeTo(0.1, 12) })
    expect(packageQuote('credit', [short, long])).toEqual({ bid: -2.1, ask: -1.9, mid: -2, spreadPct: null })
  })

  it('counts contracts of a ratio', () => {
    expect(packageQuote('debit', [long, { ...short, quantity: 2 }])).toMatchObject({ bid: -0.1, ask: 0.2, mid: 0.05 })
  })

  it('carries no dust of binary fractions', () => {
    expect(packageQuote('debit', [leg('long', 'call', [100, 0.1, 0.3, null]), leg('long', 'put', [100, 0.2, 0.4, null])])).toMatchObject({ bid: 0.3, ask: 0.7, mid: 0.5 })
  })

  it.each<[string, number | null, number | null]>([
    ['no bid', null, 2],
    ['a bid of zero', 0, 2],
    ['no ask', 1.9, null],
    ['a crossed quote', 2, 1.9],
    ['an endless ask', 1.9, Number.POSITIVE_INFINITY],
    ['a bid that is no number', Number.NaN, 2],
  ])('is none where a leg has %s', (_, bid, ask) => {
    expect(packageQuote('debit', [long, leg('short', 'call', [105, bid, ask, null])])).toBeNull()
  })
})

describe('evaluatePosition', () => {
  it('multiplies by the contract size before it rounds to the cent', () => {
    // A middle of 2.125 is 212.50 for a hundred shares, and 21.25 for ten.
    expect(evaluatePosition(kind('debit'), [leg('long', 'call', [100, 2.1, 2.15, null])], 100)).toMatchObject({ capital: 212.5, maxLoss: 212.5, breakevens: [102.125] })
    expect(evaluatePosition(kind('debit'), [leg('long', 'call', [100, 2.1, 2.15, null], { multiplier: 10 })], 100)).toMatchObject({ capital: 21.25, maxLoss: 21.25 })
    // Half a cent goes up, however binary holds it.
    expect(evaluatePosition(kind('debit', { capital: () => 1.005 }), [leg('long', 'call', [100, 2, 2.1, null], { multiplier: 1 })], 100).capital).toBe(1.01)
  })

  it('leaves every number open where a leg has no quote, and keeps what is known', () => {
    expect(evaluatePosition(kind('debit'), [leg('long', 'call', [100, 0, 2, null, 7])], 100)).toEqual({
      strikes: [100], openInterest: 7, volume: 100, bid: null, ask: null, mid: null, spreadPct: null, netPremium: null, capital: null, maxProfit: null, maxLoss: null, breakevens: null,
    })
  })

  it('gives the smallest leg its say, and none where one is unknown', () => {
    const legs = (interest: number | null): StrategyLeg[] => [leg('long', 'call', [100, 2, 2.1, null, 50], { volume: 9 }), leg('long', 'put', [100, 2, 2.1, null, interest], { volume: 3 })]
    expect(evaluatePosition(kind('debit'), legs(12), 100)).toMatchObject({ openInterest: 12, volume: 3 })
    expect(evaluatePosition(kind('debit'), legs(null), 100)).toMatchObject({ openInterest: null, volume: 3 })
    expect(evaluatePosition(kind('debit'), legs(0), 100).openInterest).toBe(0)
  })

  it('bounds the loss of a calendar of American options by its debit, and of European ones not at all', () => {
    const calendar = (style: 'american' | 'european'): StrategyLeg[] => [leg('short', 'put', [100, 3.9, 4, null], { style }), leg('long', 'put', [100, 5.4, 5.6, null], { style, expiration: LATER })]
    expect(evaluatePosition(kind('debit'), calendar('american'), 100)).toMatchObject({ maxProfit: null, maxLoss: 155, breakevens: null })
    expect(evaluatePosition(kind('debit'), calendar('european'), 100)).toMatchObject({ maxProfit: null, maxLoss: null, breakevens: null })
  })

  it('knows a loss without limit: a naked call', () => {
    expect(evaluatePosition(kind('credit', { capital: () => 20 }), [leg('short', 'call', [105, 1.9, 2, null])], 100)).toMatchObject({ maxProfit: 195, maxLoss: 'unlimited', breakevens: [106.95] })
  })

  it('tells how it was misused', () => {
    expect(() => evaluatePosition(kind('debit'), [], 100)).toThrow(new RangeError('Test has no leg to value.'))
    const sizes = [leg('long', 'call', [100, 2, 2.1, null]), leg('short', 'call', [105, 1, 1.1, null], { multiplier: 10 })]
    expect(() => evaluatePosition(kind('debit'), sizes, 100)).toThrow('The legs of Test stand for 100 and for 10 shares a contract, which are no common unit.')
    expect(() => evaluatePosition(kind('debit', { capital: () => Number.NaN }), sizes.slice(0, 1), 100)).toThrow('The capital that Test computes is NaN, which is no finite number.')
  })
})

describe('positionGreeks', () => {
  const greeks = { delta: 0.3, gamma: 0.02, theta: -0.05, vega: 0.11, rho: null }

  it('adds by side and quantity, with a delta of 1 for shares', () => {
    const short = leg('short', 'call', [105, 1.9, 2, null])
    expect(positionGreeks({ holdsShares: true }, [short], () => greeks)).toEqual({ delta: 0.7, gamma: -0.02, theta: 0.05, vega: -0.11, rho: null })
    expect(positionGreeks({}, [{ ...short, quantity: 2 }], () => greeks)).toEqual({ delta: -0.6, gamma: -0.04, theta: 0.1, vega: -0.22, rho: null })
  })

  it('leaves open what a leg does not tell', () => {
    const legs = [leg('long', 'call', [100, 2, 2.1, null]), leg('short', 'call', [105, 1, 1.1, null])]
    expect(positionGreeks({}, legs, ({ strike }) => (strike === 100 ? greeks : null))).toEqual({ delta: null, gamma: null, theta: null, vega: null, rho: null })
  })
})
