import { expect, it } from 'vitest'

import * as options from '../../../../sdk/options/index.ts'

it.each([
  ['cash-secured put', options.cashSecuredPutCapital(50), 50],
  ['covered call', options.coveredCallCapital(98.5, 2.255), 96.245],
  ['long option', options.debitCapital(3.345), 3.345],
  ['credit spread', options.creditSpreadCapital(5, 1.25), 3.75],
  ['credit above the width', options.creditSpreadCapital(5, 5.2), 0],
  ['iron condor', options.ironCondorCapital(85, 90, 110, 120), 10],
  ['diagonal of calls', options.diagonalCallCapital(4, 110, 105), 9],
  ['diagonal of calls under its short strike', options.diagonalCallCapital(20, 80, 105), 20],
  ['diagonal of puts', options.diagonalPutCapital(4, 95, 100), 9],
  // Cboe's margin manual: a short call at 1.5 with the stock at 128.5 and a strike of 130; 20% less 1.50 out of the money.
  ['short call', options.shortCallCapital(128.5, 130, 1.5), 25.7],
  // 10% of the strike where the put is far out of the money.
  ['short put', options.shortPutCapital(95, 80, 2), 10],
  // The put is the greater side: 20 + 5, and the call's 4.
  ['short straddle', options.shortStrangleCapital(100, 100, 5, 100, 4), 29],
  // Call: 1.5 + max(20 - 10, 10) = 11.5; put: 1.25 + max(20 - 10, 9) = 11.25; so 11.5 + 1.25.
  ['short strangle', options.shortStrangleCapital(100, 90, 1.25, 110, 1.5), 12.75],
  // Long at 1.15 over short at 0.70, strike 19, price 18.50: 0.45 paid; 0.70 and 20% less 0.50 out of the money for the short call alone.
  ['time spread of the VIX', options.uncoveredTimeSpreadCapital(0.45, options.shortCallCapital(18.5, 19, 0.7)), 0.45 + 0.7 + 3.2],
])('capital of a %s', (_, capital, expected) => {
  expect(capital).toBeCloseTo(expected, 10)
})
