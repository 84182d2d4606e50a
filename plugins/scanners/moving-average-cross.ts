import { defineScanner, splitAdjusted } from 'strikescan'

/** Moving-average cross: the session on which the fast average crosses the slow one; by default the golden and the death cross. */
export default defineScanner({
  name: 'Moving-average cross',
  description: 'The fast moving average crosses above (bullish) or below (bearish) the slow one.',
  params: {
    fast: { default: 50, min: 2, max: 200, integer: true, help: 'sessions of the fast average' },
    slow: { default: 200, min: 5, max: 400, integer: true, help: 'sessions of the slow average' },
    average: { default: 'simple', options: ['simple', 'exponential'], help: 'kind of average' },
    confirmed: { default: false, help: 'the slow average must point the same way' },
  },
  universe: { minVolume: 1_000_000, minPrice: 5, maxPrice: 500, limit: 300 },
  // An exponential average needs about three times its length to forget its seed.
  lookback: 1_200,

  scan({ bars, ta, params }) {
    if (params.fast >= params.slow) throw new RangeError(`fast (${params.fast}) must be below slow (${params.slow})`)
    const { high, low, close } = splitAdjusted(bars)
    const last = close.length - 1
    const average = params.average === 'simple' ? ta.sma : ta.ema
    const fast = average(close, params.fast)
    const slow = average(close, params.slow)
    const isUp = ta.crossOver(fast, slow)[last] === 1
    if (!isUp && ta.crossUnder(fast, slow)[last] !== 1) return null

    const sign = isUp ? 1 : -1
    const slowSlope = (slow[last] - slow[last - 1]) * sign
    if (params.confirmed && !(slowSlope > 0)) return null
    const atr = ta.atr({ high, low, close }, 14)[last]
    if (!(atr > 0)) return null
    // At a cross the distance is nil: what orders crosses is how briskly the averages part.
    const speed = ((fast[last] - slow[last] - (fast[last - 1] - slow[last - 1])) * sign) / atr
    return {
      score: speed,
      direction: isUp ? 'bullish' : 'bearish',
      data: {
        fast: fast[last],
        slow: slow[last],
        speed,
        distanceInAtr: (close[last] - slow[last]) / atr,
        entry: close[last],
        stop: slow[last],
      },
      strategies: isUp ? ['Long Call', 'LEAP Call'] : ['Long Put', 'LEAP Put'],
    }
  },
})
