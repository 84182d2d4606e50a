import { DateParse, listPush, makeObjects, newList, NumberIsNaN, stringIndexOf, stringSlice, stringStartsWith } from '../../language/intrinsics.ts'
import { defineVisible } from '../../language/properties.ts'
import { wholeNumber } from '../../language/text.ts'
import { atob, btoa } from '../../web/base64.ts'
import { aggregate, barRange, type Aggregate, type Unit } from '../bars.ts'
import { dayFromIso, isoOf, newYorkDay, newYorkMidnight, newYorkOffset } from '../days.ts'
import { noteMissingFields } from '../missing-fields.ts'
import { pathIs } from '../request.ts'
import { findBars, symbolList } from '../symbols.ts'
import { jsonAnswer, type ApiAnswer, type ApiHandler, type ApiMarket, type ApiRequest, type GuestBars } from '../types.ts'
import { alpacaOptions } from './alpaca-options.ts'
import { alpacaNews } from './news-formats.ts'

/** Alpaca's stock bars (https://docs.alpaca.markets/reference/stockbars), options and news. `n` and `vw` are left out: daily bars hold neither. */
export const alpaca: ApiHandler = (request, market) => {
  const adjustment = request.query('adjustment')
  if (adjustment !== null && adjustment !== '' && adjustment !== 'raw') {
    market.note('adjusted_ignored', `Alpaca: adjustment=${adjustment} was asked for; prices are as traded`)
  }
  if (stringStartsWith(request.path, '/v2/stocks/')) noteMissingFields(market, 'Alpaca: bars and snapshots', ' vw n latestQuote minuteBar ')
  if (pathIs(request, ['v2', 'stocks', 'bars'])) return manyBars(request, market)
  if (pathIs(request, ['v2', 'stocks', 'bars', 'latest'])) return latest(request, market)
  if (pathIs(request, ['v2', 'stocks', 'snapshots'])) return snapshots(request, market)
  if (pathIs(request, ['v2', 'stocks', '*', 'bars'])) return oneSymbol(request, market)
  if (pathIs(request, ['v2', 'stocks', '*', 'bars', 'latest'])) return ofOne(request, market, 'bar', (bars) => ({ bar: bodyAt(bars, bars.length - 1) }))
  if (pathIs(request, ['v2', 'stocks', '*', 'snapshot'])) return ofOne(request, market, 'snapshot', snapshotBody)
  if (pathIs(request, ['v1beta1', 'news'])) return alpacaNews(request, market)
  const options = alpacaOptions(request, market)
  if (options !== null) return options
  market.note('api_path_refused', `Alpaca: ${request.path}`)
  return refuse(404, `Strikescan does not answer ${request.path}: it has bars, latest bars and snapshots of stocks, snapshots of options, and news`)
}

const refuse = (status: number, message: string) => jsonAnswer(status, () => ({ message }))
const DEFAULT_LIMIT = 1_000
const HIGHEST_LIMIT = 10_000

interface Asked {
  readonly unit: Unit
  readonly multiplier: number
  readonly fromDay: number
  readonly toDay: number
  readonly limit: number
  readonly isDescending: boolean
  /** Where the page starts: after this symbol's bar of this day. */
  readonly after: { readonly symbol: string; readonly day: number } | null
}

function timeframe(text: string): { unit: Unit; multiplier: number } | null {
  let digits = 0
  while (digits < text.length && wholeNumber(text[digits] as string) >= 0) digits++
  const multiplier = digits === 0 ? 1 : wholeNumber(stringSlice(text, 0, digits))
  const name = stringSlice(text, digits)
  if (multiplier < 1) return null
  if (name === 'Day' || name === 'D') return { unit: 'day', multiplier }
  if (name === 'Week' || name === 'W') return { unit: 'week', multiplier }
  return name === 'Month' || name === 'M' ? { unit: 'month', multiplier } : null
}

/** First day whose bar, stamped with midnight in New York, lies at or after an instant or date; NaN where it is neither. */
function dayAtOrAfter(text: string): number {
  const date = dayFromIso(text)
  if (!NumberIsNaN(date)) return date
  const instant = stringIndexOf(text, 'T') > 0 ? DateParse(text) : NaN
  if (NumberIsNaN(instant)) return NaN
  const day = newYorkDay(instant)
  return newYorkMidnight(day) < instant ? day + 1 : day
}

function dayAtOrBefore(text: string): number {
  const date = dayFromIso(text)
  if (!NumberIsNaN(date)) return date
  const instant = stringIndexOf(text, 'T') > 0 ? DateParse(text) : NaN
  return NumberIsNaN(instant) ? NaN : newYorkDay(instant)
}

function readAsked(request: ApiRequest, market: ApiMarket): Asked | ApiAnswer {
  const frameText = request.query('timeframe')
  const frame = timeframe(frameText ?? '')
  if (frame === null) {
    market.note('intraday_refused', `Alpaca: timeframe ${frameText ?? '(none)'}`)
    return refuse(400, `Only daily data is in the store: timeframe ${frameText ?? '(missing)'} is not available, ask for 1Day, 1Week or 1Month`)
  }
  const start = request.query('start')
  const end = request.query('end')
  // Alpaca's default is the start of the current day.
  const fromDay = start === null || start === '' ? market.asOfDay : dayAtOrAfter(start)
  const toDay = end === null || end === '' ? market.asOfDay : dayAtOrBefore(end)
  if (NumberIsNaN(fromDay)) return refuse(400, `Invalid format for parameter start: error parsing '${start}' as RFC3339 or 2006-01-02 time`)
  if (NumberIsNaN(toDay)) return refuse(400, `Invalid format for parameter end: error parsing '${end}' as RFC3339 or 2006-01-02 time`)
  const limitText = request.query('limit')
  const limit = limitText === null || limitText === '' ? DEFAULT_LIMIT : wholeNumber(limitText)
  if (limit < 1 || limit > HIGHEST_LIMIT) return refuse(400, `invalid limit: must be from 1 to ${HIGHEST_LIMIT}`)
  const token = request.query('page_token')
  const after = token === null || token === '' ? null : readToken(token)
  if (after === undefined) return refuse(400, 'invalid page_token')
  const { unit, multiplier } = frame
  return { unit, multiplier, fromDay, toDay, limit, isDescending: request.query('sort') === 'desc', after }
}

/** Tokens are base64 of `SYMBOL|D|time`, as Alpaca's are. */
function readToken(token: string): { symbol: string; day: number } | undefined {
  try {
    const plain = atob(token)
    const bar = stringIndexOf(plain, '|D|')
    const day = dayFromIso(stringSlice(plain, bar + 3, bar + 13))
    return bar < 1 || NumberIsNaN(day) ? undefined : { symbol: stringSlice(plain, 0, bar), day }
  } catch {
    return undefined
  }
}

const makeToken = (symbol: string, day: number) => btoa(`${symbol}|D|${barTime(day)}`)
const barTime = (day: number) => `${isoOf(day)}T0${newYorkOffset(day, 0)}:00:00Z`

function barsOf(bars: GuestBars, asked: Asked, symbol: string): Aggregate[] {
  const all = aggregate(bars, barRange(bars, asked.fromDay, asked.toDay), asked.unit, asked.multiplier, 1)
  const kept = newList<Aggregate>()
  const isFirst = asked.after !== null && asked.after.symbol === symbol
  for (let i = 0; i < all.length; i++) {
    const bar = all[asked.isDescending ? all.length - 1 - i : i] as Aggregate
    if (isFirst && asked.after !== null && (asked.isDescending ? bar.day >= asked.after.day : bar.day <= asked.after.day)) continue
    listPush(kept, bar)
  }
  return kept
}

function barBody({ day, open, high, low, close, volume }: Aggregate): unknown {
  return { t: barTime(day), o: open, h: high, l: low, c: close, v: volume }
}

function oneSymbol(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const asked = readAsked(request, market)
  if ('status' in asked) return asked
  const symbol = request.segments[2] as string
  const bars = findBars(market, symbol)
  return jsonAnswer(200, () => {
    const list = bars === null ? newList<Aggregate>() : barsOf(bars, asked, symbol)
    if (list.length === 0) return { bars: null, symbol, next_page_token: null }
    const count = list.length > asked.limit ? asked.limit : list.length
    const next_page_token = list.length > count ? makeToken(symbol, (list[count - 1] as Aggregate).day) : null
    return { bars: makeObjects(count, (i) => barBody(list[i] as Aggregate)), symbol, next_page_token }
  })
}

function manyBars(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const symbols = symbolList(request.query('symbols'))
  if (symbols.length === 0) return refuse(400, 'symbols is required')
  const asked = readAsked(request, market)
  if ('status' in asked) return asked
  return jsonAnswer(200, () => {
    const body = {}
    let room = asked.limit
    let next_page_token: string | null = null
    let isReached = asked.after === null
    let last: { symbol: string; day: number } | null = null
    for (let s = 0; s < symbols.length; s++) {
      const symbol = symbols[s] as string
      isReached ||= asked.after !== null && asked.after.symbol === symbol
      if (!isReached) continue
      const bars = findBars(market, symbol)
      const list = bars === null ? newList<Aggregate>() : barsOf(bars, asked, symbol)
      if (list.length === 0) continue
      if (room === 0) {
        next_page_token = last === null ? null : makeToken(last.symbol, last.day)
        break
      }
      const count = list.length > room ? room : list.length
      defineVisible(body, symbol, makeObjects(count, (i) => barBody(list[i] as Aggregate)))
      room -= count
      last = { symbol, day: (list[count - 1] as Aggregate).day }
      if (count < list.length) {
        next_page_token = makeToken(last.symbol, last.day)
        break
      }
    }
    return { bars: body, next_page_token }
  })
}

function bodyAt(bars: GuestBars, i: number): unknown {
  if (i < 0) return null
  return {
    t: barTime(bars.day[i] as number), o: bars.open[i], h: bars.high[i], l: bars.low[i], c: bars.close[i], v: bars.volume[i],
  }
}

function latest(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const symbols = symbolList(request.query('symbols'))
  return jsonAnswer(200, () => {
    const body = {}
    for (let s = 0; s < symbols.length; s++) {
      const bars = findBars(market, symbols[s] as string)
      if (bars !== null) defineVisible(body, symbols[s] as string, bodyAt(bars, bars.length - 1))
    }
    return { bars: body }
  })
}

function snapshots(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const symbols = symbolList(request.query('symbols'))
  return jsonAnswer(200, () => {
    const body = {}
    for (let s = 0; s < symbols.length; s++) {
      const bars = findBars(market, symbols[s] as string)
      if (bars === null) continue
      defineVisible(body, symbols[s] as string, snapshotBody(bars))
    }
    return body
  })
}

const snapshotBody = (bars: GuestBars): object => ({ dailyBar: bodyAt(bars, bars.length - 1), prevDailyBar: bodyAt(bars, bars.length - 2) })

/** What an address with one symbol in its path answers: the symbol stands beside it. */
function ofOne(request: ApiRequest, market: ApiMarket, what: string, bodyOf: (bars: GuestBars) => object): ApiAnswer {
  const symbol = request.segments[2] as string
  const bars = findBars(market, symbol)
  return bars === null ? refuse(404, `no ${what} found for ${symbol}`) : jsonAnswer(200, () => ({ symbol, ...bodyOf(bars) }))
}
