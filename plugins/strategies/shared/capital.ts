import { coveredCallCapital, creditSpreadCapital, debitCapital } from '../../../sdk/options/index.ts'
import type { PositionPrices } from '../../../sdk/index.ts'

/** Capital per share of positions that are paid for in full: the debit. */
export const debit = ({ netPremium }: PositionPrices): number => debitCapital(netPremium)

/** Of shares held against a short call: their price less the premium. */
export const sharesLessPremium = ({ spot, netPremium }: PositionPrices): number => coveredCallCapital(spot, -netPremium)

/** Of a credit spread: the distance of its strikes less the credit. */
export const widthLessCredit = ({ legs, netPremium }: PositionPrices): number =>
  creditSpreadCapital(Math.abs(legs[0]!.contract.strike - legs[1]!.contract.strike), -netPremium)
