import { listPush, makeArray, mapGet, MathFloor, MathRound, newList, NumberIsNaN, stringSlice } from '../../language/intrinsics.ts'
import { wholeNumber } from '../../language/text.ts'
import { aggregate, averageVolume, barRange, yearExtremes, type Unit } from '../bars.ts'
import { dateOf, dayFromIso, dayOf, isoOf, MARKET_CLOSE, MARKET_OPEN, newYorkDay, newYorkMidnight, newYorkTime } from '../days.ts'
import { parseQuery, pathIs } from '../request.ts'
import { findBars, symbolList } from '../symbols.ts'
import { textAnswer, type ApiAnswer, type ApiHandler, type ApiMarket, type ApiRequest, type GuestBars } from '../types.ts'
import { oneOrMany, tradierAnswer, tradierErrors } from './tradier-answer.ts'
import { optionQuote, tradierOptions } from './tradier-options.ts'

/**
 * Tradier's market data (https://documentation.tradier.com/brokerage-api). The answer is JSON also without
 * `Accept: application/json`, where Tradier would send XML: a script that parses JSON is the only kind there is here.
 * A list of one comes as the bare item and an empty one as null, as Tradier sends them.
 */
export const tradier: ApiHandler = (request, market) => {
  if (request.method === 'POST' && !pathIs(request, ['v1', 'markets', 'quotes'])) {
    return tradierErrors(request, 405, `${request.method} is not available for ${request.path}`)
  }
  if (pathIs(request, ['v1', 'markets', 'history'])) return history(request, market)
  if (pathIs(request, ['v1', 'markets', 'quotes'])) return quotes(request, market)
  if (pathIs(request, ['v1', 'markets', 'clock'])) return clock(request, market)
  if (pathIs(request, ['v1', 'markets', 'calendar'])) return calendar(request, market)
  const options = tradierOptions(request, market)
  if (options !== null) return options
  market.note('api_path_refused', `Tradier: ${request.path}`)
  if (pathIs(request, ['v1', 'markets', 'timesales'])) return tradierErrors(request, 400, 'Only daily data is in the store: use /v1/markets/history')
  return tradierErrors(request, 404, `Strikescan does not answer ${request.path}: it has history, quotes, clock, calendar, and the expirations, strikes and chains of options`)
}

const MINUTE = 60_000

function history(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const symbol = request.query('symbol')
  if (symbol === null || symbol === '') return textAnswer(400, 'Invalid parameter, symbol: cannot be null or empty.')
  const interval = request.query('interval') ?? 'daily'
  const unit: Unit | null = interval === 'daily' ? 'day' : interval === 'weekly' ? 'week' : interval === 'monthly' ? 'month' : null
  if (unit === null) return textAnswer(400, 'Invalid parameter, interval: must be daily, weekly, or monthly.')
  const start = dayParameter(request.query('start'), -Infinity)
  const end = dayParameter(request.query('end'), Infinity)
  if (NumberIsNaN(start)) return textAnswer(400, 'Invalid parameter, start: must be a date in the format YYYY-MM-DD.')
  if (NumberIsNaN(end)) return textAnswer(400, 'Invalid parameter, end: must be a date in the format YYYY-MM-DD.')
  const bars = findBars(market, symbol, start)
  return tradierAnswer(request, 200, () => {
    if (bars === null) return { history: null }
    const range = barRange(bars, start, end)
    const day = unit === 'day' ? dailyBars(bars, range.start, range.end) : windowBars(bars, range, unit)
    return day === null ? { history: null } : { history: { day } }
  })
}

function dayParameter(text: string | null, absent: number): number {
  if (text === null || text === '') return absent
  // A time after the date is allowed and changes nothing for daily bars.
  return dayFromIso(text.length > 10 ? stringSlice(text, 0, 10) : text)
}

function dailyBars(bars: GuestBars, start: number, end: number): unknown {
  return oneOrMany(end - start, (index) => {
    const i = start + index
    return {
      date: isoOf(bars.day[i] as number), open: bars.open[i], high: bars.high[i], low: bars.low[i], close: bars.close[i],
      volume: bars.volume[i],
    }
  })
}

function windowBars(bars: GuestBars, range: { start: number; end: number }, unit: Unit): unknown {
  const list = aggregate(bars, range, unit, 1, 1)
  return oneOrMany(list.length, (i) => {
    const { day, open, high, low, close, volume } = list[i] as (typeof list)[number]
    return { date: isoOf(day), open, high, low, close, volume }
  })
}

function quotes(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const fromBody = request.method === 'POST' ? mapGet(parseQuery(request.body), 'symbols') : undefined
  const symbols = symbolList(fromBody ?? request.query('symbols'))
  if (symbols.length === 0) return textAnswer(400, 'Invalid parameter, symbols: cannot be null or empty.')
  market.note('quotes_without_book', 'Tradier: quotes come from daily bars, so bid and ask are null')
  return tradierAnswer(request, 200, () => {
    const found = newList<unknown>()
    const missing = newList<string>()
    for (let i = 0; i < symbols.length; i++) {
      const symbol = symbols[i] as string
      const bars = findBars(market, symbol)
      const entry = bars === null ? optionQuote(market, symbol) : quoteOf(symbol, bars)
      if (entry === null) listPush(missing, symbol)
      else listPush(found, entry)
    }
    const quote = oneOrMany(found.length, (i) => found[i])
    const unmatched_symbols = { symbol: oneOrMany(missing.length, (i) => missing[i]) }
    if (quote === null) return { quotes: { unmatched_symbols } }
    return missing.length === 0 ? { quotes: { quote } } : { quotes: { quote, unmatched_symbols } }
  })
}

function quoteOf(symbol: string, bars: GuestBars): unknown {
  const i = bars.length - 1
  const close = bars.close[i] as number
  const before = i > 0 ? (bars.close[i - 1] as number) : close
  const { high, low } = yearExtremes(bars)
  return {
    symbol, description: symbol, exch: null, type: 'stock', last: close, change: round(close - before, 4), volume: bars.volume[i],
    open: bars.open[i], high: bars.high[i], low: bars.low[i], close, bid: null, ask: null,
    change_percentage: before === 0 ? 0 : round((close / before - 1) * 100, 2),
    average_volume: round(averageVolume(bars, 90), 0), last_volume: 0, trade_date: newYorkTime(bars.day[i] as number, MARKET_CLOSE),
    prevclose: before, week_52_high: high, week_52_low: low, bidsize: 0, bidexch: null, bid_date: 0, asksize: 0, askexch: null,
    ask_date: 0, root_symbols: symbol,
  }
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits
  return MathRound(value * scale) / scale
}

/** Minutes of the day at which the state changes, and the state from then on. */
const STATES = [[0, 'closed'], [240, 'premarket'], [MARKET_OPEN, 'open'], [MARKET_CLOSE, 'postmarket'], [1_200, 'closed']] as const

function clock(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const day = newYorkDay(request.now)
  const minute = (request.now - newYorkMidnight(day)) / MINUTE
  let index = 0
  for (let i = 0; i < STATES.length; i++) if (minute >= (STATES[i] as (typeof STATES)[number])[0]) index = i
  const isSession = market.isSession(day)
  const state = isSession ? (STATES[index] as (typeof STATES)[number])[1] : 'closed'
  const next = isSession && index + 1 < STATES.length ? (STATES[index + 1] as (typeof STATES)[number]) : STATES[1]
  const description = state === 'open' ? `Market is open from 09:30 to 16:00` : state === 'closed' ? 'Market is closed' : `Market is in ${state}`
  return tradierAnswer(request, 200, () => ({
    clock: { date: isoOf(day), description, state, timestamp: MathFloor(request.now / 1_000), next_change: timeOf(next[0]), next_state: next[1] },
  }))
}

const timeOf = (minute: number) => `${minute < 600 ? '0' : ''}${(minute / 60) | 0}:${minute % 60 < 10 ? '0' : ''}${minute % 60}`

function calendar(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const today = dateOf(newYorkDay(request.now))
  const month = request.query('month') === null ? today.month : wholeNumber(request.query('month') as string)
  const year = request.query('year') === null ? today.year : wholeNumber(request.query('year') as string)
  if (month < 1 || month > 12) return textAnswer(400, 'Invalid parameter, month: must be between 1 and 12.')
  if (year < 1900 || year > 2199) return textAnswer(400, 'Invalid parameter, year: must be a year of the exchange.')
  const first = dayOf(year, month, 1)
  const count = dayOf(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - first
  return tradierAnswer(request, 200, () => ({
    calendar: {
      month,
      year,
      days: {
        day: makeArray(count, (i) => {
          const date = isoOf(first + i)
          if (!market.isSession(first + i)) return { date, status: 'closed', description: 'Market is closed' }
          return {
            date, status: 'open', description: 'Market is open', premarket: { start: '07:00', end: '09:24' },
            open: { start: '09:30', end: '16:00' }, postmarket: { start: '16:00', end: '19:55' },
          }
        }),
      },
    },
  }))
}
