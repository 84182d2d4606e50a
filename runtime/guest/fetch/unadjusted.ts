import { splitRatioAt } from '../../../sdk/indicators/splits.ts'
import type { BarRange } from './bars.ts'
import { isoOf } from './days.ts'
import type { GuestBars, GuestMarket } from './types.ts'

/**
 * Says that prices are as traded where a vendor would have adjusted them, unasked, and where that matters: where the bars of the answer show a split.
 * @param vendor the vendor, and what of it is adjusted
 */
export function noteUnadjusted(market: GuestMarket, vendor: string, symbol: string, bars: GuestBars, { start, end }: BarRange): void {
  const { open, close } = bars
  for (let i = start + 1; i < end; i++) {
    const before = close[i - 1] as number
    const now = open[i] as number
    // Nearly every bar ends here.
    if ((before <= 1.4 * now && before >= 0.7 * now) || splitRatioAt(bars, i) === 1) continue
    return market.note('adjusted_ignored', `${vendor} for splits at the vendor; here prices are as traded, and those of ${symbol} jump by a split on ${isoOf(bars.day[i] as number)}`)
  }
}
