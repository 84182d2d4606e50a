import { makeArray, NumberIsNaN } from '../../language/intrinsics.ts'
import { aggregate, barRange, type Aggregate, type Unit } from '../bars.ts'
import { MARKET_CLOSE, newYorkDay, newYorkMidnight, newYorkTime } from '../days.ts'
import { pathIs } from '../request.ts'
import { findBars } from '../symbols.ts'
import { jsonAnswer, type ApiAnswer, type ApiHandler, type ApiMarket, type ApiRequest } from '../types.ts'
import { finnhubNews } from './news-formats.ts'

/** Finnhub's stock candles, quote and company news (https://finnhub.io/docs/api); times in seconds, none found as `{s: 'no_data'}`. */
export const finnhub: ApiHandler = (request, market) => {
  if (pathIs(request, ['api', 'v1', 'stock', 'candle'])) return candles(request, market)
  if (pathIs(request, ['api', 'v1', 'quote'])) return quote(request, market)
  if (pathIs(request, ['api', 'v1', 'company-news'])) return finnhubNews(request, market)
  market.note('api_path_refused', `Finnhub: ${request.path}`)
  return refuse(404, `Strikescan does not answer ${request.path}: it has stock/candle, quote and company-news`)
}

const refuse = (status: number, error: string): ApiAnswer => jsonAnswer(status, () => ({ error }))

function candles(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const resolution = request.query('resolution') ?? ''
  const unit: Unit | null = resolution === 'D' ? 'day' : resolution === 'W' ? 'week' : resolution === 'M' ? 'month' : null
  if (unit === null) {
    market.note('intraday_refused', `Finnhub: resolution ${resolution}`)
    return refuse(422, `Only daily data is in the store: resolution ${resolution} is not available, ask for D, W or M`)
  }
  const from = +(request.query('from') ?? 'none')
  const to = +(request.query('to') ?? 'none')
  if (NumberIsNaN(from) || NumberIsNaN(to)) return refuse(422, 'Wrong format of from or to: UNIX seconds are expected')
  const bars = findBars(market, request.query('symbol') ?? '')
  return jsonAnswer(200, () => {
    if (bars === null) return { s: 'no_data' }
    const first = newYorkDay(from * 1_000)
    const start = newYorkMidnight(first) < from * 1_000 ? first + 1 : first
    const list = aggregate(bars, barRange(bars, start, newYorkDay(to * 1_000)), unit, 1, 1)
    if (list.length === 0) return { s: 'no_data' }
    const column = (read: (bar: Aggregate) => number) => makeArray(list.length, (i) => read(list[i] as Aggregate))
    return {
      c: column((bar) => bar.close), h: column((bar) => bar.high), l: column((bar) => bar.low), o: column((bar) => bar.open), s: 'ok',
      t: column((bar) => newYorkMidnight(bar.day) / 1_000), v: column((bar) => bar.volume),
    }
  })
}

function quote(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const bars = findBars(market, request.query('symbol') ?? '')
  return jsonAnswer(200, () => {
    if (bars === null) return { c: 0, d: null, dp: null, h: 0, l: 0, o: 0, pc: 0, t: 0 }
    const i = bars.length - 1
    const c = bars.close[i] as number
    const pc = i > 0 ? (bars.close[i - 1] as number) : c
    const dp = pc === 0 ? 0 : (c / pc - 1) * 100
    return { c, d: c - pc, dp, h: bars.high[i], l: bars.low[i], o: bars.open[i], pc, t: newYorkTime(bars.day[i] as number, MARKET_CLOSE) / 1_000 }
  })
}
