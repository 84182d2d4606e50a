import { defineScanner, percentRanks, splitAdjusted, topRanked } from 'strikescan'

/**
 * Relative strength rank: every stock's returns over the last one, two, three and four quarters, the shortest counted twice,
 * ranked among all stocks of the date. Each symbol is measured by itself; only the rank needs them all, so the run is still
 * divided among workers.
 */
export default defineScanner({
  name: 'Relative strength rank',
  description: 'The strongest part of all stocks by weighted returns over a year, each with its rank from 0 to 100.',
  params: {
    top: { default: 0.1, min: 0.001, max: 1, help: 'which part of the ranked stocks to report' },
    quarter: { default: 63, min: 5, max: 126, integer: true, help: 'sessions of a quarter' },
    minHistory: {
      default: 1,
      min: 1,
      max: 4,
      integer: true,
      help: 'quarters of history that a stock must have; those it lacks count as no change',
    },
  },
  universe: { minVolume: 500_000, minPrice: 5, maxPrice: 1_000, limit: 1_000 },
  lookback: 505,

  scan({ bars, params }) {
    const { close } = splitAdjusted(bars)
    const last = close.length - 1
    const returns = [1, 2, 3, 4].map((quarters) => close[last] / close[last - quarters * params.quarter] - 1)
    // A bar that is not there is undefined, a missing one NaN: both end as NaN.
    const known = returns.filter((value) => !Number.isNaN(value))
    if (known.length < params.minHistory || Number.isNaN(returns[0])) return null
    const score = returns.reduce((sum, value, index) => (Number.isNaN(value) ? sum : sum + (index === 0 ? 2 : 1) * value), 0)
    return { score, direction: 'bullish', data: { returns: known }, strategies: ['Long Call', 'LEAP Call'] }
  },

  rank({ candidates, params }) {
    const ranks = percentRanks(candidates.map(({ score }) => score ?? Number.NaN))
    const ranked = candidates.map((candidate, index) => ({ ...candidate, data: { rank: 100 * ranks[index], ...candidate.data } }))
    return topRanked(ranked, { fraction: params.top })
  },
})
