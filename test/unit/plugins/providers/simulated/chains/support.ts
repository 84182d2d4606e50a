import { createSimulatedOptionMarket } from '../../../../../../plugins/providers/simulated/chains/market.ts'
import { checkOptionOptions, type SimulatedOptionOptions } from '../../../../../../plugins/providers/simulated/chains/options.ts'
import { makeTicker, type TickerState } from '../../../../../../plugins/providers/simulated/chains/ticker.ts'
import { createSimulatedMarket } from '../../../../../../plugins/providers/simulated/market.ts'
import type { ProviderCall } from '../../../../../../sdk/option-provider.ts'
import type { OptionChain } from '../../../../../../sdk/options/chain.ts'

export const call: ProviderCall = { signal: new AbortController().signal, onRate: () => undefined }

export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000
export const isoOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)

export function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1]!
}

/** Every tenth symbol of the default market, so that funds, well-known stocks and small caps are all there. */
export function sampleOfSymbols(): string[] {
  const { symbols } = createSimulatedMarket()
  return [...new Set(['SPY', 'QQQ', 'AAPL', 'F', 'GOOGL', ...symbols.filter((_, index) => index % 10 === 0)])]
}

/** State of a ticker of the default market. */
export function stateOf(symbol: string, options: SimulatedOptionOptions = {}): { state: TickerState; checked: ReturnType<typeof checkOptionOptions> } {
  const checked = checkOptionOptions(options)
  const market = createSimulatedMarket(checked.market)
  return { state: makeTicker(checked, symbol, market.barsOf(symbol)!, market.facts(symbol))!, checked }
}

/** The chain of the first expiration that is `days` or more away; null where the ticker has none. */
export async function chainAt(market: ReturnType<typeof createSimulatedOptionMarket>, symbol: string, days: number): Promise<OptionChain | null> {
  const { dates, asOf } = await market.expirations(symbol, call)
  const date = dates.find((each) => dayOf(each) - asOf / 86_400_000 >= days - 1)
  return date === undefined ? null : market.chain(symbol, date, call)
}
