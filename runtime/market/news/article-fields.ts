import { StrikescanError } from '../../errors/strikescan-error.ts'

/** The fields of an article as files have them. */
const NEWS_FIELDS = [
  'id', 'published', 'tickers', 'title', 'author', 'url', 'description', 'keywords', 'publisher', 'homepage', 'logo', 'favicon', 'amp', 'image', 'insights',
] as const
export type NewsField = (typeof NEWS_FIELDS)[number]

/** Names of columns and members without case and punctuation, the better ones first: Polygon's, then those of others. */
const SYNONYMS: Readonly<Record<NewsField, readonly string[]>> = {
  id: ['id', 'uuid', 'newsid', 'articleid', 'guid'],
  published: ['publishedutc', 'publishedat', 'published', 'publishedon', 'publisheddate', 'publishdate', 'publicationdate', 'pubdate', 'providerpublishtime', 'timepublished', 'createdat', 'datetime', 'timestamp', 'date', 'time'],
  tickers: ['tickers', 'ticker', 'symbols', 'symbol', 'relatedtickers', 'related', 'tickersentiment', 'stocks', 'stock'],
  title: ['title', 'headline', 'newstitle'],
  author: ['author', 'authors', 'byline'],
  url: ['articleurl', 'url', 'link', 'newsurl'],
  description: ['description', 'summary', 'snippet', 'abstract', 'teaser'],
  keywords: ['keywords', 'tags', 'channels', 'topics', 'categories', 'category'],
  publisher: ['publisher', 'publishername', 'source', 'sourcename', 'site', 'provider'],
  homepage: ['publisherhomepageurl', 'homepageurl', 'homepage'],
  logo: ['publisherlogourl', 'logourl'],
  favicon: ['publisherfaviconurl', 'faviconurl'],
  amp: ['ampurl'],
  image: ['imageurl', 'image', 'bannerimage'],
  insights: ['insights'],
}

/** Where the fields of records with the same names stand: positions from 0, -1 where there is none. */
export interface NewsPlan {
  readonly positions: Readonly<Record<NewsField, number>>
  /** The names as they are written. */
  readonly names: readonly string[]
  /** True where the column of times says by its name that they are in UTC. */
  readonly isUtc: boolean
  readonly width: number
}

/** Checks the field names of a map. */
export function checkNewsMap(map: Record<string, string>): void {
  for (const field of Object.keys(map)) {
    if (!NEWS_FIELDS.includes(field as NewsField)) throw new StrikescanError('import_news_field', { field, fields: NEWS_FIELDS.join(', ') })
  }
}

/** Where the fields stand under these names; null where they cannot be those of articles: no title or no time among them. @throws import_map_column */
export function planNews(file: string, header: readonly string[], map: Record<string, string>): NewsPlan | null {
  const names = header.map((name) => name.replace(/^\ufeff/, '').trim())
  const plain = names.map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ''))
  const positions = {} as Record<NewsField, number>
  for (const field of NEWS_FIELDS) {
    const mapped = map[field]
    positions[field] = mapped === undefined ? firstOf(SYNONYMS[field], plain) : names.indexOf(mapped)
    if (mapped !== undefined && positions[field] < 0) throw new StrikescanError('import_map_column', { file, field, column: mapped, columns: columnsText(header) })
  }
  if (positions.title < 0 || positions.published < 0) return null
  return { positions, names, isUtc: plain[positions.published]!.includes('utc'), width: names.length }
}

function firstOf(synonyms: readonly string[], names: readonly string[]): number {
  for (const synonym of synonyms) {
    const position = names.indexOf(synonym)
    if (position >= 0) return position
  }
  return -1
}

export const columnsText = (header: readonly string[]): string => header.map((name) => name.trim() || '(unnamed)').join(', ').slice(0, 300)
