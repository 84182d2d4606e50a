import { makeObjects, MathMin, newList, listPush, NumberIsNaN, stringIncludes, stringStartsWith } from '../../language/intrinsics.ts'
import { wholeNumber } from '../../language/text.ts'
import { btoa } from '../../web/base64.ts'
import { aggregate, barAt, barRange, endOfWindow, lowerBound, startOfWindow, type Unit } from '../bars.ts'
import { dayFromDateOrMs, dayFromIso, isoOf, MARKET_CLOSE, newYorkMidnight, newYorkTime } from '../days.ts'
import { requestId } from '../identifiers.ts'
import { noteMissingFields } from '../missing-fields.ts'
import { pathIs } from '../request.ts'
import { findBars } from '../symbols.ts'
import { noteUnadjusted } from '../unadjusted.ts'
import { jsonAnswer, type ApiAnswer, type ApiHandler, type ApiMarket, type ApiRequest, type GuestBars } from '../types.ts'
import { readCursor } from './polygon-cursor.ts'
import { polygonError } from './polygon-error.ts'
import { polygonReference } from './polygon-reference.ts'
import { polygonSnapshot, polygonUniversalSnapshot } from './polygon-snapshot.ts'

const COMPANY_FIELDS = ' market_cap share_class_shares_outstanding weighted_shares_outstanding sic_code sic_description total_employees '

/**
 * Polygon, now Massive (https://polygon.io/docs/rest/stocks). Prices are as traded, so `adjusted` in the answer is
 * false whatever was asked. Volume-weighted prices and trade counts (`vw`, `n`) are left out: daily bars hold neither.
 */
export const polygon: ApiHandler = (request, market) => {
  if (request.query('adjusted') === 'true') {
    market.note('adjusted_ignored', 'Polygon: adjusted=true was asked for; prices are as traded')
  }
  if (stringStartsWith(request.path, '/v2/aggs/')) noteMissingFields(market, 'Polygon: aggregates', ' vw n ')
  else if (stringStartsWith(request.path, '/v2/snapshot/')) noteMissingFields(market, 'Polygon: snapshots', ' vw n lastQuote ')
  else if (pathIs(request, ['v3', 'reference', 'tickers', '*'])) noteMissingFields(market, 'Polygon: ticker details', COMPANY_FIELDS)
  if (pathIs(request, ['v2', 'aggs', 'ticker', '*', 'range', '*', '*', '*', '*'])) return aggregates(request, market)
  if (pathIs(request, ['v2', 'aggs', 'grouped', 'locale', 'us', 'market', 'stocks', '*'])) return grouped(request, market)
  if (pathIs(request, ['v2', 'aggs', 'ticker', '*', 'prev'])) return previous(request, market)
  if (pathIs(request, ['v1', 'open-close', '*', '*'])) return openClose(request, market)
  if (stringStartsWith(request.path, '/v2/snapshot/locale/us/markets/stocks/')) return polygonSnapshot(request, market)
  if (pathIs(request, ['v3', 'snapshot'])) return polygonUniversalSnapshot(request, market)
  return polygonReference(request, market)
}

const DEFAULT_LIMIT = 5_000
const HIGHEST_LIMIT = 50_000

function unitOf(timespan: string): Unit | null {
  return timespan === 'day' || timespan === 'week' || timespan === 'month' || timespan === 'quarter' || timespan === 'year' ? timespan : null
}

function aggregates(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const { segments } = request
  const ticker = segments[3] as string
  const multiplier = wholeNumber(segments[5] as string)
  const timespan = segments[6] as string
  const unit = unitOf(timespan)
  if (timespan === 'minute' || timespan === 'hour' || timespan === 'second') {
    market.note('intraday_refused', `Polygon: ${timespan} bars of ${ticker}`)
    return polygonError(request, 400, `Only daily data is in the store: '${timespan}' is not available, ask for day, week, month, quarter or year`)
  }
  if (unit === null) return polygonError(request, 400, `Could not parse the 'timespan' parameter: '${timespan}'`)
  if (multiplier < 1) return polygonError(request, 400, `The parameter 'multiplier' must be a whole number above 0, not '${segments[5]}'`)
  const fromDay = dayFromDateOrMs(segments[7] as string)
  const toDay = dayFromDateOrMs(segments[8] as string)
  if (NumberIsNaN(fromDay)) return polygonError(request, 400, `Could not parse the time parameter: 'from'. Use YYYY-MM-DD or Unix MS Timestamps`)
  if (NumberIsNaN(toDay)) return polygonError(request, 400, `Could not parse the time parameter: 'to'. Use YYYY-MM-DD or Unix MS Timestamps`)
  if (toDay < fromDay) return polygonError(request, 400, `The parameter 'to' cannot be a time that occurs before 'from'`)

  const cursor = readCursor(request.query('cursor'))
  const asked = request.query('limit') ?? cursor('limit')
  const limit = asked === null || asked === '' ? DEFAULT_LIMIT : wholeNumber(asked)
  if (limit < 0 || limit > HIGHEST_LIMIT) return polygonError(request, 400, `The parameter 'limit' must be from 1 to ${HIGHEST_LIMIT}`)
  const isDescending = (request.query('sort') ?? cursor('sort')) === 'desc'
  const bars = findBars(market, ticker, startOfWindow(unit, fromDay, 0))
  if (bars === null) return jsonAnswer(200, () => emptyAggregates(request, ticker))
  if (request.query('adjusted') !== 'false') noteUnadjusted(market, 'Polygon: aggregates are adjusted', ticker, bars, barRange(bars, startOfWindow(unit, fromDay, 0), endOfWindow(unit, toDay, 0)))
  const page = pageOf(bars, unit, fromDay, toDay, limit === 0 ? DEFAULT_LIMIT : limit, isDescending)
  return jsonAnswer(200, () => aggregatesBody(request, bars, page, { ticker, unit, multiplier, isDescending }))
}

interface Page {
  readonly start: number
  readonly end: number
  /** Path parts `from/to` of the next page, null on the last one. */
  readonly next: string | null
  readonly limit: number
}

/** `limit` counts base bars, as Polygon's does; a page of longer windows ends where a window ends. */
function pageOf(bars: GuestBars, unit: Unit, fromDay: number, toDay: number, limit: number, isDescending: boolean): Page {
  const first = startOfWindow(unit, fromDay, 0)
  const last = endOfWindow(unit, toDay, 0)
  const { start, end } = barRange(bars, first, last)
  if (end - start <= limit) return { start, end, next: null, limit }
  if (isDescending) {
    const edge = barRange(bars, startOfWindow(unit, bars.day[end - limit] as number, 0), last).start
    const next = edge > start ? `${newYorkMidnight(fromDay)}/${newYorkMidnight(bars.day[edge - 1] as number)}` : null
    return { start: edge, end, next, limit }
  }
  const edge = barRange(bars, first, endOfWindow(unit, bars.day[start + limit - 1] as number, 0)).end
  const next = edge < end ? `${newYorkMidnight(bars.day[edge] as number)}/${newYorkMidnight(toDay)}` : null
  return { start, end: edge, next, limit }
}

interface Asked {
  readonly ticker: string
  readonly unit: Unit
  readonly multiplier: number
  readonly isDescending: boolean
}

function aggregatesBody(request: ApiRequest, bars: GuestBars, page: Page, asked: Asked): unknown {
  const { start, end } = page
  if (start >= end) return emptyAggregates(request, asked.ticker)
  const results = asked.unit === 'day' && asked.multiplier === 1
    ? dailyResults(bars, start, end, asked.isDescending)
    : windowResults(bars, page, asked)
  const { ticker } = asked
  const count = results.length
  const request_id = requestId(request.url)
  const body = { ticker, queryCount: end - start, resultsCount: count, adjusted: false, results, status: 'OK', request_id, count }
  if (page.next === null) return body
  const { segments, host } = request
  const cursor = btoa(`limit=${page.limit}&sort=${asked.isDescending ? 'desc' : 'asc'}`)
  const next_url = `https://${host}/v2/aggs/ticker/${segments[3]}/range/${segments[5]}/${segments[6]}/${page.next}?cursor=${cursor}`
  return { ticker, queryCount: end - start, resultsCount: count, adjusted: false, results, status: 'OK', request_id, count, next_url }
}

const dailyResult = (v: number | null, o: unknown, c: unknown, h: unknown, l: unknown, t: number | null) => ({ v, o, c, h, l, t })
// Once a field held something else than a number, the engine keeps a number there by reference, not in a cell of the object's own:
// bars of a day then share its instant, and volumes need no cell at all. Prices differ, and are quicker in cells.
dailyResult(null, 0.5, 0.5, 0.5, 0.5, null)

function dailyResults(bars: GuestBars, start: number, end: number, isDescending: boolean): unknown[] {
  const { day, open, high, low, close, volume } = bars
  return makeObjects(end - start, (index) => {
    const i = isDescending ? end - 1 - index : start + index
    return dailyResult(volume[i] as number, open[i], close[i], high[i], low[i], newYorkMidnight(day[i] as number))
  })
}

function windowResults(bars: GuestBars, page: Page, { unit, multiplier, isDescending }: Asked): unknown[] {
  const list = aggregate(bars, page, unit, multiplier, 0)
  return makeObjects(list.length, (index) => {
    const item = list[isDescending ? list.length - 1 - index : index] as (typeof list)[number]
    return { v: item.volume, o: item.open, c: item.close, h: item.high, l: item.low, t: newYorkMidnight(item.day) }
  })
}

function emptyAggregates(request: ApiRequest, ticker: string): unknown {
  return { ticker, queryCount: 0, resultsCount: 0, adjusted: false, status: 'OK', request_id: requestId(request.url), count: 0 }
}

function grouped(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const day = dayFromIso(request.segments[7] as string)
  if (NumberIsNaN(day)) return polygonError(request, 400, `Could not parse the 'date' parameter: use YYYY-MM-DD`)
  return jsonAnswer(200, () => {
    const request_id = requestId(request.url)
    const symbols = day > market.asOfDay ? newList<string>() : market.symbols()
    const found = newList<unknown>()
    const t = newYorkTime(day, MARKET_CLOSE)
    for (let s = 0; s < symbols.length; s++) {
      const bars = market.bars(symbols[s] as string, day)
      const i = bars === null ? -1 : barAt(bars, day)
      if (bars === null || i === -1) continue
      listPush(found, { T: symbols[s], v: bars.volume[i], o: bars.open[i], c: bars.close[i], h: bars.high[i], l: bars.low[i], t })
    }
    const count = found.length
    if (count === 0) return { queryCount: 0, resultsCount: 0, adjusted: false, status: 'OK', request_id, count }
    const results = makeObjects(count, (i) => found[i])
    return { queryCount: count, resultsCount: count, adjusted: false, results, status: 'OK', request_id, count }
  })
}

/** The last bar before the as-of day, as `prevDay` of a snapshot: a scan as of a day runs after its close, which is not yet the previous one. */
function previous(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const ticker = request.segments[3] as string
  const bars = findBars(market, ticker)
  return jsonAnswer(200, () => {
    const i = bars === null ? -1 : lowerBound(bars, market.asOfDay) - 1
    if (bars === null || i === -1) return emptyAggregates(request, ticker)
    const result = {
      T: ticker, v: bars.volume[i], o: bars.open[i], c: bars.close[i], h: bars.high[i], l: bars.low[i],
      t: newYorkTime(bars.day[i] as number, MARKET_CLOSE),
    }
    return { ticker, queryCount: 1, resultsCount: 1, adjusted: false, results: [result], status: 'OK', request_id: requestId(request.url), count: 1 }
  })
}

function openClose(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const symbol = request.segments[2] as string
  const date = request.segments[3] as string
  const day = dayFromIso(date)
  if (NumberIsNaN(day) || !stringIncludes(date, '-')) return polygonError(request, 400, `Could not parse the 'date' parameter: use YYYY-MM-DD`)
  const bars = findBars(market, symbol)
  const i = bars === null ? -1 : barAt(bars, MathMin(day, market.asOfDay + 1))
  if (bars === null || i === -1 || day > market.asOfDay) return polygonError(request, 404, 'Data not found.')
  return jsonAnswer(200, () => ({
    status: 'OK', from: isoOf(day), symbol, open: bars.open[i], high: bars.high[i], low: bars.low[i], close: bars.close[i],
    volume: bars.volume[i],
  }))
}
