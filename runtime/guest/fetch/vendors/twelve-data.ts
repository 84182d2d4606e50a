import { makeObjects, NumberIsNaN, numberToFixed, stringSlice } from '../../language/intrinsics.ts'
import { defineVisible } from '../../language/properties.ts'
import { wholeNumber } from '../../language/text.ts'
import { aggregate, barRange, type Aggregate, type Unit } from '../bars.ts'
import { dayFromIso, isoOf } from '../days.ts'
import { pathIs } from '../request.ts'
import { findBars, symbolList } from '../symbols.ts'
import { jsonAnswer, type ApiAnswer, type ApiHandler, type ApiMarket, type ApiRequest } from '../types.ts'

const DEFAULT_SIZE = 30
const HIGHEST_SIZE = 5_000

/** Twelve Data's time series (https://twelvedata.com/docs): newest first, numbers as text, errors with status 200 and a `code`. */
export const twelveData: ApiHandler = (request, market) => {
  if (!pathIs(request, ['time_series'])) {
    market.note('api_path_refused', `Twelve Data: ${request.path}`)
    return refuse(404, `Strikescan does not answer ${request.path}: it has time_series`)
  }
  const symbols = symbolList(request.query('symbol'))
  if (symbols.length === 0) return refuse(400, '**symbol** parameter is missing or invalid')
  const interval = request.query('interval') ?? ''
  const unit: Unit | null = interval === '1day' ? 'day' : interval === '1week' ? 'week' : interval === '1month' ? 'month' : null
  if (unit === null) {
    market.note('intraday_refused', `Twelve Data: interval ${interval}`)
    return refuse(400, `Only daily data is in the store: interval ${interval} is not available, ask for 1day, 1week or 1month`)
  }
  const from = dayParameter(request.query('start_date'), -Infinity)
  const to = dayParameter(request.query('end_date'), Infinity)
  if (NumberIsNaN(from) || NumberIsNaN(to)) return refuse(400, '**start_date** and **end_date** must be dates such as 2006-01-02')
  const sizeText = request.query('outputsize')
  const size = sizeText === null ? (from === -Infinity ? DEFAULT_SIZE : HIGHEST_SIZE) : wholeNumber(sizeText)
  if (size < 1 || size > HIGHEST_SIZE) return refuse(400, `**outputsize** must be from 1 to ${HIGHEST_SIZE}`)
  const asked = { unit, interval, from, to, size, isAscending: request.query('order') === 'asc' || request.query('order') === 'ASC' }
  return jsonAnswer(200, () => {
    if (symbols.length === 1) return series(symbols[0] as string, market, asked)
    const body = {}
    for (let i = 0; i < symbols.length; i++) defineVisible(body, symbols[i] as string, series(symbols[i] as string, market, asked))
    return body
  })
}

const errorBody = (code: number, message: string) => ({ code, message, status: 'error' })
const refuse = (code: number, message: string): ApiAnswer => jsonAnswer(200, () => errorBody(code, message))

function dayParameter(text: ReturnType<ApiRequest['query']>, absent: number): number {
  if (text === null || text === '') return absent
  return dayFromIso(text.length > 10 ? stringSlice(text, 0, 10) : text)
}

interface Asked {
  readonly unit: Unit
  readonly interval: string
  readonly from: number
  readonly to: number
  readonly size: number
  readonly isAscending: boolean
}

function series(symbol: string, market: ApiMarket, asked: Asked): unknown {
  const bars = findBars(market, symbol)
  if (bars === null) return errorBody(404, `**symbol** not found: ${symbol}. Please specify it correctly according to API Documentation.`)
  const list = aggregate(bars, barRange(bars, asked.from, asked.to), asked.unit, 1, 1)
  if (list.length === 0) return errorBody(400, 'No data is available on the specified dates. Try setting different start/end dates.')
  const count = list.length > asked.size ? asked.size : list.length
  const first = list.length - count
  const price = (value: number) => numberToFixed(value, 5)
  return {
    meta: { symbol, interval: asked.interval, currency: 'USD', exchange_timezone: 'America/New_York', exchange: '', mic_code: '', type: 'Common Stock' },
    values: makeObjects(count, (i) => {
      const bar = list[asked.isAscending ? first + i : list.length - 1 - i] as Aggregate
      return {
        datetime: isoOf(bar.day), open: price(bar.open), high: price(bar.high), low: price(bar.low), close: price(bar.close),
        volume: `${bar.volume}`,
      }
    }),
    status: 'ok',
  }
}
