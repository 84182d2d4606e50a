// RSI reversal
//
// An oversold stock that turns: RSI(14) was below 30 yesterday, is back above it today, and today closes above
// yesterday's high. A plain script: no imports, a default export, bars as an array of objects.
//
//   strikescan run examples/rsi-reversal.js --symbols-file my-watchlist.txt
//   strikescan run examples/rsi-reversal.js --universe all --from 2026-11-02 --to 2026-11-20

const PERIOD = 14
const OVERSOLD = 30

export const lookback = 250

export default function (symbol, bars, context) {
  if (bars.length < PERIOD + 2) return null

  const closes = bars.map((bar) => bar.close)
  const rsi = context.ta.rsi(closes, PERIOD)
  const today = bars[bars.length - 1]
  const yesterday = bars[bars.length - 2]
  const rsiNow = rsi[rsi.length - 1]
  const rsiBefore = rsi[rsi.length - 2]

  const turned = rsiBefore < OVERSOLD && rsiNow >= OVERSOLD
  if (!turned || today.close <= yesterday.high) return null

  // How long the stock had been sold off, in sessions.
  let sessionsBelow = 0
  for (let i = rsi.length - 2; i >= 0 && rsi[i] < OVERSOLD; i--) sessionsBelow++

  const stop = Math.min(today.low, yesterday.low)
  return {
    score: rsiNow - rsiBefore,
    direction: 'bullish',
    data: { rsi: rsiNow, rsiBefore, sessionsBelow, entry: today.close, stop, risk: today.close - stop },
    strategies: ['Long Call', 'Put Credit Spread'],
  }
}
