import { defineScanner, splitAdjusted } from 'strikescan'

/**
 * Gap and go: opens well above yesterday's close on heavy volume and closes above its open, so the buyers who came at the
 * open are still there at the end of the day.
 */
export default defineScanner({
  name: 'Gap and go',
  description: 'Opens at least minGap above the previous close, on heavy volume, and closes above its open.',
  params: {
    minGap: { default: 0.03, min: 0.005, max: 0.5, help: 'open over the previous close, as a decimal' },
    minRelativeVolume: { default: 1.5, min: 0, max: 50, help: 'volume over the mean of the 20 sessions before' },
    mustHold: { default: true, help: 'the low stays above the previous close' },
  },
  universe: { minVolume: 1_000_000, minPrice: 1, maxPrice: 500, limit: 300 },
  lookback: 60,

  scan({ bars, ta, params }) {
    const { open, high, low, close, volume } = splitAdjusted(bars)
    const last = close.length - 1
    if (last < 20) return null

    const gap = open[last] / close[last - 1] - 1
    const relativeVolume = volume[last] / ta.sma(volume, 20)[last - 1]
    // Written so that a missing number is a miss: every comparison with NaN is false.
    if (!(gap >= params.minGap && relativeVolume >= params.minRelativeVolume)) return null
    if (!(close[last] > open[last])) return null
    const holds = low[last] > close[last - 1]
    if (params.mustHold && !holds) return null

    const atr = ta.atr({ high, low, close }, 14)[last - 1]
    if (!(atr > 0 && high[last] > low[last])) return null
    const gapInAtr = (open[last] - close[last - 1]) / atr
    const closeInRange = (close[last] - low[last]) / (high[last] - low[last])
    return {
      // The surprise in the stock's own terms, and how much of the day's range was kept.
      score: gapInAtr * closeInRange,
      direction: 'bullish',
      data: { gap, gapInAtr, relativeVolume, closeInRange, holds, entry: high[last], stop: low[last] },
      strategies: holds ? ['Long Call', 'Call Debit Spread'] : ['Call Debit Spread'],
    }
  },
})
