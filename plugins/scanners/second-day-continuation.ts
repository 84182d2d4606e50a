import { defineScanner, splitAdjusted } from 'strikescan'

/**
 * Large-cap second-day continuation: yesterday gapped up on volume and closed strong; today the gap held and the close is
 * higher still. No data source here tells a company's size: the dollars that change hands a day stand for it.
 */
export default defineScanner({
  name: 'Large-cap second-day continuation',
  description: "A large stock's gap of the day before holds through the second day, which closes higher.",
  params: {
    minGap: { default: 0.02, min: 0.005, max: 0.5, help: "day one's open over the close before, as a decimal" },
    minRelativeVolume: { default: 1.5, min: 0, max: 50, help: "day one's volume over the mean of the 20 sessions before it" },
    minTurnover: { default: 100_000_000, min: 0, max: 1e12, help: 'mean dollars a day over the 20 sessions before the gap' },
  },
  universe: { minVolume: 1_000_000, minPrice: 10, maxPrice: 2_000, limit: 300 },
  lookback: 60,

  scan({ bars, ta, params }) {
    const { open, high, low, close, volume } = splitAdjusted(bars)
    const day2 = close.length - 1
    const day1 = day2 - 1
    const day0 = day1 - 1
    if (day0 < 19) return null

    const gap = open[day1] / close[day0] - 1
    const relativeVolume = volume[day1] / ta.sma(volume, 20)[day0]
    const turnover = ta.sma(
      close.map((price, index) => price * volume[index]),
      20,
    )[day0]
    if (!(gap >= params.minGap && relativeVolume >= params.minRelativeVolume && turnover >= params.minTurnover)) return null

    const closedStrong = close[day1] >= (high[day1] + low[day1]) / 2
    const held = low[day1] > close[day0] && low[day2] > close[day0]
    if (!closedStrong || !held || !(close[day2] > close[day1])) return null
    const atr = ta.atr({ high, low, close }, 14)[day0]
    if (!(atr > 0)) return null
    return {
      // What the two days made of the gap, in moves that are usual for the stock.
      score: (close[day2] - close[day0]) / atr,
      direction: 'bullish',
      data: { gap, relativeVolume, turnover, secondDay: close[day2] / close[day1] - 1, entry: high[day2], stop: close[day0] },
      strategies: ['Long Call', 'Call Debit Spread', 'LEAP Call'],
    }
  },
})
