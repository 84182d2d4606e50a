import type { SymbolBars } from '../../sdk/market.ts'
import type { OptionProvider } from '../../sdk/option-provider.ts'

/** The market that is served. */
export interface SimulatedSource {
  readonly options: OptionProvider
  /** Epoch milliseconds that its last session closed at: its present. */
  readonly asOf: number
  /** Daily bars of a ticker, null where the market has none such. */
  bars(ticker: string): SymbolBars | null
}
