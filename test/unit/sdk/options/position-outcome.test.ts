import { describe, expect, it } from 'vitest'

import { positionOutcome, type PositionLeg } from '../../../../sdk/options/index.ts'

const EXPIRATION = '2026-12-18'
const leg = (side: PositionLeg['side'], right: PositionLeg['right'], strike: number, price: number, change: Partial<PositionLeg> = {}): PositionLeg => ({ side, right, strike, expiration: EXPIRATION, quantity: 1, price, ...change })

/** Textbook results: cost, maximum profit, maximum loss, breakevens. */
const KNOWN: [string, PositionLeg[], number, number | null, number | null, number[] | null][] = [
  ['long call', [leg('long', 'call', 150, 3.35)], 3.35, Infinity, 3.35, [153.35]],
  ['long put', [leg('long', 'put', 150, 4.1)], 4.1, 145.9, 4.1, [145.9]],
  ['cash-secured put', [leg('short', 'put', 50, 1.2)], -1.2, 1.2, 48.8, [48.8]],
  ['short call', [leg('short', 'call', 50, 1.2)], -1.2, 1.2, Infinity, [51.2]],
  ['covered call', [leg('long', 'stock', 0, 98.5), leg('short', 'call', 105, 2.25)], 96.25, 8.75, 96.25, [96.25]],
  ['long straddle', [leg('long', 'call', 100, 5), leg('long', 'put', 100, 4)], 9, Infinity, 9, [91, 109]],
  ['short strangle', [leg('short', 'call', 110, 1.5), leg('short', 'put', 90, 1.25)], -2.75, 2.75, Infinity, [87.25, 112.75]],
  ['call debit spread', [leg('long', 'call', 100, 5.1), leg('short', 'call', 110, 1.85)], 3.25, 6.75, 3.25, [103.25]],
  ['put credit spread', [leg('short', 'put', 95, 2.2), leg('long', 'put', 90, 0.95)], -1.25, 1.25, 3.75, [93.75]],
  ['iron condor', [leg('long', 'put', 85, 0.4), leg('short', 'put', 90, 1), leg('short', 'call', 110, 1.1), leg('long', 'call', 120, 0.3)], -1.4, 1.4, 8.6, [88.6, 111.4]],
  ['butterfly', [leg('long', 'call', 95, 7), leg('short', 'call', 100, 4, { quantity: 2 }), leg('long', 'call', 105, 2)], 1, 4, 1, [96, 104]],
  ['ratio of one to two', [leg('long', 'call', 100, 3), leg('short', 'call', 110, 1.5, { quantity: 2 })], 0, 10, Infinity, [120]],
  ['free call', [leg('long', 'call', 100, 0)], 0, Infinity, 0, []],
  ['a spread that can only lose', [leg('long', 'call', 100, 8), leg('short', 'call', 105, 1)], 7, -2, 7, []],
  ['stock', [leg('long', 'stock', 0, 40)], 40, Infinity, 40, [40]],
  ['calendar', [leg('short', 'call', 100, 2), leg('long', 'call', 100, 5, { expiration: '2027-03-19' })], 3, null, 3, null],
  ['diagonal under its short strike', [leg('long', 'call', 80, 22, { expiration: '2027-12-17' }), leg('short', 'call', 105, 2)], 20, null, 20, null],
  ['diagonal over its short strike', [leg('long', 'call', 110, 6, { expiration: '2027-12-17' }), leg('short', 'call', 105, 2)], 4, null, 9, null],
  ['short calendar', [leg('long', 'call', 100, 2), leg('short', 'call', 100, 5, { expiration: '2027-03-19' })], -3, null, null, null],
]

describe('positions at expiration', () => {
  it.each(KNOWN)('%s', (_, legs, cost, maxProfit, maxLoss, breakevens) => {
    expect(positionOutcome(legs)).toEqual({ cost, maxProfit, maxLoss, breakevens })
    expect(positionOutcome(legs.toReversed())).toEqual({ cost, maxProfit, maxLoss, breakevens })
  })

  it('refuses legs that are none', () => {
    expect(() => positionOutcome([])).toThrow('A position needs a leg.')
    expect(() => positionOutcome([leg('long', 'call', 100, -1)])).toThrow('The price of leg 1 is -1')
    expect(() => positionOutcome([leg('long', 'call', 100, 1), leg('long', 'call', 0, 1)])).toThrow('The strike of leg 2 is 0')
    expect(() => positionOutcome([leg('long', 'call', 100, 1, { quantity: Number.NaN })])).toThrow('The quantity of leg 1 is NaN')
  })
})
