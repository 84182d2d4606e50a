import { BollingerBands, RSI, SMA } from 'technicalindicators'
import { ta } from '../../sdk/index.ts'
import * as byHand from './hand-written.ts'

/** One way of doing a piece of work; `run` gives a number that depends on all of it. */
export interface Contender {
  readonly name: string
  readonly role: 'limit' | 'strikescan' | 'peer'
  run(): number
}

export interface IndicatorBenchmark {
  readonly name: string
  /** Values that one run goes through. */
  readonly values: number
  readonly contenders: readonly Contender[]
}

export interface IndicatorResult {
  readonly benchmark: string
  readonly contender: string
  readonly role: Contender['role']
  /** Median over the rounds. */
  readonly nanosecondsPerValue: number
  /** Median over the limit's median of the same benchmark. */
  readonly ratio: number
}

export interface IndicatorBenchmarkSize {
  /** Series to go through. */
  readonly series?: number
  /** Closes per series. */
  readonly length?: number
  /** Times that every contender runs, interleaved. */
  readonly rounds?: number
}

interface Columns {
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
}

/** Every kernel against the loop written by hand for it. */
export function kernelBenchmarks(size: IndicatorBenchmarkSize = {}): IndicatorBenchmark[] {
  const market = randomWalks(size)
  const last = (column: Float64Array): number => column[column.length - 1]!
  const versus = (name: string, limit: (bars: Columns) => Float64Array, ours: (bars: Columns) => Float64Array): IndicatorBenchmark => ({
    name,
    values: market.length * market[0]!.close.length,
    contenders: [
      { name: 'hand-written loop', role: 'limit', run: () => market.reduce((total, bars) => total + last(limit(bars)), 0) },
      { name: 'ta', role: 'strikescan', run: () => market.reduce((total, bars) => total + last(ours(bars)), 0) },
    ],
  })
  return [
    versus('sma 20', ({ close }) => byHand.sma(close, 20), ({ close }) => ta.sma(close, 20)),
    versus('sma 20, warm-up split off by hand', ({ close }) => byHand.smaSplit(close, 20), ({ close }) => ta.sma(close, 20)),
    versus('sma 200', ({ close }) => byHand.sma(close, 200), ({ close }) => ta.sma(close, 200)),
    versus('ema 20', ({ close }) => byHand.ema(close, 20), ({ close }) => ta.ema(close, 20)),
    versus('rsi 14', ({ close }) => byHand.rsi(close, 14), ({ close }) => ta.rsi(close, 14)),
    versus('bollinger 20', ({ close }) => byHand.bollinger(close, 20, 2).lower, ({ close }) => ta.bollinger(close, 20, 2).lower),
    versus('atr 14', (bars) => byHand.atr(bars, 14), (bars) => ta.atr(bars, 14)),
    versus('highest 20', ({ high }) => byHand.highest(high, 20), ({ high }) => ta.highest(high, 20)),
  ]
}

/** SMA20 + RSI14 + Bollinger 20 over every series: by hand, with `ta`, with the npm package `technicalindicators`. */
export function suiteBenchmark(size: IndicatorBenchmarkSize = {}): IndicatorBenchmark {
  const closes = randomWalks(size).map(({ close }) => close)
  const lists = closes.map((close) => [...close])
  const last = (column: ArrayLike<number>): number => column[column.length - 1]!
  return {
    name: 'sma 20 + rsi 14 + bollinger 20',
    values: closes.length * closes[0]!.length,
    contenders: [
      {
        name: 'hand-written loops',
        role: 'limit',
        run: () => closes.reduce((total, close) => total + last(byHand.sma(close, 20)) + last(byHand.rsi(close, 14)) + last(byHand.bollinger(close, 20, 2).upper), 0),
      },
      {
        name: 'ta',
        role: 'strikescan',
        run: () => closes.reduce((total, close) => total + last(ta.sma(close, 20)) + last(ta.rsi(close, 14)) + last(ta.bollinger(close, 20, 2).upper), 0),
      },
      {
        name: 'technicalindicators',
        role: 'peer',
        run: () =>
          lists.reduce((total, values) => {
            const bands = BollingerBands.calculate({ period: 20, stdDev: 2, values })
            return total + last(SMA.calculate({ period: 20, values })) + last(RSI.calculate({ period: 14, values })) + bands[bands.length - 1]!.upper
          }, 0),
      },
    ],
  }
}

/**
 * Every benchmark's contenders, interleaved round by round so that a busy machine slows all alike.
 * Throws where a contender does not come to the limit's result (within 1e-2 relative: `technicalindicators` rounds to two decimals).
 */
export function measureIndicators(benchmarks: readonly IndicatorBenchmark[], rounds = 9, now: () => number = () => performance.now()): IndicatorResult[] {
  return benchmarks.flatMap(({ name, values, contenders }) => {
    const expected = contenders.find(({ role }) => role === 'limit')!.run()
    const times = contenders.map((contender): number[] => {
      const actual = contender.run()
      if (!(Math.abs(actual - expected) <= 1e-2 * Math.abs(expected))) throw new Error(`${name}: ${contender.name} came to ${actual}, not ${expected}`)
      return []
    })
    for (let round = 0; round < rounds; round++) {
      contenders.forEach((contender, position) => {
        const start = now()
        contender.run()
        times[position]!.push(now() - start)
      })
    }
    const limit = median(times[contenders.findIndex(({ role }) => role === 'limit')]!)
    return contenders.map((contender, position) => ({
      benchmark: name,
      contender: contender.name,
      role: contender.role,
      nanosecondsPerValue: (median(times[position]!) * 1e6) / values,
      ratio: median(times[position]!) / limit,
    }))
  })
}

/** Kernels and suite at one size: what `npm run bench -- indicators` prints. */
export function benchIndicators(size: IndicatorBenchmarkSize = {}): IndicatorResult[] {
  return measureIndicators([...kernelBenchmarks(size), suiteBenchmark(size)], size.rounds)
}

function randomWalks({ series = 200, length = 1260 }: IndicatorBenchmarkSize): Columns[] {
  let state = 1
  const random = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
  return Array.from({ length: series }, () => {
    const columns = { high: new Float64Array(length), low: new Float64Array(length), close: new Float64Array(length) }
    let price = 20 + 80 * random()
    for (let index = 0; index < length; index++) {
      price *= 1 + (random() - 0.5) * 0.04
      columns.close[index] = price
      columns.high[index] = price * (1 + random() * 0.01)
      columns.low[index] = price * (1 - random() * 0.01)
    }
    return columns
  })
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}

if (import.meta.main) {
  for (const { benchmark, contender, nanosecondsPerValue, ratio } of benchIndicators()) {
    process.stdout.write(`${benchmark.padEnd(36)}${contender.padEnd(24)}${nanosecondsPerValue.toFixed(2).padStart(8)} ns/value${ratio.toFixed(2).padStart(8)}\n`)
  }
}
