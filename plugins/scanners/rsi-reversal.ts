import { defineScanner, splitAdjusted } from 'strikescan'

/** RSI reversal: the session on which Wilder's RSI comes back out of its extreme, not the fall into it. */
export default defineScanner({
  name: 'RSI reversal',
  description: 'RSI crosses back above oversold (bullish) or back below overbought (bearish).',
  params: {
    period: { default: 14, min: 2, max: 100, integer: true, help: 'sessions of the RSI' },
    oversold: { default: 30, min: 1, max: 49, help: 'RSI below which a stock counts as sold out' },
    overbought: { default: 70, min: 51, max: 99, help: 'RSI above which a stock counts as bought up' },
    side: { default: 'both', options: ['both', 'bullish', 'bearish'], help: 'which reversals to report' },
  },
  universe: { minVolume: 1_000_000, minPrice: 5, maxPrice: 500, limit: 300 },
  // Wilder's averages carry their past along: a year makes the seed irrelevant.
  lookback: 252,

  scan({ bars, ta, params }) {
    const { close, low, high } = splitAdjusted(bars)
    const last = close.length - 1
    const rsi = ta.rsi(close, params.period)
    const turnsUp = params.side !== 'bearish' && ta.crossOver(rsi, params.oversold)[last] === 1
    const turnsDown = params.side !== 'bullish' && ta.crossUnder(rsi, params.overbought)[last] === 1
    if (!turnsUp && !turnsDown) return null

    const level = turnsUp ? params.oversold : params.overbought
    let sessionsBeyond = 0
    let extreme = level
    for (let at = last - 1; turnsUp ? rsi[at] <= level : rsi[at] >= level; at--) {
      sessionsBeyond++
      extreme = turnsUp ? Math.min(extreme, rsi[at]) : Math.max(extreme, rsi[at])
    }
    const from = last - sessionsBeyond
    return {
      // How deep it went: the deeper, the more there is to revert.
      score: Math.abs(level - extreme),
      direction: turnsUp ? 'bullish' : 'bearish',
      data: {
        rsi: rsi[last],
        extreme,
        sessionsBeyond,
        entry: close[last],
        stop: turnsUp ? Math.min(...low.subarray(from)) : Math.max(...high.subarray(from)),
      },
      strategies: turnsUp ? ['Long Call', 'Put Credit Spread'] : ['Long Put', 'Call Credit Spread'],
    }
  },
})
