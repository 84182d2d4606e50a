import { it } from 'vitest'

import { createSimulatedMarket } from '../../plugins/providers/simulated/market.ts'
import { describeEquality, isRecordedMarketThere, openRecordedMarket, type History } from './support/equality.ts'
import { openTestHost } from './support/hosting.ts'

/** The examples, hosted, give the rows of their references symbol by symbol. The long suite compares every symbol of the recorded market. */

describeEquality('the simulated market', async () => {
  const symbols = 300
  const history: History = new Map()
  for (const bars of createSimulatedMarket({ seed: 1, symbols }).bars()) {
    const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)
    history.set(bars.symbol, Array.from(bars.day, (day, i) => ({ date: dateOf(day), open: bars.open[i]!, high: bars.high[i]!, low: bars.low[i]!, close: bars.close[i]!, volume: bars.volume[i]! })))
  }
  const dates = ['2024-03-07', '2025-08-14', '2026-10-07', '2026-11-18', '2026-11-19', '2026-11-20']
  return { host: await openTestHost({ 'market.simulatedSymbols': symbols, 'market.simulatedSeed': 1 }), history, dates, leastHits: 0 }
})

if (!isRecordedMarketThere) it.skip('a year of the US market, one symbol in sixteen (skipped: ../shared/data is not there)')
else describeEquality('a year of the US market, one symbol in sixteen', () => openRecordedMarket(16, 0))
