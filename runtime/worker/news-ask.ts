import { MAX_NEWS_PAGE, MAX_NEWS_TICKERS, type NewsPlace, type NewsQuery, type TickerRange } from '../../sdk/news.ts'
import { MAX_TICKER } from './chain-answer.ts'

/** What a script wants of the news: a NewsQuery whose times may be open. */
export interface NewsWish extends Omit<NewsQuery, 'from' | 'to'> {
  /** Epoch milliseconds, both included; null for no bound. */
  readonly from: number | null
  readonly to: number | null
}

export type NewsAnswer =
  | { readonly kind: 'none'; readonly reason: 'no_source' | 'failed'; readonly message: string }
  | { readonly kind: 'news'; readonly simulated: boolean; readonly next: NewsPlace | null; readonly articles: readonly unknown[] }

/** Most characters of the JSON of a wish. */
export const MAX_WISH = 12 * 1024

/** A wish from its JSON, as if an attacker had written it. @throws RangeError */
export function parseNewsWish(text: string): NewsWish {
  const value = object(JSON.parse(text))
  return {
    tickers: value.tickers === null ? null : tickersOf(value.tickers),
    range: value.range === null ? null : rangeOf(object(value.range)),
    from: value.from === null ? null : whole(value.from),
    to: value.to === null ? null : whole(value.to),
    isDescending: value.isDescending === true,
    limit: whole(value.limit, 1, MAX_NEWS_PAGE),
    after: value.after === null ? null : placeOf(object(value.after)),
  }
}

function tickersOf(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > MAX_NEWS_TICKERS) throw new RangeError('a question about news with no list of tickers')
  return value.map(ticker)
}

function rangeOf({ gte, gt, lte, lt }: Record<string, unknown>): TickerRange {
  const bound = (value: unknown): string | null => (value === null ? null : ticker(value))
  return { gte: bound(gte), gt: bound(gt), lte: bound(lte), lt: bound(lt) }
}

const placeOf = ({ published, tie }: Record<string, unknown>): NewsPlace => ({ published: whole(published), tie: whole(tie) })

function ticker(value: unknown): string {
  if (typeof value !== 'string' || value.length > MAX_TICKER) throw new RangeError('a question about news of a ticker that is none')
  return value
}

function whole(value: unknown, least = -Number.MAX_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most) {
    throw new RangeError('a question about news with a number out of range')
  }
  return value as number
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new RangeError('a question about news that is no object')
  return value as Record<string, unknown>
}
