import { defineScanner, splitAdjusted } from 'strikescan'

/** 52-week breakout: a close above every high of the year before, on volume, the first one after a base. */
export default defineScanner({
  name: '52-week breakout',
  description: 'Closes above the highest high of the sessions before, on heavy volume, after a base.',
  params: {
    window: { default: 252, min: 20, max: 500, integer: true, help: 'sessions that the high is taken over: 252 are a year' },
    minRelativeVolume: { default: 1.5, min: 0, max: 50, help: 'volume over the mean of the 20 sessions before' },
    minBase: { default: 10, min: 1, max: 250, integer: true, help: 'sessions since the high that is broken' },
  },
  universe: { minVolume: 500_000, minPrice: 5, maxPrice: 1_000, limit: 500 },
  lookback: 501,

  scan({ bars, ta, params }) {
    const { high, low, close, volume } = splitAdjusted(bars)
    const last = close.length - 1
    // Without the whole window behind it, a high is only the high since the listing.
    if (last < Math.max(params.window, 20)) return null

    const priorHigh = ta.highest(high, params.window)[last - 1]
    const relativeVolume = volume[last] / ta.sma(volume, 20)[last - 1]
    if (!(close[last] > priorHigh && relativeVolume >= params.minRelativeVolume)) return null
    const base = last - high.lastIndexOf(priorHigh, last - 1)
    const atr = ta.atr({ high, low, close }, 14)[last - 1]
    if (base < params.minBase || !(atr > 0)) return null

    const breakoutInAtr = (close[last] - priorHigh) / atr
    return {
      // Volume tells more than distance, and less with every doubling.
      score: breakoutInAtr * Math.log2(1 + relativeVolume),
      direction: 'bullish',
      data: { priorHigh, base, breakoutInAtr, relativeVolume, entry: close[last], stop: priorHigh - atr },
      strategies: ['Long Call', 'Call Debit Spread', 'LEAP Call'],
    }
  },
})
