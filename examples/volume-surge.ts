/**
 * Volume surge
 *
 * Volume at least three deviations above its usual level, told apart by what the price did with it: accumulation when it
 * closes near its high, distribution near its low, churn in between. TypeScript in an object-oriented style, no imports.
 *
 *   strikescan run examples/volume-surge.ts --universe all
 */

interface Bar {
  date: string
  open: number
  high: number
  low: number
  close: number
  volume: number
}

interface Hit {
  score: number
  direction: 'bullish' | 'bearish' | 'neutral'
  data: Record<string, unknown>
  strategies: string[]
}

enum Verdict {
  Accumulation = 'accumulation',
  Distribution = 'distribution',
  Churn = 'churn',
}

class VolumeProfile {
  private readonly mean: number
  private readonly deviation: number

  constructor(private readonly bars: readonly Bar[], private readonly length: number) {
    const volumes = bars.slice(-length - 1, -1).map((bar) => bar.volume)
    this.mean = volumes.reduce((sum, volume) => sum + volume, 0) / volumes.length
    const variance = volumes.reduce((sum, volume) => sum + (volume - this.mean) ** 2, 0) / (volumes.length - 1)
    this.deviation = Math.sqrt(variance)
  }

  /** How many deviations the last bar's volume lies above the mean of the bars before it. */
  get surge(): number {
    return this.deviation > 0 ? (this.last.volume - this.mean) / this.deviation : 0
  }

  get multiple(): number {
    return this.mean > 0 ? this.last.volume / this.mean : 0
  }

  /** Sessions in a row, the last included, that traded more than the mean. */
  get streak(): number {
    let count = 0
    for (let i = this.bars.length - 1; i >= this.bars.length - this.length && this.bars[i]!.volume > this.mean; i--) count++
    return count
  }

  get verdict(): Verdict {
    const { high, low, close } = this.last
    const position = high > low ? (close - low) / (high - low) : 0.5
    if (position >= 0.7) return Verdict.Accumulation
    if (position <= 0.3) return Verdict.Distribution
    return Verdict.Churn
  }

  private get last(): Bar {
    return this.bars[this.bars.length - 1]!
  }
}

const LENGTH = 50
const MIN_SURGE = 3

const STRATEGIES: Record<Verdict, string[]> = {
  [Verdict.Accumulation]: ['Long Call', 'Cash-Secured Put'],
  [Verdict.Distribution]: ['Long Put', 'Call Credit Spread'],
  [Verdict.Churn]: ['Long Straddle'],
}

const DIRECTIONS: Record<Verdict, Hit['direction']> = {
  [Verdict.Accumulation]: 'bullish',
  [Verdict.Distribution]: 'bearish',
  [Verdict.Churn]: 'neutral',
}

export const lookback = 60

export function scan(symbol: string, bars: Bar[], context: { log: (...values: unknown[]) => void }): Hit | null {
  if (bars.length <= LENGTH) return null
  const profile = new VolumeProfile(bars, LENGTH)
  if (profile.surge < MIN_SURGE) return null

  const verdict = profile.verdict
  context.log(`${symbol}: ${profile.multiple.toFixed(1)} times its usual volume, ${verdict}`)
  return {
    score: profile.surge,
    direction: DIRECTIONS[verdict],
    data: { verdict, surge: profile.surge, multiple: profile.multiple, streak: profile.streak },
    strategies: STRATEGIES[verdict],
  }
}
