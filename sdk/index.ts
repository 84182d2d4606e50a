export { barsToColumns, columnsToBars } from './columns.ts'
export { ScannerDefinitionError, ScannerParameterError } from './errors.ts'
export type { Adx } from './indicators/adx.ts'
export type { Bollinger } from './indicators/bollinger.ts'
export type { Donchian } from './indicators/donchian.ts'
export type { BarsWith, NumericColumn, Stream } from './indicators/input.ts'
export type { Keltner } from './indicators/keltner.ts'
export type { Macd } from './indicators/macd.ts'
export type { Stochastic } from './indicators/stochastic.ts'
export * from './indicators/streams.ts'
export type { SuperTrend } from './indicators/supertrend.ts'
export { ta, type TechnicalAnalysis } from './indicators/ta.ts'
export type { HighLowClose } from './indicators/true-range.ts'
export type { Bar, BarColumns } from './market.ts'
export type { OptionChain, OptionContract, OptionRight, VendorGreeks } from './options/chain.ts'
export type { BooleanParam, NumberParam, ParamDefinitions, ParamDescription, ParamsOf, ParamValue, StringParam } from './parameters.ts'
export { splitAdjusted } from './split-adjusted.ts'
export { percentRanks, topRanked } from './ranking.ts'
export type { Candidate, RankContext, RankedHit, RankRequest, RankStep } from './ranking.ts'
export { defineScanner, describeParams, isScanner, resolveParams } from './scanner.ts'
export type {
  BatchContext,
  DateContext,
  ScanContext,
  ScanHit,
  ScanLog,
  Scanner,
  ScannerDefinition,
  ScanResult,
  UniverseRequest,
} from './scanner.ts'
export { defineStrategy, isStrategy, StrategyDefinitionError } from './strategy.ts'
export type {
  ExpirationSlice,
  PositionPrices,
  SelectionLack,
  Strategy,
  StrategyContract,
  StrategyDefinition,
  StrategyLeg,
  StrategyMarket,
  StrategySelection,
} from './strategy.ts'
