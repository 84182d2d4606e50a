import { defineScanner, splitAdjusted } from 'strikescan'

/** Inside day: a range within the one before it. Both sides wait, and the way out of the mother bar is the signal. */
export default defineScanner({
  name: 'Inside day',
  description: 'One or more sessions whose whole range lies within the range of the mother bar before them.',
  params: {
    sessions: { default: 1, min: 1, max: 5, integer: true, help: 'inside days in a row, each within the one before' },
    narrowest: {
      default: 7,
      min: 1,
      max: 60,
      integer: true,
      help: 'the last range is the narrowest of this many sessions; 1 asks for nothing',
    },
    maxShare: { default: 0.75, min: 0.05, max: 1, help: 'last range over the range of the mother bar' },
  },
  universe: { minVolume: 1_000_000, minPrice: 5, maxPrice: 1_000, limit: 300 },
  lookback: 80,

  scan({ bars, ta, params }) {
    const { high, low, close } = splitAdjusted(bars)
    const last = close.length - 1
    const mother = last - params.sessions
    if (mother < 0) return null
    for (let at = last; at > mother; at--) {
      // Equal highs or lows are a test of the level, not a rest inside it.
      if (!(high[at] < high[at - 1] && low[at] > low[at - 1])) return null
    }

    const ranges = high.map((value, index) => value - low[index])
    const share = ranges[last] / ranges[mother]
    // A range of nothing is a halt or a stock that did not trade.
    if (!(ranges[last] > 0 && share <= params.maxShare)) return null
    if (!(ranges[last] <= ta.lowest(ranges, params.narrowest)[last])) return null
    const average = ta.sma(close, 50)[last]
    return {
      score: 1 / share,
      direction: 'neutral',
      data: { share, motherHigh: high[mother], motherLow: low[mother], trend: trendOf(close[last], average) },
      strategies: ['Long Straddle', 'Long Strangle'],
    }
  },
})

function trendOf(price: number, average: number): 'up' | 'down' | 'unknown' {
  if (Number.isNaN(average)) return 'unknown'
  return price >= average ? 'up' : 'down'
}
