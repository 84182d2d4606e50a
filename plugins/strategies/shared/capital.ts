import {
  coveredCallCapital,
  creditSpreadCapital,
  debitCapital,
  sharesUnderlying,
  shortCallCapital,
  shortPutCapital,
  uncoveredTimeSpreadCapital,
} from '../../../sdk/options/index.ts'
import type { PositionPrices } from '../../../sdk/index.ts'

/** Capital per share of positions that are paid for in full: the debit. */
export const debit = ({ netPremium }: PositionPrices): number => debitCapital(netPremium)

/** Of shares held against a short call: their price less the premium. */
export const sharesLessPremium = ({ spot, netPremium }: PositionPrices): number => coveredCallCapital(spot, -netPremium)

/** Of a credit spread: the distance of its strikes less the credit. */
export const widthLessCredit = ({ legs, netPremium }: PositionPrices): number =>
  creditSpreadCapital(Math.abs(legs[0]!.contract.strike - legs[1]!.contract.strike), -netPremium)

/**
 * Of a short leg and a later long one, in this order: by `covered` where the later one covers it, else the debit and
 * the margin of the short leg alone.
 */
export function timeSpread(position: PositionPrices, covered: (position: PositionPrices) => number): number {
  const { spot, legs, netPremium } = position
  const { root, right, strike, bid, ask } = legs[0]!.contract
  if (sharesUnderlying(root)) return covered(position)
  const alone = right === 'call' ? shortCallCapital : shortPutCapital
  return uncoveredTimeSpreadCapital(netPremium, alone(spot, strike, (bid! + ask!) / 2))
}
