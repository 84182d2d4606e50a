import type { SymbolBars } from '../../sdk/market.ts'
import { oneOrMany } from './lists.ts'

const DAY_MS = 86_400_000
const YEAR_SESSIONS = 252
const AVERAGE_SESSIONS = 90
const CENT = 0.01

const isoOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)
const round = (value: number, digits: number): number => Number(value.toFixed(digits))

/** A stock's quote at the close of its last bar: the close between a bid and an ask of a cent. `instant` in epoch milliseconds. */
export function stockQuote(symbol: string, bars: SymbolBars, instant: number): unknown {
  const at = bars.day.length - 1
  const [last, before] = [bars.close[at]!, bars.close[at - 1] ?? bars.close[at]!]
  const volumes = bars.volume.subarray(-AVERAGE_SESSIONS)
  return {
    symbol,
    description: symbol,
    exch: 'N',
    type: 'stock',
    last,
    change: round(last - before, 4),
    volume: bars.volume[at]!,
    open: bars.open[at]!,
    high: bars.high[at]!,
    low: bars.low[at]!,
    close: last,
    bid: round(last, 2),
    ask: round(last + CENT, 2),
    change_percentage: round((last / before - 1) * 100, 2),
    average_volume: Math.round(volumes.reduce((sum, volume) => sum + volume, 0) / volumes.length),
    last_volume: 100,
    trade_date: instant,
    prevclose: before,
    week_52_high: Math.max(...bars.high.subarray(-YEAR_SESSIONS)),
    week_52_low: Math.min(...bars.low.subarray(-YEAR_SESSIONS)),
    bidsize: 5,
    bidexch: 'N',
    bid_date: instant,
    asksize: 5,
    askexch: 'N',
    ask_date: instant,
    root_symbols: symbol.replaceAll(/[^A-Z0-9]/g, ''),
  }
}

/** `{"quotes":{"quote":…,"unmatched_symbols":{"symbol":…}}}`, each part only where it holds something. */
export function quotesDocument(quotes: readonly unknown[], unmatched: readonly string[]): unknown {
  return {
    quotes: {
      ...(quotes.length === 0 ? {} : { quote: oneOrMany(quotes) }),
      ...(unmatched.length === 0 ? {} : { unmatched_symbols: { symbol: oneOrMany(unmatched) } }),
    },
  }
}

/** Daily bars from `start` to `end` (ISO dates, both included) as `{"history":{"day":…}}`; `history` is null for none. */
export function historyDocument(bars: SymbolBars | null, start: string, end: string): unknown {
  const days: unknown[] = []
  for (let at = 0; bars !== null && at < bars.day.length; at++) {
    const date = isoOf(bars.day[at]!)
    if (date < start || date > end) continue
    days.push({ date, open: bars.open[at], high: bars.high[at], low: bars.low[at], close: bars.close[at], volume: bars.volume[at] })
  }
  return { history: days.length === 0 ? null : { day: oneOrMany(days) } }
}

/** The market after its last close. */
export function clockDocument(asOf: number): unknown {
  const date = new Date(asOf).toISOString().slice(0, 10)
  return { clock: { date, description: 'Market is closed', state: 'closed', timestamp: Math.floor(asOf / 1_000), next_change: '07:00', next_state: 'premarket' } }
}
