import { describe, expect, it } from 'vitest'
import * as sdk from '../../../../sdk/index.ts'
import { barsToColumns, ta, type Bar, type Stream } from '../../../../sdk/index.ts'
import { seededRandom, walk } from './generated.ts'

/** Numbers, and columns of them, alone or by name. */
type Output = number | object
type Column = Float64Array | object
interface Pair {
  readonly column: (bars: readonly Bar[], period: number) => Column
  readonly stream: (period: number) => (bar: Bar) => Output
}

const ofClose = (column: (close: number[], period: number) => Column, make: (period: number) => Stream<number, Output>): Pair => ({
  column: (bars, period) => column(bars.map((bar) => bar.close), period),
  stream(period) {
    const stream = make(period)
    return (bar) => stream.next(bar.close)
  },
})
const ofBars = (column: (bars: sdk.BarColumns, period: number) => Column, make: (period: number) => Stream<Bar, Output>): Pair => ({
  column: (bars, period) => column(barsToColumns(bars), period),
  stream(period) {
    const stream = make(period)
    return (bar) => stream.next(bar)
  },
})

const pairs: Record<keyof Pick<typeof sdk, Extract<keyof typeof sdk, `${string}Stream`>>, Pair> = {
  adxStream: ofBars(ta.adx, sdk.adxStream),
  atrStream: ofBars(ta.atr, sdk.atrStream),
  bollingerStream: ofClose((close, n) => ta.bollinger(close, n, 1.7), (n) => sdk.bollingerStream(n, 1.7)),
  cciStream: ofBars(ta.cci, sdk.cciStream),
  crossOverStream: {
    column: (bars) => ta.crossOver(bars.map((bar) => bar.close), bars.map((bar) => bar.open)),
    stream() {
      const stream = sdk.crossOverStream()
      return (bar) => stream.next({ first: bar.close, second: bar.open })
    },
  },
  crossUnderStream: {
    column: (bars) => ta.crossUnder(bars.map((bar) => bar.close), bars.map((bar) => bar.open)),
    stream() {
      const stream = sdk.crossUnderStream()
      return (bar) => stream.next({ first: bar.close, second: bar.open })
    },
  },
  donchianStream: ofBars((bars, n) => ta.donchian(bars, n), (n) => sdk.donchianStream(n)),
  emaStream: ofClose(ta.ema, sdk.emaStream),
  gapsStream: ofBars(ta.gaps, sdk.gapsStream),
  highestStream: ofClose(ta.highest, sdk.highestStream),
  keltnerStream: ofBars((bars, n) => ta.keltner(bars, n, 7), (n) => sdk.keltnerStream(n, 7)),
  linearRegressionSlopeStream: ofClose(
    (close, n) => ta.linearRegressionSlope(close, n + 1),
    (n) => sdk.linearRegressionSlopeStream(n + 1),
  ),
  lowestStream: ofClose(ta.lowest, sdk.lowestStream),
  macdStream: ofClose((close, n) => ta.macd(close, n, n + 3, 4), (n) => sdk.macdStream(n, n + 3, 4)),
  mfiStream: ofBars(ta.mfi, sdk.mfiStream),
  obvStream: ofBars(ta.obv, sdk.obvStream),
  percentRankStream: ofClose(ta.percentRank, sdk.percentRankStream),
  relativeStrengthStream: {
    column: (bars) => ta.relativeStrength(bars.map((bar) => bar.close), bars.map((bar) => bar.open)),
    stream() {
      const stream = sdk.relativeStrengthStream()
      return (bar) => stream.next({ value: bar.close, benchmark: bar.open })
    },
  },
  rocStream: ofClose(ta.roc, sdk.rocStream),
  rsiStream: ofClose(ta.rsi, sdk.rsiStream),
  smaStream: ofClose(ta.sma, sdk.smaStream),
  splitsStream: ofBars((bars) => ta.splits(splitAt(bars, 60)), () => splittingStream(60)),
  stdevStream: ofClose(ta.stdev, sdk.stdevStream),
  stochasticStream: ofBars((bars, n) => ta.stochastic(bars, n, 3, 2), (n) => sdk.stochasticStream(n, 3, 2)),
  sumStream: ofClose(ta.sum, sdk.sumStream),
  supertrendStream: ofBars((bars, n) => ta.supertrend(bars, n, 1.5), (n) => sdk.supertrendStream(n, 1.5)),
  trueRangeStream: ofBars(ta.trueRange, sdk.trueRangeStream),
  vwapStream: ofBars(ta.vwap, sdk.vwapStream),
  williamsRStream: ofBars(ta.williamsR, sdk.williamsRStream),
  wmaStream: ofClose(ta.wma, sdk.wmaStream),
}

/** Bars as they would have traded before a two-for-one split at a bar. */
function splitAt({ open, close, volume, length }: sdk.BarColumns, at: number): { open: Float64Array; close: Float64Array; volume: Float64Array } {
  const before = (column: Float64Array, by: number) => column.map((value, index) => (index < Math.min(at, length) ? value * by : value))
  return { open: before(open, 2), close: before(close, 2), volume: before(volume, 0.5) }
}

function splittingStream(at: number): Stream<Bar> {
  const stream = sdk.splitsStream()
  let index = 0
  return {
    next({ open, close, volume }) {
      const by = index++ < at ? 2 : 1
      return stream.next({ open: open * by, close: close * by, volume: volume / by })
    },
  }
}

const clean = walk(211)
const damaged = damage(walk(211, 11))
const flat: Bar[] = walk(60).map((bar) => ({ ...bar, open: 0.1, high: 0.1, low: 0.1, close: 0.1 }))

describe('streams equal their column form bit for bit', () => {
  for (const [name, { column, stream }] of Object.entries(pairs)) {
    it.each([
      ['clean bars', clean],
      ['bars with missing and infinite values', damaged],
      ['flat bars', flat],
    ])(`${name} on %s`, (_, bars) => {
      for (const period of [1, 2, 3, 10, 20, 64, 300]) {
        const expected = column(bars, period)
        const next = stream(period)
        bars.forEach((bar, index) => expectSame(next(bar), expected, index, `period ${period}`))
      }
    })
  }

  it('vwap without a period is anchored at the first bar', () => {
    const stream = sdk.vwapStream()
    const expected = ta.vwap(damaged)
    damaged.forEach((bar, index) => expect(stream.next(bar)).toBe(expected[index]))
  })

  it('covers every stream that the SDK exports', () => {
    expect(Object.keys(pairs).sort()).toEqual(Object.keys(sdk).filter((name) => name.endsWith('Stream')).sort())
  })
})

function expectSame(actual: Output, expected: Column, index: number, label: string): void {
  if (expected instanceof Float64Array) {
    if (!Object.is(actual, expected[index])) expect(actual, `${label}, index ${index}`).toBe(expected[index])
    return
  }
  for (const [key, values] of Object.entries(expected as Record<string, Float64Array>)) {
    expectSame((actual as Record<string, number>)[key]!, values, index, `${label}, ${key}`)
  }
}

function damage(bars: Bar[]): Bar[] {
  const random = seededRandom(5)
  const fields = ['open', 'high', 'low', 'close', 'volume'] as const
  return bars.map((bar) => {
    if (random() > 0.05) return bar
    return { ...bar, [fields[Math.floor(random() * 5)]!]: random() < 0.8 ? Number.NaN : Infinity }
  })
}
