/**
 * Gap and go
 *
 * Stocks that open well above yesterday's close, on heavy volume, and hold the gap into the close.
 * Written with the SDK: parameters with ranges, columns of bars, indicators by name.
 *
 *   strikescan run examples/gap-and-go.ts --universe all
 *   strikescan run examples/gap-and-go.ts --universe all --param minGap=0.05
 */
import { defineScanner } from 'strikescan'

export default defineScanner({
  name: 'Gap and go',
  description: 'Opens at least minGap above the previous close on relative volume, and closes above its open.',
  params: {
    minGap: { default: 0.03, min: 0.005, max: 0.5, help: 'gap over the previous close' },
    minRelativeVolume: { default: 1.5, min: 0, max: 50, help: 'volume over the mean of the 20 sessions before' },
    maxRsi: { default: 85, min: 1, max: 100, help: 'RSI(14) above which the move counts as exhausted' },
  },
  universe: { minVolume: 1_000_000, minPrice: 1, maxPrice: 500, limit: 300 },
  lookback: 60,

  scan({ symbol, bars, ta, params, log }) {
    const { open, high, low, close, volume } = bars
    const last = close.length - 1
    if (last < 20) return null

    const gap = open[last]! / close[last - 1]! - 1
    if (gap < params.minGap) return null

    const usualVolume = ta.sma(volume, 20)[last - 1]!
    const relativeVolume = volume[last]! / usualVolume
    if (!(relativeVolume >= params.minRelativeVolume)) return null

    // "Go": the buyers who came at the open are still there at the close.
    if (close[last]! <= open[last]!) return null
    const filledGap = low[last]! <= close[last - 1]!
    const rsi = ta.rsi(close, 14)[last]!
    if (rsi > params.maxRsi) {
      log.debug(symbol, 'gapped, but RSI is', rsi)
      return null
    }

    const range = high[last]! - low[last]!
    return {
      score: gap * relativeVolume,
      direction: 'bullish',
      data: { gap, relativeVolume, rsi, filledGap, closeInRange: range > 0 ? (close[last]! - low[last]!) / range : 1 },
      strategies: filledGap ? ['Call Debit Spread'] : ['Long Call', 'Call Debit Spread'],
    }
  },
})
