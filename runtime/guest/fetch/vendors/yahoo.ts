import { listPush, makeArray, MathFloor, MathRound, newList, numberToFixed } from '../../language/intrinsics.ts'
import { aggregate, averageVolume, barRange, lowerBound, yearExtremes, type Unit } from '../bars.ts'
import { dateOf, dayOf, isoOf, MARKET_CLOSE, MARKET_OPEN, newYorkMidnight, newYorkOffset, newYorkTime } from '../days.ts'
import { noteMissingFields } from '../missing-fields.ts'
import { pathIs } from '../request.ts'
import { findBars, symbolList } from '../symbols.ts'
import { noteUnadjusted } from '../unadjusted.ts'
import { jsonAnswer, textAnswer, type ApiAnswer, type ApiHandler, type ApiMarket, type ApiRequest, type GuestBars } from '../types.ts'
import { yahooSearch } from './news-formats.ts'
import { yahooOptions } from './yahoo-options.ts'

/** Yahoo Finance as scripts use it: chart v8, quote v7, options v7, search v1 with its news, and the CSV download. `adjclose` equals `close`. */
export const yahoo: ApiHandler = (request, market) => {
  if (pathIs(request, ['v8', 'finance', 'chart', '*'])) return chart(request, market)
  if (pathIs(request, ['v7', 'finance', 'quote'])) return quote(request, market)
  if (pathIs(request, ['v7', 'finance', 'options', '*'])) return options(request, market)
  if (pathIs(request, ['v7', 'finance', 'download', '*'])) return download(request, market)
  if (pathIs(request, ['v1', 'finance', 'search'])) return yahooSearch(request, market)
  market.note('api_path_refused', `Yahoo: ${request.path}`)
  return jsonAnswer(404, () => ({
    finance: { result: null, error: { code: 'Not Found', description: `Strikescan does not answer ${request.path}` } },
  }))
}

const QUOTE_FIELDS =
  ' marketCap trailingPE forwardPE priceToBook bookValue epsTrailingTwelveMonths epsForward dividendYield trailingAnnualDividendYield dividendRate sharesOutstanding floatShares averageAnalystRating earningsTimestamp preMarketPrice postMarketPrice '
const NOT_FOUND = 'No data found, symbol may be delisted'
const RANGES = ['1d', '5d', '1mo', '3mo', '6mo', '1y', '2y', '5y', '10y', 'ytd', 'max']

function unitOf(interval: string): Unit | null {
  if (interval === '1d') return 'day'
  if (interval === '1wk') return 'week'
  return interval === '1mo' ? 'month' : interval === '3mo' ? 'quarter' : null
}

function chartError(status: number, code: string, description: string): ApiAnswer {
  return jsonAnswer(status, () => ({ chart: { result: null, error: { code, description } } }))
}

function chart(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const symbol = request.segments[3] as string
  const interval = request.query('interval') ?? '1d'
  const unit = unitOf(interval)
  const rangeName = request.query('range')
  if (unit === null) {
    market.note('intraday_refused', `Yahoo: interval ${interval} of ${symbol}`)
    return chartError(422, 'Unprocessable Entity', `Only daily data is in the store: interval=${interval} is not available, ask for 1d, 1wk, 1mo or 3mo`)
  }
  const bars = findBars(market, symbol)
  if (bars === null) return chartError(404, 'Not Found', NOT_FOUND)
  const range = positions(request, bars, market.asOfDay)
  if (range === null) {
    return chartError(400, 'Bad Request', `Invalid input - range=${rangeName} is not supported. Valid ranges: [1d, 5d, 1mo, 3mo, 6mo, 1y, 2y, 5y, 10y, ytd, max]`)
  }
  noteUnadjusted(market, 'Yahoo: closes and adjclose are adjusted', symbol, bars, range)
  return jsonAnswer(200, () => ({
    chart: { result: [chartResult(symbol, bars, range, unit, interval, rangeName ?? '')], error: null },
  }))
}

/** Positions of the bars asked for by range or by periods (seconds, the end excluded); null for an unknown range. */
function positions(request: ApiRequest, bars: GuestBars, asOfDay: number): { start: number; end: number } | null {
  const name = request.query('range')
  const period1 = request.query('period1')
  if (name === null && period1 !== null) {
    const from = MathFloor(+period1) * 1_000
    const period2 = request.query('period2')
    const to = period2 === null ? Infinity : MathFloor(+period2) * 1_000
    return { start: firstOpenAt(bars, from), end: firstOpenAt(bars, to) }
  }
  const all = barRange(bars, -Infinity, asOfDay)
  const range = name ?? '1d'
  if (range === 'max') return all
  if (range === 'ytd') return { start: lowerBound(bars, dayOf(dateOf(asOfDay).year, 1, 1)), end: all.end }
  const months = range === '1mo' ? 1 : range === '3mo' ? 3 : range === '6mo' ? 6 : range === '1y' ? 12 : range === '2y' ? 24 : range === '5y' ? 60 : range === '10y' ? 120 : 0
  if (months > 0) return { start: lowerBound(bars, monthsBefore(asOfDay, months)), end: all.end }
  const sessions = range === '1d' ? 1 : range === '5d' ? 5 : 0
  return sessions === 0 ? null : { start: all.end > sessions ? all.end - sessions : 0, end: all.end }
}

/** Position of the first bar whose session opens at or after an instant. */
function firstOpenAt(bars: GuestBars, instant: number): number {
  let low = 0
  let high = bars.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (newYorkTime(bars.day[middle] as number, MARKET_OPEN) < instant) low = middle + 1
    else high = middle
  }
  return low
}

function monthsBefore(day: number, months: number): number {
  const { year, month, dayOfMonth } = dateOf(day)
  const total = year * 12 + month - 1 - months
  const first = dayOf(MathFloor(total / 12), (total % 12) + 1, 1)
  const length = dayOf(MathFloor((total + 1) / 12), ((total + 1) % 12) + 1, 1) - first
  return first + (dayOfMonth > length ? length : dayOfMonth) - 1
}

interface Rows {
  readonly length: number
  time(i: number): number
  open(i: number): number
  high(i: number): number
  low(i: number): number
  close(i: number): number
  volume(i: number): number
}

function rowsOf(bars: GuestBars, range: { start: number; end: number }, unit: Unit): Rows {
  const { start } = range
  if (unit === 'day') {
    return {
      length: range.end > start ? range.end - start : 0,
      time: (i) => newYorkTime(bars.day[start + i] as number, MARKET_OPEN) / 1_000,
      open: (i) => bars.open[start + i] as number,
      high: (i) => bars.high[start + i] as number,
      low: (i) => bars.low[start + i] as number,
      close: (i) => bars.close[start + i] as number,
      volume: (i) => bars.volume[start + i] as number,
    }
  }
  const list = aggregate(bars, range, unit, 1, 1)
  const at = (i: number) => list[i] as (typeof list)[number]
  return {
    length: list.length,
    time: (i) => newYorkMidnight(at(i).day) / 1_000,
    open: (i) => at(i).open,
    high: (i) => at(i).high,
    low: (i) => at(i).low,
    close: (i) => at(i).close,
    volume: (i) => at(i).volume,
  }
}

function chartResult(symbol: string, bars: GuestBars, range: { start: number; end: number }, unit: Unit, interval: string, rangeName: string): unknown {
  const rows = rowsOf(bars, range, unit)
  const meta = metaOf(symbol, bars, range.start, interval, rangeName)
  if (rows.length === 0) return { meta, indicators: { quote: [{}], adjclose: [{}] } }
  return {
    meta,
    timestamp: makeArray(rows.length, rows.time),
    indicators: {
      quote: [{
        open: makeArray(rows.length, rows.open), high: makeArray(rows.length, rows.high), low: makeArray(rows.length, rows.low),
        close: makeArray(rows.length, rows.close), volume: makeArray(rows.length, rows.volume),
      }],
      adjclose: [{ adjclose: makeArray(rows.length, rows.close) }],
    },
  }
}

function metaOf(symbol: string, bars: GuestBars, start: number, dataGranularity: string, range: string): unknown {
  const end = bars.length - 1
  const lastDay = bars.day[end] as number
  const offset = newYorkOffset(lastDay, 16)
  const { high, low } = yearExtremes(bars)
  const timezone = offset === 4 ? 'EDT' : 'EST'
  const period = (start: number, end: number) => ({ timezone, start: newYorkTime(lastDay, start) / 1_000, end: newYorkTime(lastDay, end) / 1_000, gmtoffset: -3_600 * offset })
  return {
    currency: 'USD', symbol, exchangeName: '', fullExchangeName: '', instrumentType: 'EQUITY',
    firstTradeDate: newYorkTime(bars.day[0] as number, MARKET_OPEN) / 1_000,
    regularMarketTime: newYorkTime(lastDay, MARKET_CLOSE) / 1_000, hasPrePostMarketData: false, gmtoffset: -3_600 * offset,
    timezone, exchangeTimezoneName: 'America/New_York', regularMarketPrice: bars.close[end],
    fiftyTwoWeekHigh: high, fiftyTwoWeekLow: low, regularMarketDayHigh: bars.high[end], regularMarketDayLow: bars.low[end],
    regularMarketVolume: bars.volume[end], longName: symbol, shortName: symbol,
    chartPreviousClose: start > 0 && start <= bars.length ? bars.close[start - 1] : bars.open[0], priceHint: 2,
    // There is no trading before the open or after the close in this market.
    currentTradingPeriod: { pre: period(MARKET_OPEN, MARKET_OPEN), regular: period(MARKET_OPEN, MARKET_CLOSE), post: period(MARKET_CLOSE, MARKET_CLOSE) },
    dataGranularity, range,
    validRanges: makeArray(RANGES.length, (i) => RANGES[i]),
  }
}

function quote(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const symbols = symbolList(request.query('symbols'))
  if (symbols.length === 0) {
    return jsonAnswer(400, () => ({ quoteResponse: { result: null, error: { code: 'Bad Request', description: 'Missing value for the "symbols" argument' } } }))
  }
  noteMissingFields(market, 'Yahoo: quotes', QUOTE_FIELDS)
  return jsonAnswer(200, () => {
    const found = newList<unknown>()
    for (let i = 0; i < symbols.length; i++) {
      const bars = findBars(market, symbols[i] as string)
      if (bars !== null) listPush(found, quoteOf(symbols[i] as string, bars))
    }
    return { quoteResponse: { result: makeArray(found.length, (i) => found[i]), error: null } }
  })
}

function meanClose(bars: GuestBars, sessions: number): number {
  const start = bars.length > sessions ? bars.length - sessions : 0
  let sum = 0
  for (let i = start; i < bars.length; i++) sum += bars.close[i] as number
  return sum / (bars.length - start)
}

function quoteOf(symbol: string, bars: GuestBars): unknown {
  const i = bars.length - 1
  const close = bars.close[i] as number
  const before = i > 0 ? (bars.close[i - 1] as number) : close
  const { high, low } = yearExtremes(bars)
  return {
    language: 'en-US', region: 'US', quoteType: 'EQUITY', symbol, shortName: symbol, longName: symbol, currency: 'USD', marketState: 'CLOSED',
    exchangeTimezoneName: 'America/New_York', tradeable: false, regularMarketPrice: close, regularMarketChange: close - before,
    regularMarketChangePercent: before === 0 ? 0 : (close / before - 1) * 100,
    regularMarketTime: newYorkTime(bars.day[i] as number, MARKET_CLOSE) / 1_000, regularMarketOpen: bars.open[i],
    regularMarketDayHigh: bars.high[i], regularMarketDayLow: bars.low[i], regularMarketVolume: bars.volume[i],
    regularMarketPreviousClose: before, fiftyTwoWeekHigh: high, fiftyTwoWeekLow: low, fiftyDayAverage: meanClose(bars, 50),
    twoHundredDayAverage: meanClose(bars, 200), averageDailyVolume3Month: MathRound(averageVolume(bars, 63)),
    averageDailyVolume10Day: MathRound(averageVolume(bars, 10)),
  }
}

function options(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const symbol = request.segments[3] as string
  const bars = findBars(market, symbol)
  return yahooOptions(request, market, symbol, () => (bars === null ? null : quoteOf(symbol, bars)))
}

function download(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const bars = findBars(market, request.segments[3] as string)
  if (bars === null) return textAnswer(404, `404 Not Found: ${NOT_FOUND}`)
  const interval = request.query('interval') ?? '1d'
  const unit = unitOf(interval)
  if (unit === null) return textAnswer(422, `422 Unprocessable Entity: only daily data is in the store, interval=${interval} is not available`)
  const period1 = request.query('period1')
  const range = period1 === null && request.query('range') === null ? barRange(bars, monthsBefore(market.asOfDay, 12), market.asOfDay) : positions(request, bars, market.asOfDay)
  if (range === null) return textAnswer(400, `400 Bad Request: range=${request.query('range')} is not supported`)
  noteUnadjusted(market, 'Yahoo: closes and adjusted closes are adjusted', request.segments[3] as string, bars, range)
  const list = aggregate(bars, range, unit, 1, 1)
  let text = 'Date,Open,High,Low,Close,Adj Close,Volume'
  for (let i = 0; i < list.length; i++) {
    const { day, open, high, low, close, volume } = list[i] as (typeof list)[number]
    const price = numberToFixed(close, 6)
    text += `\n${isoOf(day)},${numberToFixed(open, 6)},${numberToFixed(high, 6)},${numberToFixed(low, 6)},${price},${price},${volume}`
  }
  return textAnswer(200, text, 'text/csv')
}
