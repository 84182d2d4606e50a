import { defineScanner, splitAdjusted } from 'strikescan'

/**
 * VWAP reclaim: the first close above the volume-weighted average price after a stretch below it. Whoever bought in the
 * window is, on average, out of the red again and stops selling to get even.
 */
export default defineScanner({
  name: 'VWAP reclaim',
  description: 'First close above the rolling volume-weighted average price after sessions below it.',
  params: {
    period: { default: 20, min: 2, max: 250, integer: true, help: 'sessions of the volume-weighted average price' },
    sessionsBelow: { default: 5, min: 1, max: 60, integer: true, help: 'closes in a row below it before the reclaim' },
    minRelativeVolume: { default: 1.2, min: 0, max: 50, help: 'volume over the mean of the 20 sessions before' },
  },
  universe: { minVolume: 1_000_000, minPrice: 5, maxPrice: 500, limit: 300 },
  lookback: 320,

  scan({ bars, ta, params }) {
    const { high, low, close, volume } = splitAdjusted(bars)
    const last = close.length - 1
    const vwap = ta.vwap({ high, low, close, volume }, params.period)
    if (!(close[last] > vwap[last])) return null
    let below = 0
    // Ends before the first defined value, since no number is below NaN.
    while (close[last - 1 - below] < vwap[last - 1 - below]) below++
    if (below < params.sessionsBelow) return null

    const relativeVolume = volume[last] / ta.sma(volume, 20)[last - 1]
    const atr = ta.atr({ high, low, close }, 14)[last - 1]
    if (!(relativeVolume >= params.minRelativeVolume && atr > 0)) return null
    const reclaimInAtr = (close[last] - vwap[last]) / atr
    return {
      score: reclaimInAtr * relativeVolume,
      direction: 'bullish',
      data: {
        vwap: vwap[last],
        sessionsBelow: below,
        reclaimInAtr,
        relativeVolume,
        entry: close[last],
        stop: Math.min(...low.subarray(last - below)),
      },
      strategies: ['Long Call', 'Call Debit Spread'],
    }
  },
})
