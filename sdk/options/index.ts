export { americanImpliedVol, americanImpliedVolOf } from './american/implied-vol.ts'
export { americanPrice, americanPriceAndGreeks, americanPriceAndGreeksInto, americanPriceOf } from './american/price.ts'
export * from './capital.ts'
export type { OptionRight } from './chain.ts'
export {
  europeanPrice,
  europeanPriceAndGreeks,
  europeanPriceAndGreeksInto,
  europeanPriceOf,
  DELTA,
  GAMMA,
  GREEKS_LENGTH,
  PRICE,
  RHO,
  THETA,
  VEGA,
} from './european.ts'
export type { OptionInputs, PriceAndGreeks } from './european.ts'
export { europeanImpliedVol, europeanImpliedVolOf, noImpliedVol } from './implied-vol.ts'
export type { ImpliedVol, NoImpliedVolReason, QuotedInputs } from './implied-vol.ts'
export { inverseNormalCdf, normalCdf, normalPdf } from './normal.ts'
export { formatCompactOccSymbol, formatOccSymbol, parseOccSymbol, settlementOfRoot, sharesUnderlying, styleOfRoot } from './occ-symbol.ts'
export type { OccSymbol, OccSymbolResult, ParsedOccSymbol } from './occ-symbol.ts'
export { inferForward } from './parity.ts'
export type { InferredForward, NoForwardReason, ParityInputs, QuotedPair } from './parity.ts'
export { evaluatePosition, packageQuote, positionGreeks } from './position.ts'
export type { PackageQuote, PositionEvaluation, PositionGreeks } from './position.ts'
export { positionOutcome } from './position-outcome.ts'
export type { PositionLeg, PositionOutcome } from './position-outcome.ts'
export { daysToExpiration, expirationInstant, newYorkDay, yearsToExpiration } from './time.ts'
export type { Settlement } from './time.ts'
