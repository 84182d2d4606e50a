import { defineScanner } from 'strikescan'

const SAMPLES = 100

/** Means of resampled daily returns that are surely above nothing: about a millisecond of arithmetic a symbol. */
export default defineScanner({
  name: 'Bootstrapped drift',
  scan({ symbol, bars, log }) {
    const { close } = bars
    if (close.length < 60) return null
    const returns = Float64Array.from({ length: close.length - 1 }, (_, at) => close[at + 1]! / close[at]! - 1)
    let state = close.length
    let above = 0
    for (let sample = 0; sample < SAMPLES; sample++) {
      let sum = 0
      for (let draw = 0; draw < returns.length; draw++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        sum += returns[state % returns.length]!
      }
      if (sum > 0) above++
    }
    const share = above / SAMPLES
    if (share < 0.95) return null
    log(`${symbol}: drift above nothing in ${above} of ${SAMPLES} samples`)
    return { score: share, direction: 'bullish' }
  },
})
