import { defineScanner, splitAdjusted } from 'strikescan'

/** Bullish engulfing: after a decline, a green body that swallows the red one before it (S. Nison, 1991). */
export default defineScanner({
  name: 'Bullish engulfing',
  description: 'After a decline, a rising session whose body engulfs the falling body of the session before.',
  params: {
    minDecline: { default: 0.05, min: 0, max: 0.9, help: 'fall of the close over the decline before the pattern, as a decimal' },
    decline: { default: 10, min: 2, max: 60, integer: true, help: 'sessions that the decline is measured over' },
    minRelativeVolume: { default: 1, min: 0, max: 50, help: 'volume over the mean of the 20 sessions before' },
  },
  universe: { minVolume: 500_000, minPrice: 5, maxPrice: 500, limit: 500 },
  lookback: 80,

  scan({ bars, ta, params }) {
    const { open, high, low, close, volume } = splitAdjusted(bars)
    const last = close.length - 1
    if (last < Math.max(params.decline + 1, 20)) return null

    const wasRed = close[last - 1] < open[last - 1]
    const engulfs =
      open[last] <= close[last - 1] && close[last] >= open[last - 1] && close[last] - open[last] > open[last - 1] - close[last - 1]
    if (!wasRed || !engulfs) return null
    // Up to the red bar: the green one is the answer, not a part of the question.
    const fall = 1 - close[last - 1] / close[last - 1 - params.decline]
    const relativeVolume = volume[last] / ta.sma(volume, 20)[last - 1]
    const atr = ta.atr({ high, low, close }, 14)[last - 1]
    if (!(fall >= params.minDecline && relativeVolume >= params.minRelativeVolume && atr > 0)) return null

    const bodyInAtr = (close[last] - open[last]) / atr
    return {
      score: bodyInAtr * relativeVolume,
      direction: 'bullish',
      data: { fall, bodyInAtr, relativeVolume, entry: high[last], stop: Math.min(low[last], low[last - 1]) },
      strategies: ['Long Call', 'Put Credit Spread'],
    }
  },
})
