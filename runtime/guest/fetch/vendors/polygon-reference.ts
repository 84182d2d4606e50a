import { listPush, makeArray, newList, stringStartsWith, stringToUpperCase } from '../../language/intrinsics.ts'
import { wholeNumber } from '../../language/text.ts'
import { atob, btoa } from '../../web/base64.ts'
import { isoOf, MARKET_CLOSE, MARKET_OPEN, newYorkDay, newYorkMidnight } from '../days.ts'
import { requestId } from '../identifiers.ts'
import { pathIs } from '../request.ts'
import { findBars } from '../symbols.ts'
import { jsonAnswer, type ApiAnswer, type ApiMarket, type ApiRequest } from '../types.ts'
import { polygonError } from './polygon-error.ts'
import { polygonNews } from './polygon-news.ts'
import { polygonOptions } from './polygon-options.ts'

const DEFAULT_LIMIT = 100
const HIGHEST_LIMIT = 1_000

/** The list of tickers, one ticker's details, and the state of the market. Names and types of securities are not in the store. */
export function polygonReference(request: ApiRequest, market: ApiMarket): ApiAnswer {
  if (pathIs(request, ['v3', 'reference', 'tickers'])) return tickers(request, market)
  if (pathIs(request, ['v3', 'reference', 'tickers', '*'])) return details(request, market)
  if (pathIs(request, ['v1', 'marketstatus', 'now'])) return marketStatus(request, market)
  if (pathIs(request, ['v2', 'reference', 'news'])) return polygonNews(request, market)
  const options = polygonOptions(request, market)
  if (options !== null) return options
  market.note('api_path_refused', `Polygon: ${request.path}`)
  const advice = stringStartsWith(request.path, '/v1/indicators/') ? "indicators come from the bars, as with ta of 'strikescan'; " : ''
  return polygonError(request, 404, `Strikescan does not answer ${request.path}: ${advice}it has aggregates, grouped daily, previous close, open-close, snapshots of stocks, news, tickers, the market's status, and snapshots and contracts of options`)
}

function tickers(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const cursorText = request.query('cursor')
  const asked = request.query('limit')
  let limit = asked === null || asked === '' ? DEFAULT_LIMIT : wholeNumber(asked)
  let after: string | null = null
  let isDescending = request.query('order') === 'desc'
  let search = request.query('search')
  if (cursorText !== null) {
    const cursor = readCursor(cursorText)
    if (cursor === null) return polygonError(request, 400, `The parameter 'cursor' is not one that was given out`)
    limit = cursor.limit
    after = cursor.after
    isDescending = cursor.isDescending
    search = cursor.search === '' ? null : cursor.search
  }
  if (limit < 1 || limit > HIGHEST_LIMIT) return polygonError(request, 400, `The parameter 'limit' must be from 1 to ${HIGHEST_LIMIT}`)
  return jsonAnswer(200, () => {
    const names = matching(request, market, search, isDescending, after)
    const count = names.length > limit ? limit : names.length
    const results = makeArray(count, (i) => tickerBody(names[i] as string, market))
    const request_id = requestId(request.url)
    if (names.length <= limit) return { results, status: 'OK', request_id, count }
    const cursor = btoa(`${limit}|${isDescending ? 'd' : 'a'}|${names[limit - 1]}|${search ?? ''}`)
    return { results, status: 'OK', request_id, count, next_url: `https://${request.host}/v3/reference/tickers?cursor=${cursor}` }
  })
}

function readCursor(text: string): { limit: number; isDescending: boolean; after: string; search: string } | null {
  try {
    const plain = atob(text)
    const parts = newList<string>()
    let piece = ''
    for (let i = 0; i <= plain.length; i++) {
      if (i < plain.length && plain[i] !== '|') piece += plain[i]
      else {
        listPush(parts, piece)
        piece = ''
      }
    }
    if (parts.length !== 4) return null
    return { limit: wholeNumber(parts[0] as string), isDescending: parts[1] === 'd', after: parts[2] as string, search: parts[3] as string }
  } catch {
    return null
  }
}

function matching(request: ApiRequest, market: ApiMarket, search: string | null, isDescending: boolean, after: string | null): string[] {
  const found = newList<string>()
  const kind = request.query('market')
  if ((kind !== null && kind !== 'stocks') || request.query('active') === 'false') return found
  const names = market.symbols()
  const exact = request.query('ticker')
  const prefix = search === null ? null : stringToUpperCase(search)
  const atLeast = request.query('ticker.gte')
  const above = request.query('ticker.gt')
  const atMost = request.query('ticker.lte')
  const below = request.query('ticker.lt')
  for (let i = 0; i < names.length; i++) {
    const name = names[isDescending ? names.length - 1 - i : i] as string
    if (exact !== null && exact !== '' && name !== exact) continue
    if (prefix !== null && !stringStartsWith(name, prefix)) continue
    if ((atLeast !== null && name < atLeast) || (above !== null && name <= above)) continue
    if ((atMost !== null && name > atMost) || (below !== null && name >= below)) continue
    if (after !== null && (isDescending ? name >= after : name <= after)) continue
    listPush(found, name)
  }
  return found
}

function tickerBody(ticker: string, market: ApiMarket): Record<string, unknown> {
  return {
    ticker, name: ticker, market: 'stocks', locale: 'us', type: 'CS', active: true, currency_name: 'usd',
    last_updated_utc: `${isoOf(market.asOfDay)}T00:00:00Z`,
  }
}

function details(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const ticker = request.segments[3] as string
  const bars = findBars(market, ticker)
  if (bars === null) return polygonError(request, 404, 'Ticker not found.')
  return jsonAnswer(200, () => ({
    results: {
      ticker, name: ticker, market: 'stocks', locale: 'us', type: 'CS', active: true, currency_name: 'usd', ticker_root: ticker,
      list_date: isoOf(bars.day[0] as number),
    },
    status: 'OK',
    request_id: requestId(request.url),
  }))
}

function marketStatus(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const day = newYorkDay(request.now)
  const minute = (request.now - newYorkMidnight(day)) / 60_000
  const isSession = market.isSession(day)
  const isOpen = isSession && minute >= MARKET_OPEN && minute < MARKET_CLOSE
  const earlyHours = isSession && minute >= 240 && minute < MARKET_OPEN
  const afterHours = isSession && minute >= MARKET_CLOSE && minute < 1_200
  const state = isOpen ? 'open' : earlyHours || afterHours ? 'extended-hours' : 'closed'
  return jsonAnswer(200, () => ({
    market: state, earlyHours, afterHours, serverTime: serverTime(request.now),
    exchanges: { nyse: state, nasdaq: state, otc: state },
  }))
}

function serverTime(now: number): string {
  const day = newYorkDay(now)
  const seconds = ((now - newYorkMidnight(day)) / 1_000) | 0
  const two = (value: number) => (value < 10 ? `0${value}` : `${value}`)
  const offset = (newYorkMidnight(day) - day * 86_400_000) / 3_600_000
  return `${isoOf(day)}T${two((seconds / 3_600) | 0)}:${two(((seconds / 60) | 0) % 60)}:${two(seconds % 60)}-0${offset}:00`
}
