// A new high in a rising trend, as most people write it: bar by bar over objects.
export const lookback = 250

export function scan(symbol, bars) {
  if (bars.length < 51) return false
  const today = bars[bars.length - 1]
  let highest = 0
  let closes = 0
  let volumes = 0
  for (let i = 0; i < bars.length - 1; i++) {
    const bar = bars[i]
    if (bar.high > highest) highest = bar.high
    if (i >= bars.length - 51) {
      closes += bar.close
      volumes += bar.volume
    }
  }
  if (today.close <= highest || today.close <= closes / 50 || today.volume < (1.5 * volumes) / 50) return false
  return { score: today.close / highest - 1, direction: 'bullish', data: { highest, average: closes / 50 } }
}
