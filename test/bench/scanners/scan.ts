import { defineScanner } from 'strikescan'

/** Gaps on stretched charts: SMA 20, RSI 14, Bollinger 20 and an opening gap. The same rule as `scan/limit.mjs`. */
export default defineScanner({
  name: 'Stretched gap',
  scan({ bars, ta }) {
    const { open, close } = bars
    const last = close.length - 1
    if (last < 20) return null
    const average = ta.sma(close, 20)[last]!
    const strength = ta.rsi(close, 14)[last]!
    const bands = ta.bollinger(close, 20, 2)
    const upper = bands.upper[last]!
    const lower = bands.lower[last]!
    const gap = open[last]! / close[last - 1]! - 1
    const price = close[last]!
    const isStretched = price > upper || price < lower || strength >= 60 || strength <= 40
    if (Math.abs(gap) < 0.01 || !isStretched) return null
    return { score: gap, direction: gap > 0 ? 'bullish' : 'bearish', data: { average, strength, upper, lower, gap } }
  },
})
