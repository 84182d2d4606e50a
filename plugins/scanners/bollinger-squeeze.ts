import { defineScanner, splitAdjusted } from 'strikescan'

/**
 * Bollinger squeeze: bands narrower than they nearly ever were, then a close outside them. With `trigger: squeeze` it reports
 * the narrow bands themselves, before the move, for strategies that do not care which way it goes.
 */
export default defineScanner({
  name: 'Bollinger squeeze',
  description: 'Bands are narrow for the stock, and the close breaks out of them (or, with trigger squeeze, not yet).',
  params: {
    period: { default: 20, min: 5, max: 100, integer: true, help: 'sessions of the bands' },
    deviations: { default: 2, min: 0.5, max: 4, help: 'standard deviations from the middle to a band' },
    maxRank: { default: 10, min: 0, max: 50, help: 'percent of the sessions of the window that were as narrow or narrower' },
    window: { default: 120, min: 20, max: 500, integer: true, help: 'sessions that the width is ranked among' },
    trigger: { default: 'breakout', options: ['breakout', 'squeeze'], help: 'report the breakout, or the squeeze before it' },
  },
  universe: { minVolume: 1_000_000, minPrice: 5, maxPrice: 500, limit: 300 },
  // The longest that the ranges above allow.
  lookback: 601,

  scan({ bars, ta, params }) {
    const { close, volume } = splitAdjusted(bars)
    const last = close.length - 1
    const { upper, middle, lower } = ta.bollinger(close, params.period, params.deviations)
    const width = middle.map((value, index) => (upper[index] - lower[index]) / value)
    const ranks = ta.percentRank(width, params.window)

    // A breakout widens the bands: what counts is how narrow they were before it.
    const at = params.trigger === 'breakout' ? last - 1 : last
    const rank = ranks[at]
    // A stock that does not trade at all has no width, and no squeeze.
    if (!(rank <= params.maxRank && width[at] > 0)) return null
    const direction =
      params.trigger === 'squeeze' ? 'neutral' : close[last] > upper[last] ? 'bullish' : close[last] < lower[last] ? 'bearish' : null
    const relativeVolume = volume[last] / ta.sma(volume, 20)[last - 1]
    if (direction === null || !Number.isFinite(relativeVolume)) return null
    return {
      // The tighter before, the better; of breakouts also the more volume behind it.
      score: (100 - rank) * (direction === 'neutral' ? 1 : relativeVolume),
      direction,
      data: { width: width[at], rank, relativeVolume, upper: upper[last], middle: middle[last], lower: lower[last] },
      strategies: STRATEGIES[direction],
    }
  },
})

const STRATEGIES = {
  bullish: ['Long Call', 'Call Debit Spread'],
  bearish: ['Long Put', 'Put Debit Spread'],
  neutral: ['Long Straddle', 'Long Strangle'],
}
