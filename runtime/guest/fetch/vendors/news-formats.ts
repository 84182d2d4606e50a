import type { NewsPlace } from '../../../../sdk/news.ts'
import { DateParse, listPush, makeArray, MathFloor, newList, NumberIsNaN, stringIndexOf, stringSlice, stringToUpperCase, stringTrim } from '../../language/intrinsics.ts'
import { wholeNumber } from '../../language/text.ts'
import { atob, btoa } from '../../web/base64.ts'
import { requestId } from '../identifiers.ts'
import { newsOf, searchedTickers, timeSpan, type Article } from '../news.ts'
import { findBars } from '../symbols.ts'
import { jsonAnswer, type ApiAnswer, type ApiMarket, type ApiRequest } from '../types.ts'

/** Names of tickers in arrays of their own, for a script to keep. */
const tickersOf = ({ tickers }: Article): string[] => makeArray(tickers.length, (i) => tickers[i] as string)

/** A number for an article, where a vendor's ids are numbers: that of the article where it has one, else one made from its id. */
function numberOf({ id }: Article): number {
  const at = stringIndexOf(id, '@')
  const stated = at === -1 ? -1 : wholeNumber(stringSlice(id, 0, at))
  if (stated >= 0) return stated
  const digits = requestId(id)
  let value = 0
  for (let i = 0; i < 8; i++) value = value * 16 + stringIndexOf('0123456789abcdef', digits[i] as string)
  return value
}

const ALPACA_LIMIT = { usual: 10, most: 50 }

/** Alpaca's news (https://docs.alpaca.markets/reference/news-3), newest first; the content of articles is not in the store. */
export function alpacaNews(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const refuse = (message: string) => jsonAnswer(400, () => ({ message }))
  const given = (name: string): string | null => (request.query(name) === '' ? null : request.query(name))
  const asked = given('limit')
  const limit = asked === null ? ALPACA_LIMIT.usual : wholeNumber(asked)
  if (limit < 1 || limit > ALPACA_LIMIT.most) return refuse(`invalid limit: must be from 1 to ${ALPACA_LIMIT.most}`)
  const start = given('start')
  const end = given('end')
  const first = start === null ? null : timeSpan(start)
  const last = end === null ? null : timeSpan(end)
  if (start !== null && first === null) return refuse(`Invalid format for parameter start: error parsing '${stringSlice(start, 0, 40)}' as RFC3339 or 2006-01-02 time`)
  if (end !== null && last === null) return refuse(`Invalid format for parameter end: error parsing '${stringSlice(end, 0, 40)}' as RFC3339 or 2006-01-02 time`)
  const token = given('page_token')
  const after = token === null ? null : placeOf(token)
  if (token !== null && after === null) return refuse('invalid page_token')
  const isDescending = (given('sort') ?? 'desc') !== 'asc'
  const found = newsOf(market, 'Alpaca', { tickers: searchedTickers(given('symbols')), range: null, from: first?.first ?? null, to: last?.last ?? null, isDescending, limit, after })
  if (found.problem !== null) return refuse(found.problem)
  return jsonAnswer(200, () => {
    const articles = found.articles()
    const news = makeArray(articles.length, (i) => {
      const article = articles[i] as Article
      const { title, author, published_utc, description, article_url, publisher } = article
      return {
        id: numberOf(article), headline: title, author: author ?? '', created_at: published_utc, updated_at: published_utc, summary: description ?? '', content: '',
        url: article_url, images: makeArray(0, () => null), symbols: tickersOf(article), source: publisher.name,
      }
    })
    return { news, next_page_token: found.next === null ? null : btoa(`${found.next.published}.${found.next.tie}`) }
  })
}

function placeOf(token: string): NewsPlace | null {
  try {
    const plain = atob(token)
    const dot = stringIndexOf(plain, '.')
    const published = wholeNumber(stringSlice(plain, 0, dot))
    const tie = wholeNumber(stringSlice(plain, dot + 1))
    return dot === -1 || published < 0 || tie < 0 ? null : { published, tie }
  } catch {
    return null
  }
}

const YAHOO_LIMIT = { usual: 8, most: 100 }

/** Yahoo's search: the symbol itself, where the market has it, and its news; other words find nothing. */
export function yahooSearch(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const symbol = stringToUpperCase(stringTrim(request.query('q') ?? ''))
  const asked = wholeNumber(request.query('newsCount') ?? request.query('news_count') ?? '')
  const limit = asked < 0 ? YAHOO_LIMIT.usual : asked > YAHOO_LIMIT.most ? YAHOO_LIMIT.most : asked
  const isKnown = symbol !== '' && request.query('quotesCount') !== '0' && findBars(market, symbol) !== null
  const tickers = searchedTickers(symbol)
  const found = limit === 0 || tickers === null ? null : newsOf(market, 'Yahoo', { tickers, range: null, from: null, to: null, isDescending: true, limit, after: null })
  if (found !== null && found.problem !== null) {
    const description = found.problem
    return jsonAnswer(400, () => ({ finance: { result: null, error: { code: 'Bad Request', description } } }))
  }
  return jsonAnswer(200, () => {
    const articles = found === null ? newList<Article>() : found.articles()
    const quotes = newList<unknown>()
    if (isKnown) listPush(quotes, { exchange: '', shortname: symbol, quoteType: 'EQUITY', symbol, index: 'quotes', score: 1, typeDisp: 'Equity', longname: symbol, isYahooFinance: true })
    const news = makeArray(articles.length, (i) => {
      const article = articles[i] as Article
      return {
        uuid: article.id, title: article.title, publisher: article.publisher.name, link: article.article_url,
        providerPublishTime: MathFloor(timeOf(article) / 1_000), type: 'STORY', relatedTickers: tickersOf(article),
      }
    })
    const none = () => makeArray(0, () => null)
    return {
      explains: none(), count: quotes.length + news.length, quotes: makeArray(quotes.length, (i) => quotes[i]), news, nav: none(), lists: none(), researchReports: none(),
      screenerFieldResults: none(), totalTime: 0, timeTakenForQuotes: 0, timeTakenForNews: 0,
    }
  })
}

/** Finnhub's news of a company (https://finnhub.io/docs/api/company-news) between two dates, newest first. */
export function finnhubNews(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const refuse = (error: string) => jsonAnswer(422, () => ({ error }))
  const tickers = searchedTickers(request.query('symbol'))
  const first = timeSpan(request.query('from') ?? '')
  const last = timeSpan(request.query('to') ?? '')
  if (tickers === null) return refuse('Missing parameters: symbol')
  if (first === null || last === null) return refuse('Wrong format of from or to: dates as YYYY-MM-DD are expected')
  const found = newsOf(market, 'Finnhub', { tickers, range: null, from: first.first, to: last.last, isDescending: true, limit: 250, after: null })
  if (found.problem !== null) return refuse(found.problem)
  return jsonAnswer(200, () => {
    const articles = found.articles()
    return makeArray(articles.length, (i) => {
      const article = articles[i] as Article
      const { title, description, article_url, image_url, publisher } = article
      return {
        category: 'company', datetime: MathFloor(timeOf(article) / 1_000), headline: title, id: numberOf(article), image: image_url ?? '', related: tickersOf(article)[0] ?? '',
        source: publisher.name, summary: description ?? '', url: article_url,
      }
    })
  })
}

function timeOf({ published_utc }: Article): number {
  const instant = DateParse(published_utc)
  return NumberIsNaN(instant) ? 0 : instant
}
