import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ta } from '../../../../sdk/index.ts'
import { numberOf, printedPrecision, readSheet, readTulip, referenceFolder, referencesPresent, type TulipBlock } from './reference-files.ts'

interface Columns {
  text(header: string): readonly string[]
  numbers(header: string): Float64Array
}

interface Case {
  readonly name: string
  readonly compute: (sheet: Columns) => Float64Array
  readonly expected: string
  /** Rows before this one follow a convention of the sheet's own and are not compared. */
  readonly from?: number
  /** Rows from here on are not filled in. */
  readonly to?: number
  /** Where the sheet was computed from inputs with more digits than it prints. */
  readonly tolerance?: number
}

const bars = (sheet: Columns, names = { high: 'High', low: 'Low', close: 'Close' }) => ({
  high: sheet.numbers(names.high),
  low: sheet.numbers(names.low),
  close: sheet.numbers(names.close),
})
const traded = (sheet: Columns) => ({ ...bars(sheet), volume: sheet.numbers('Volume') })
const close = (sheet: Columns) => sheet.numbers('Close')

/** For sheets whose first true range is that of the first bar, high - low: a bar before it that closes inside its range. */
function atrFromBarZero(sheet: Columns, period: number): Float64Array {
  const { high, low, close } = bars(sheet)
  const before = <T>(first: T, rest: Iterable<T>) => [first, ...rest]
  return ta.atr({ high: before(high[0]!, high), low: before(low[0]!, low), close: before(low[0]!, close) }, period).slice(1)
}

const stockcharts: Record<string, Case[]> = {
  adx: [
    { name: '+DI', compute: (sheet) => ta.adx(bars(sheet), 14).plusDi, expected: '+DI14' },
    { name: '-DI', compute: (sheet) => ta.adx(bars(sheet), 14).minusDi, expected: '-DI14' },
    { name: 'ADX', compute: (sheet) => ta.adx(bars(sheet), 14).adx, expected: 'ADX' },
  ],
  atr: [{ name: 'ATR(10)', compute: (sheet) => atrFromBarZero(sheet, 10), expected: 'ATR', from: 9 }],
  bollinger: [
    { name: 'middle', compute: (sheet) => ta.bollinger(close(sheet), 20, 2).middle, expected: 'MiddleBand' },
    { name: 'upper', compute: (sheet) => ta.bollinger(close(sheet), 20, 2).upper, expected: 'HighBand' },
    { name: 'lower', compute: (sheet) => ta.bollinger(close(sheet), 20, 2).lower, expected: 'LowBand' },
    { name: 'deviation', compute: (sheet) => ta.stdev(close(sheet), 20), expected: '20-day Standard Deviation' },
  ],
  cci: [{ name: 'CCI', compute: (sheet) => ta.cci(bars(sheet), 20), expected: 'CCI' }],
  donchian: (['upper', 'lower', 'middle'] as const).map((band) => ({
    name: band,
    compute: (sheet) => ta.donchian({ high: sheet.numbers('high'), low: sheet.numbers('low') }, 20)[band],
    expected: `${band}_band`,
  })),
  mfi: [{ name: 'MFI', compute: (sheet) => ta.mfi(traded(sheet), 14), expected: 'MFI' }],
  obv: [
    {
      name: 'OBV',
      // The sheet leaves out the volume of the first day, which does not count.
      compute: (sheet) => ta.obv({ close: close(sheet), volume: sheet.numbers('Volume').fill(0, 0, 1) }),
      expected: 'OBV',
      from: 1,
    },
  ],
  roc: [{ name: 'ROC', compute: (sheet) => ta.roc(close(sheet), 12), expected: 'ROC' }],
  stochastic: [
    { name: '%K', compute: (sheet) => ta.stochastic(bars(sheet), 14, 3).k, expected: 'SO' },
    { name: '%D', compute: (sheet) => ta.stochastic(bars(sheet), 14, 3).d, expected: 'SO_SIG', from: 16, tolerance: 1e-6 },
  ],
  vwap: [{ name: 'VWAP(14)', compute: (sheet) => ta.vwap(traded(sheet), 14), expected: 'vwap', from: 13 }],
  williamsR: [{ name: '%R', compute: (sheet) => ta.williamsR(bars(sheet), 14), expected: 'Williams_%R' }],
  wma: [{ name: 'WMA(9)', compute: (sheet) => ta.wma(close(sheet), 9), expected: 'WMA', from: 8 }],
}

const lean: Record<string, Case[]> = {
  'spy_with_adx.txt.gz': [
    { name: '+DI', compute: (sheet) => ta.adx(bars(sheet), 14).plusDi, expected: '+DI14' },
    { name: '-DI', compute: (sheet) => ta.adx(bars(sheet), 14).minusDi, expected: '-DI14' },
    { name: 'ADX', compute: (sheet) => ta.adx(bars(sheet), 14).adx, expected: 'ADX 14' },
  ],
  'spy_atr_wilder.txt.gz': [{ name: 'ATR', compute: (sheet) => atrFromBarZero(sheet, 14), expected: 'Average True Range 14' }],
  'spy_atr.txt.gz': [
    { name: 'mean true range', compute: (sheet) => ta.sma(ta.trueRange(bars(sheet)), 14), expected: 'Average True Range 14', tolerance: 1e-5 },
  ],
  'spy_tr.txt.gz': [{ name: 'TR', compute: (sheet) => ta.trueRange(bars(sheet)), expected: 'TR' }],
  'spy_bollinger_bands.txt.gz': [
    { name: 'middle', compute: (sheet) => ta.bollinger(close(sheet)).middle, expected: 'Moving Average 20' },
    { name: 'upper', compute: (sheet) => ta.bollinger(close(sheet)).upper, expected: 'Bollinger Bands® 20 2 Top', tolerance: 1e-4 },
    { name: 'lower', compute: (sheet) => ta.bollinger(close(sheet)).lower, expected: 'Bollinger Bands® 20 2 Bottom', tolerance: 1e-4 },
  ],
  'spy_max.txt.gz': [{ name: 'highest', compute: (sheet) => ta.highest(close(sheet), 5), expected: 'MAX_5' }],
  'spy_min.txt.gz': [{ name: 'lowest', compute: (sheet) => ta.lowest(close(sheet), 5), expected: 'MIN_5' }],
  'spy_mfi.txt.gz': [{ name: 'MFI', compute: (sheet) => ta.mfi(traded(sheet), 20), expected: 'Money Flow Index 20', tolerance: 1e-5 }],
  'spy_with_cci.txt.gz': [
    { name: 'CCI', compute: (sheet) => ta.cci(bars(sheet), 14), expected: 'Commodity Channel Index (CCI) 14', tolerance: 3e-3 },
  ],
  'spy_with_don50.txt.gz': [
    { name: 'upper', compute: (sheet) => ta.donchian(bars(sheet), 50).upper, expected: 'Donchian Channels 50 Top', from: 49, to: 500 },
    { name: 'lower', compute: (sheet) => ta.donchian(bars(sheet), 50).lower, expected: 'Donchian Channels 50 Bottom', from: 49, to: 500 },
    { name: 'middle', compute: (sheet) => ta.donchian(bars(sheet), 50).middle, expected: 'Donchian Channels 50 Mean', from: 49, to: 500 },
  ],
  'spy_with_obv.txt.gz': [
    {
      name: 'OBV',
      // The sheet starts from the first day's volume instead of 0 and prints seven digits of every volume.
      compute: (sheet) => ta.obv(traded(sheet)).map((total) => total + sheet.numbers('Volume')[0]!),
      expected: 'OBV',
      from: 1,
      tolerance: 2000,
    },
  ],
  'spy_with_roc50.txt.gz': [
    {
      name: 'ROC in points, as the sheet has it',
      compute: (sheet) => ta.roc(close(sheet), 50).map((percent, index) => (percent / 100) * (close(sheet)[index - 50] ?? Number.NaN)),
      expected: 'Rate of Change 50',
      tolerance: 1e-4,
    },
  ],
  'spy_rocr.txt.gz': [{ name: 'ROC', compute: (sheet) => ta.roc(close(sheet), 5).map((percent) => 1 + percent / 100), expected: 'ROCR_5' }],
  'spy_with_stoch12k3.txt.gz': [
    { name: '%K', compute: (sheet) => ta.stochastic(bars(sheet), 12, 5, 3).k, expected: 'Stochastics 12 %K 3', tolerance: 4e-4 },
    { name: '%D', compute: (sheet) => ta.stochastic(bars(sheet), 12, 5, 3).d, expected: '%D 5', tolerance: 4e-4 },
  ],
  'spy_with_vwap.txt.gz': [
    {
      name: 'VWAP of (open + high + low + close) / 4, as the sheet has it',
      compute: (sheet) => {
        const { high, low, close } = bars(sheet)
        const price = sheet.numbers('Open').map((open, index) => (open + high[index]! + low[index]! + close[index]!) / 4)
        return ta.vwap({ high: price, low: price, close: price, volume: sheet.numbers('Volume') }, 50)
      },
      expected: 'Moving VWAP 50',
      from: 50,
      tolerance: 6e-5,
    },
  ],
  'spy_with_williamsR14.txt.gz': [
    { name: '%R', compute: (sheet) => ta.williamsR(bars(sheet), 14), expected: 'Williams %R 14', tolerance: 4e-4 },
  ],
  'spy_with_indicators.txt.gz': [
    { name: 'SMA', compute: (sheet) => ta.sma(close(sheet), 14), expected: 'SMA14', tolerance: 6e-3 },
    { name: 'EMA', compute: (sheet) => ta.ema(close(sheet), 14), expected: 'EMA14', tolerance: 6e-3 },
    { name: 'RSI', compute: (sheet) => ta.rsi(close(sheet), 14), expected: 'RSI 14 Wilder' },
    { name: 'MACD with both averages seeded at their own start', compute: (sheet) => ta.macd(close(sheet)).macd, expected: 'MACD 12 26', tolerance: 2e-4 },
  ],
  'spy_ema.csv.gz': [{ name: 'EMA', compute: (sheet) => ta.ema(sheet.numbers('close'), 14), expected: 'EMA14' }],
  'spy_with_macd.txt.gz': [
    // Recorded from bar 179 on, when the seed no longer shows.
    { name: 'line', compute: (sheet) => ta.macd(close(sheet)).macd, expected: 'MACD', from: 179, tolerance: 6e-6 },
    { name: 'signal', compute: (sheet) => ta.macd(close(sheet)).signal, expected: 'Signal', from: 179, tolerance: 6e-6 },
    { name: 'histogram', compute: (sheet) => ta.macd(close(sheet)).histogram, expected: 'Histogram', from: 179, tolerance: 6e-6 },
  ],
  'spy_var.txt.gz': [{ name: 'variance', compute: (sheet) => ta.stdev(close(sheet), 10).map((deviation) => deviation ** 2), expected: 'Var' }],
}

describe('StockCharts worksheets', () => {
  const path = new URL('../../../fixtures/indicators/stockcharts.json', import.meta.url)
  const sheets = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, string[]>>
  for (const [sheet, cases] of Object.entries(stockcharts)) {
    const columns: Columns = { text: (header) => sheets[sheet]![header]!, numbers: (header) => Float64Array.from(sheets[sheet]![header]!, numberOf) }
    for (const one of cases) it(`${sheet}: ${one.name}`, () => compare(one, columns))
  }
})

describe.skipIf(!referencesPresent)('Lean (mostly TA-Lib) over SPY [needs ../shared/data]', () => {
  for (const [file, cases] of Object.entries(lean)) {
    for (const one of cases) it(`${file}: ${one.name}`, () => compare(one, readSheet(join(referenceFolder, 'lean_spy_indicators', file))))
  }
})

describe.skipIf(!referencesPresent)('Tulip, and the book it takes its examples from [needs ../shared/data]', () => {
  for (const file of ['atoz.txt', 'extra.txt', 'untest.txt']) {
    const blocks = referencesPresent ? readTulip(join(referenceFolder, 'tulip', file)) : []
    blocks.forEach((block, position) => {
      const compute = tulip[block.name]
      if (compute !== undefined) it(`${file}: ${block.name} ${block.options.join(' ')} (${position})`, () => compareTulip(block, compute))
    })
  }
})

function compare({ compute, expected, from = 0, to = Infinity, tolerance = 0 }: Case, sheet: Columns): void {
  const texts = sheet.text(expected)
  const actual = compute(sheet)
  expect(actual.length).toBe(texts.length)
  let compared = 0
  for (let row = from; row < Math.min(to, texts.length); row++) {
    const reference = numberOf(texts[row]!)
    expect(Number.isNaN(actual[row]!), `row ${row} is defined`).toBe(Number.isNaN(reference))
    if (Number.isNaN(reference)) continue
    const allowed = Math.max(tolerance, printedPrecision(texts[row]!)) + 1e-9 * Math.abs(reference)
    expect(Math.abs(actual[row]! - reference), `row ${row}: ${actual[row]} against ${texts[row]}`).toBeLessThanOrEqual(allowed)
    compared++
  }
  expect(compared).toBeGreaterThan(5)
}

type TulipCase = (inputs: readonly number[][], options: readonly number[]) => Float64Array[]
const prices = ([high = [], low = [], close = [], volume = []]: readonly number[][]) => ({ high, low, close, volume })
const only = (input: number[] = [], volume: number[] = []) => ({ high: input, low: input, close: input, volume })

/** Left out: EMA, MACD and ADX, whose seeds differ in Tulip (first value; sums over one bar less). */
const tulip: Record<string, TulipCase> = {
  bbands: ([values = []], [period, width]) => {
    const { lower, middle, upper } = ta.bollinger(values, period!, width)
    return [lower, middle, upper]
  },
  cci: (inputs, [period]) => [ta.cci(prices(inputs), period)],
  crossover: ([first = [], second = []]) => [ta.crossOver(first, second)],
  linregslope: ([values = []], [period]) => [ta.linearRegressionSlope(values, period!)],
  max: ([values = []], [period]) => [ta.highest(values, period!)],
  mfi: (inputs, [period]) => [ta.mfi(prices(inputs), period)],
  min: ([values = []], [period]) => [ta.lowest(values, period!)],
  obv: ([close = [], volume = []]) => [ta.obv({ close, volume })],
  roc: ([values = []], [period]) => [ta.roc(values, period).map((percent) => percent / 100)],
  rsi: ([values = []], [period]) => [ta.rsi(values, period)],
  sma: ([values = []], [period]) => [ta.sma(values, period!)],
  stddev: ([values = []], [period]) => [ta.stdev(values, period!)],
  stoch: (inputs, [period, smoothing, signal]) => {
    const { k, d } = ta.stochastic(prices(inputs), period, signal, smoothing)
    return [k, d]
  },
  sum: ([values = []], [period]) => [ta.sum(values, period!)],
  typprice: (inputs) => [ta.typicalPrice(prices(inputs))],
  vwma: ([values, volume], [period]) => [ta.vwap(only(values, volume), period)],
  willr: (inputs, [period]) => [ta.williamsR(prices(inputs), period)],
  wma: ([values = []], [period]) => [ta.wma(values, period!)],
}

function compareTulip(block: TulipBlock, compute: TulipCase): void {
  const numbers = block.columns.map((column) => column.map(Number))
  const outputs = compute(numbers, block.options)
  outputs.forEach((output, position) => {
    const expected = block.columns[block.columns.length - outputs.length + position]!
    // Tulip leaves out the undefined head; where ours is longer, Tulip waits for the last of its outputs.
    const tail = output.slice(output.length - expected.length)
    expected.forEach((text, index) => {
      const reference = Number(text)
      const allowed = Math.max(printedPrecision(text), 5e-4) + 1e-9 * Math.abs(reference)
      expect(Math.abs(tail[index]! - reference), `${index}: ${tail[index]} against ${text}`).toBeLessThanOrEqual(allowed)
    })
    if (outputs.length === 1 && block.name !== 'cci') {
      expect(output.filter((value) => !Number.isNaN(value)).length).toBe(block.name === 'crossover' ? output.length - 1 : expected.length)
    }
  })
}
