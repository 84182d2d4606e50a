import { defineScanner, splitAdjusted } from 'strikescan'

/** Volume surge: a session with a multiple of the usual volume, and the way the price went on it. */
export default defineScanner({
  name: 'Volume surge',
  description: 'Volume is a multiple of its usual level, in a stock that trades for real money.',
  params: {
    minRelativeVolume: { default: 3, min: 1, max: 100, help: 'volume over the median of the sessions before' },
    window: { default: 20, min: 5, max: 250, integer: true, help: 'sessions that the usual volume is taken over' },
    minTurnover: { default: 10_000_000, min: 0, max: 1e12, help: 'dollars that changed hands on the session' },
    minMove: { default: 0.01, min: 0, max: 1, help: 'change of the close, either way, as a decimal' },
  },
  universe: { minVolume: 200_000, minPrice: 2, maxPrice: 1_000, limit: 1_000 },
  lookback: 251,

  scan({ bars, params }) {
    const { low, high, close, volume } = splitAdjusted(bars)
    const last = close.length - 1
    if (last < params.window) return null

    // The median, since one earlier surge would hide the next from a mean.
    const usual = median(volume.subarray(last - params.window, last))
    const relativeVolume = volume[last] / usual
    const turnover = close[last] * volume[last]
    const move = close[last] / close[last - 1] - 1
    // Against a stock that hardly trades any volume is a surge: 0 in the divisor is no signal.
    if (!(usual > 0 && relativeVolume >= params.minRelativeVolume && turnover >= params.minTurnover)) return null
    if (!(Math.abs(move) >= params.minMove)) return null

    const isUp = move >= 0
    return {
      score: relativeVolume,
      direction: isUp ? 'bullish' : 'bearish',
      data: { relativeVolume, turnover, move, entry: close[last], stop: isUp ? low[last] : high[last] },
      strategies: isUp ? ['Long Call', 'Call Debit Spread'] : ['Long Put', 'Put Debit Spread'],
    }
  },
})

/** NaN where a value is missing. */
function median(values: Float64Array): number {
  // Typed arrays sort missing values to the end.
  const sorted = values.slice().sort()
  const middle = sorted.length >> 1
  if (Number.isNaN(sorted[sorted.length - 1])) return Number.NaN
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
