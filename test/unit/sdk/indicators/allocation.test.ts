import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { barsToColumns, ta, type BarColumns } from '../../../../sdk/index.ts'
import { walk } from './generated.ts'

/** Each indicator over 500 bars, its columns typed already. */
const INDICATORS: Record<keyof typeof ta, (bars: BarColumns) => unknown> = {
  adx: (bars) => ta.adx(bars), anchoredVwap: (bars) => ta.anchoredVwap(bars, 3), atr: (bars) => ta.atr(bars), bollinger: ({ close }) => ta.bollinger(close), cci: (bars) => ta.cci(bars),
  crossOver: ({ close, open }) => ta.crossOver(close, open), crossUnder: ({ close, open }) => ta.crossUnder(close, open), donchian: (bars) => ta.donchian(bars), ema: ({ close }) => ta.ema(close, 20),
  gaps: (bars) => ta.gaps(bars), highest: ({ close }) => ta.highest(close, 20), keltner: (bars) => ta.keltner(bars), linearRegressionSlope: ({ close }) => ta.linearRegressionSlope(close, 20),
  lowest: ({ close }) => ta.lowest(close, 20), macd: ({ close }) => ta.macd(close), mfi: (bars) => ta.mfi(bars), obv: (bars) => ta.obv(bars), percentRank: ({ close }) => ta.percentRank(close, 20),
  relativeStrength: ({ close, open }) => ta.relativeStrength(close, open), roc: ({ close }) => ta.roc(close, 12), rsi: ({ close }) => ta.rsi(close), sma: ({ close }) => ta.sma(close, 20),
  splits: (bars) => ta.splits(bars), stdev: ({ close }) => ta.stdev(close, 20), stochastic: (bars) => ta.stochastic(bars, 14, 3, 3), sum: ({ close }) => ta.sum(close, 20), supertrend: (bars) => ta.supertrend(bars),
  trueRange: (bars) => ta.trueRange(bars), typicalPrice: (bars) => ta.typicalPrice(bars), vwap: (bars) => ta.vwap(bars, 20), williamsR: (bars) => ta.williamsR(bars), wma: ({ close }) => ta.wma(close, 20),
}

describe('an indicator allocates its result and nothing else', () => {
  const own = { Float64Array: globalThis.Float64Array, Int8Array: globalThis.Int8Array, Uint8Array: globalThis.Uint8Array, Int32Array: globalThis.Int32Array }
  let bytes = 0
  beforeAll(() => {
    for (const [name, Original] of Object.entries(own)) {
      const Counting = function (this: unknown, ...args: unknown[]): unknown {
        const made = Reflect.construct(Original, args, Original) as Float64Array
        if (!(args[0] instanceof ArrayBuffer)) bytes += made.byteLength
        return made
      }
      Object.setPrototypeOf(Counting, Original)
      Counting.prototype = Original.prototype
      Object.assign(globalThis, { [name]: Counting })
    }
  })
  afterAll(() => void Object.assign(globalThis, own))

  it.each(Object.keys(INDICATORS) as (keyof typeof ta)[])('%s', (name) => {
    const bars = barsToColumns(walk(500))
    const run = INDICATORS[name]
    run(bars)
    bytes = 0
    const result = run(bars) as object
    const columns = ArrayBuffer.isView(result) ? [result] : Object.values(result).filter((value) => ArrayBuffer.isView(value))
    expect(columns.length, 'columns').toBeGreaterThan(0)
    expect(bytes).toBe(columns.reduce((sum, { byteLength }) => sum + byteLength, 0))
  })
})
