import { MAX_NEWS_PAGE, MAX_NEWS_TICKERS, type NewsPlace, type TickerRange } from '../../../../sdk/news.ts'
import { listPush, newList, stringIndexOf, stringSlice } from '../../language/intrinsics.ts'
import { wholeNumber } from '../../language/text.ts'
import { btoa } from '../../web/base64.ts'
import { requestId } from '../identifiers.ts'
import { newsOf, searchedBound, searchedTicker, searchedTickers, timeSpan } from '../news.ts'
import { jsonAnswer, type ApiAnswer, type ApiMarket, type ApiRequest } from '../types.ts'
import { readCursor } from './polygon-cursor.ts'
import { polygonError } from './polygon-error.ts'

const DEFAULT_LIMIT = 10
const PARAMETERS = [
  'ticker', 'ticker.any_of', 'ticker.gte', 'ticker.gt', 'ticker.lte', 'ticker.lt',
  'published_utc', 'published_utc.gte', 'published_utc.gt', 'published_utc.lte', 'published_utc.lt', 'order',
]

type Parameter = (name: string) => string | null

/** Polygon's news (https://polygon.io/docs/rest/stocks/news), newest first, up to the close of the scan's date. */
export function polygonNews(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const cursor = request.query('cursor')
  const given: Parameter = cursor === null ? (name) => request.query(name) : readCursor(cursor)
  const parameter: Parameter = (name) => (given(name) === '' ? null : given(name))
  const after = cursor === null ? null : placeOf(parameter('place'))
  if (cursor !== null && after === null) return polygonError(request, 400, `The parameter 'cursor' is not one that was given out`)
  const asked = parameter('limit')
  const limit = asked === null ? DEFAULT_LIMIT : wholeNumber(asked)
  if (limit < 1 || limit > MAX_NEWS_PAGE) return polygonError(request, 400, `The parameter 'limit' must be from 1 to ${MAX_NEWS_PAGE}`)
  const order = parameter('order')
  if (order !== null && order !== 'asc' && order !== 'desc') return polygonError(request, 400, `The parameter 'order' must be asc or desc, not '${stringSlice(order, 0, 40)}'`)
  const sort = parameter('sort')
  if (sort !== null && sort !== 'published_utc') return polygonError(request, 400, `The parameter 'sort' must be published_utc, not '${stringSlice(sort, 0, 40)}'`)
  const times = timesOf(parameter)
  if ('bad' in times) return polygonError(request, 400, `Could not parse the time parameter: '${times.bad}'. Use YYYY-MM-DD or an RFC 3339 timestamp`)
  const only = parameter('ticker')
  const tickers = only === null ? searchedTickers(parameter('ticker.any_of')) : [searchedTicker(only)]
  if (tickers !== null && tickers.length > MAX_NEWS_TICKERS) return polygonError(request, 400, `The parameter 'ticker.any_of' must name ${MAX_NEWS_TICKERS} tickers at most`)
  const found = newsOf(market, 'Polygon', { tickers, range: rangeOf(parameter), from: times.from, to: times.to, isDescending: order !== 'asc', limit, after })
  if (found.problem !== null) return polygonError(request, 400, found.problem)
  return jsonAnswer(200, () => {
    const answer = { results: found.articles(), status: 'OK', request_id: requestId(request.url), count: found.count }
    return found.next === null ? answer : { ...answer, next_url: `https://${request.host}/v2/reference/news?cursor=${btoa(cursorText(parameter, limit, found.next))}` }
  })
}

function rangeOf(parameter: Parameter): TickerRange | null {
  const gte = searchedBound(parameter('ticker.gte'))
  const gt = searchedBound(parameter('ticker.gt'))
  const lte = searchedBound(parameter('ticker.lte'))
  const lt = searchedBound(parameter('ticker.lt'))
  return gte === null && gt === null && lte === null && lt === null ? null : { gte, gt, lte, lt }
}

/** The narrowest span that the parameters of time leave; a date is a whole day by itself, and its midnight in UTC as a bound. */
function timesOf(parameter: Parameter): { from: number | null; to: number | null } | { bad: string } {
  const lower = newList<number>()
  const upper = newList<number>()
  for (let i = 0; i < SUFFIXES.length; i++) {
    const suffix = SUFFIXES[i] as string
    const text = parameter(`published_utc${suffix}`)
    if (text === null) continue
    const span = timeSpan(text)
    if (span === null) return { bad: `published_utc${suffix}` }
    if (suffix === '' || suffix === '.gte') listPush(lower, span.first)
    if (suffix === '.gt') listPush(lower, span.first + 1)
    if (suffix === '') listPush(upper, span.last)
    if (suffix === '.lte') listPush(upper, span.first)
    if (suffix === '.lt') listPush(upper, span.first - 1)
  }
  return { from: extreme(lower, true), to: extreme(upper, false) }
}

const SUFFIXES = ['', '.gte', '.gt', '.lte', '.lt']

function extreme(values: number[], isGreatest: boolean): number | null {
  let found: number | null = null
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (found === null || (isGreatest ? value > found : value < found)) found = value
  }
  return found
}

function cursorText(parameter: Parameter, limit: number, { published, tie }: NewsPlace): string {
  let text = `limit=${limit}&place=${published}.${tie}`
  for (let i = 0; i < PARAMETERS.length; i++) {
    const value = parameter(PARAMETERS[i] as string)
    if (value !== null) text += `&${PARAMETERS[i]}=${value}`
  }
  return text
}

function placeOf(text: string | null): NewsPlace | null {
  const dot = text === null ? -1 : stringIndexOf(text, '.')
  if (text === null || dot === -1) return null
  const published = wholeNumber(stringSlice(text, 0, dot))
  const tie = wholeNumber(stringSlice(text, dot + 1))
  return published < 0 || tie < 0 ? null : { published, tie }
}
