import type { GuestBars } from '../../../runtime/guest/fetch/types.ts'
import { dayFromIso } from '../../../runtime/market/days.ts'
import type { TestHost } from './hosting.ts'

/** The bars of a host's market, as the vendors' answers are made of them. */
export async function barsOf({ host }: TestHost): Promise<Map<string, GuestBars>> {
  const { items } = await host.symbols({ limit: 1_000 } as never)
  const bars = new Map<string, GuestBars>()
  for (const { symbol } of items) {
    const list = await host.bars(symbol, {})
    const column = (name: 'open' | 'high' | 'low' | 'close' | 'volume'): Float64Array => Float64Array.from(list, (bar) => bar[name])
    bars.set(symbol, { length: list.length, day: Int32Array.from(list, ({ date }) => dayFromIso(date)), open: column('open'), high: column('high'), low: column('low'), close: column('close'), volume: column('volume') })
  }
  return bars
}
