/** A news article as Polygon's `/v2/reference/news` states it; what a source does not state is left out. */
export interface NewsArticle {
  /** The same for one article wherever it comes from. */
  readonly id: string
  readonly publisher: { readonly name: string; readonly homepage_url?: string; readonly logo_url?: string; readonly favicon_url?: string }
  readonly title: string
  readonly author?: string
  /** ISO instant in UTC, such as `2026-11-20T12:30:00Z`. */
  readonly published_utc: string
  readonly article_url: string
  /** Upper case, as the source spells them. */
  readonly tickers: readonly string[]
  readonly amp_url?: string
  readonly image_url?: string
  readonly description?: string
  readonly keywords?: readonly string[]
  readonly insights?: readonly { readonly ticker: string; readonly sentiment: string; readonly sentiment_reasoning: string }[]
}

/** A place in the order of articles: by time and, within a millisecond, by a number that follows from the article's id. */
export interface NewsPlace {
  /** Epoch milliseconds. */
  readonly published: number
  /** Whole number from 0 to 2^48 - 1. */
  readonly tie: number
}

/** Bounds of a ticker in the order of code units; null for none. */
export interface TickerRange {
  readonly gte: string | null
  readonly gt: string | null
  readonly lte: string | null
  readonly lt: string | null
}

/** Most articles in a page, and tickers that a question names. */
export const MAX_NEWS_PAGE = 1_000
export const MAX_NEWS_TICKERS = 250

/** What is wanted of the news. Tickers are written as `newsTicker` writes them. */
export interface NewsQuery {
  /** Articles that name any of these, MAX_NEWS_TICKERS at most; null for no such wish. */
  readonly tickers: readonly string[] | null
  /** Articles that name a ticker within; null for no such wish. */
  readonly range: TickerRange | null
  /** Epoch milliseconds, both included. */
  readonly from: number
  readonly to: number
  /** Newest first. */
  readonly isDescending: boolean
  /** Most articles, 1 to MAX_NEWS_PAGE. */
  readonly limit: number
  /** Begins behind this place in the order asked for; null for the beginning. */
  readonly after: NewsPlace | null
}

/** A page of articles in the order asked for. */
export interface NewsPage {
  /** JSON of a `NewsArticle` each. */
  readonly articles: readonly string[]
  /** Place from which to go on; null where nothing follows. A page may be shorter than its limit and still have more behind it. */
  readonly next: NewsPlace | null
}

/** News that can be asked for, such as a store of imported articles. */
export interface NewsSource {
  /** True where nothing of it ever happened. */
  readonly simulated: boolean
  find(query: NewsQuery): Promise<NewsPage>
}

/** A plugin that opens a source of news: the default export of `plugins/providers/NAME/news-plugin.ts`. */
export interface NewsProviderPlugin<Options extends object = Record<string, unknown>> {
  readonly kind: 'news-provider'
  readonly name: string
  /** @throws ProviderOptionError where an option is unknown or outside its range. */
  open(options: Options): NewsSource
}

/** A ticker as news is searched by: in upper case, classes of shares by a point whatever the source writes (`BRK-B`, `BRK/B`). */
export function newsTicker(text: string): string {
  return text.trim().toUpperCase().replace(/[-/]/g, '.')
}

/** Whether a ticker lies within a range. */
export function isInRange(ticker: string, { gte, gt, lte, lt }: TickerRange): boolean {
  return (gte === null || ticker >= gte) && (gt === null || ticker > gt) && (lte === null || ticker <= lte) && (lt === null || ticker < lt)
}

/** Below 0 where `a` comes before `b`: by time, then by the articles' numbers. */
export function comparePlaces(a: NewsPlace, b: NewsPlace): number {
  return a.published - b.published || a.tie - b.tie
}
