import type { NewsPlace } from '../../../sdk/news.ts'
import type { NewsAnswer, NewsWish } from '../../worker/news-ask.ts'
import { DateParse, JSONParse, listPush, makeArray, newList, NumberIsNaN, setAdd, SetConstructor, setHas, stringCharCodeAt, stringEndsWith, stringIndexOf, stringSlice, stringStartsWith, stringToUpperCase, stringTrim } from '../language/intrinsics.ts'
import { replaceText, splitText, wholeNumber } from '../language/text.ts'
import { DAY_MS, dayFromIso } from './days.ts'
import type { ApiMarket } from './types.ts'

/** An article as the host gives it: a NewsArticle read from JSON, so that any member may be missing. */
export interface Article {
  readonly id: string
  readonly title: string
  readonly published_utc: string
  readonly article_url: string
  readonly tickers: readonly string[]
  readonly publisher: { readonly name: string }
  readonly author?: string
  readonly description?: string
  readonly image_url?: string
  readonly keywords?: readonly string[]
}

export interface NewsFound {
  /** Why nobody can say, which is no empty list; null where the answer is whole. */
  readonly problem: string | null
  readonly count: number
  readonly next: NewsPlace | null
  /** Fresh articles at each call: a script may change what it was given. */
  articles(): Article[]
}

const nothing = (problem: string | null): NewsFound => ({ problem, count: 0, next: null, articles: () => makeArray<Article>(0, () => null as never) })

/** What is known of a wish by the as-of day's close; nothing where there is no news, of which the user is told. `api` is named there. */
export function newsOf(market: ApiMarket, api: string, wish: NewsWish): NewsFound {
  const text = market.askNews(wish)
  const answer = JSONParse(text) as NewsAnswer
  if (answer.kind === 'none') {
    const isEmpty = answer.reason === 'no_source'
    market.note(isEmpty ? 'news_not_stored' : 'news_refused', `${api}: ${answer.message}${isEmpty ? '. The answer is an empty list' : ''}`)
    return nothing(isEmpty ? null : answer.message)
  }
  let first: unknown = answer.articles
  return {
    problem: null,
    count: answer.articles.length,
    next: answer.next,
    articles() {
      const list = first ?? (JSONParse(text) as { articles: unknown }).articles
      first = null
      return list as Article[]
    },
  }
}

/** A ticker as news is searched by, see `newsTicker`. */
export const searchedTicker = (name: string): string => replaceText(replaceText(stringToUpperCase(stringTrim(name)), '-', '.'), '/', '.')

/** The distinct tickers of a list with commas as news is searched by; null where none is given. */
export function searchedTickers(text: string | null): string[] | null {
  if (text === null || text === '') return null
  const tickers = newList<string>()
  const seen = new SetConstructor<string>()
  const parts = splitText(text, ',')
  for (let i = 0; i < parts.length; i++) {
    const ticker = searchedTicker(parts[i] as string)
    if (ticker === '' || setHas(seen, ticker)) continue
    setAdd(seen, ticker)
    listPush(tickers, ticker)
  }
  return tickers
}

/** One bound of a range of tickers; null where it is not given. */
export const searchedBound = (text: string | null): string | null => (text === null || text === '' ? null : searchedTicker(text))

export interface TimeSpan {
  /** Epoch milliseconds, both included: a day in UTC for a date alone, one instant else. */
  readonly first: number
  readonly last: number
}

/** The time that a date, an instant in RFC 3339 or epoch milliseconds name; null where the text is none. Without a zone it is in UTC. */
export function timeSpan(text: string): TimeSpan | null {
  const day = text.length === 10 ? dayFromIso(text) : NaN
  if (!NumberIsNaN(day)) return { first: day * DAY_MS, last: (day + 1) * DAY_MS - 1 }
  const epoch = text.length >= 12 ? wholeNumber(text) : -1
  if (epoch >= 0) return { first: epoch, last: epoch }
  if (stringCharCodeAt(text, 10) !== 84 || NumberIsNaN(dayFromIso(stringSlice(text, 0, 10)))) return null
  const instant = DateParse(zoned(text))
  return NumberIsNaN(instant) ? null : { first: instant, last: instant }
}

/** With its zone: a plus that was not escaped in a URL has become a space. */
function zoned(text: string): string {
  if (stringEndsWith(text, 'Z')) return text
  const tail = stringSlice(text, -6)
  if (stringStartsWith(tail, ' ')) return `${stringSlice(text, 0, -6)}+${stringSlice(tail, 1)}`
  return stringStartsWith(tail, '+') || (stringStartsWith(tail, '-') && stringIndexOf(tail, ':') === 3) ? text : `${text}Z`
}
