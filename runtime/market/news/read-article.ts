import { hash } from 'node:crypto'
import { newsTicker, type NewsArticle } from '../../../sdk/news.ts'
import { normalSymbol } from '../import/values.ts'
import type { NewsField } from './article-fields.ts'
import { readPublished } from './published.ts'
import type { NewsFlags, NewsRejectReason } from './report.ts'

/** An article as it is stored. */
export interface ReadArticle {
  readonly id: string
  readonly title: string
  /** Epoch milliseconds. */
  readonly published: number
  /** Orders articles of one millisecond, the same in every store. */
  readonly tie: number
  /** As they are searched by, each once. */
  readonly tickers: readonly string[]
  /** JSON of a NewsArticle. */
  readonly body: string
  readonly flags: readonly (keyof NewsFlags)[]
}

const MOST = { id: 200, title: 1_000, text: 10_000, name: 300, url: 2_000, ticker: 200, tickers: 1_000, keywords: 100 } as const
const EXCHANGES = /^(?:NYSE|NASDAQ|AMEX|NYSEARCA|ARCA|BATS|OTC|OTCMKTS|NYSEAMERICAN):/
/** Characters that no text shows, and those that turn the direction of what stands around them. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g

/** An article from the values of its fields, or why there is none. */
export function readArticle(value: (field: NewsField) => unknown, isUtc: boolean): ReadArticle | NewsRejectReason {
  const reader = new FieldReader()
  const title = reader.text(value('title'), MOST.title)
  if (title === '') return 'no_title'
  const when = value('published')
  if (when === undefined || when === null || when === '') return 'no_time'
  const published = readPublished(when, isUtc)
  if (published === null) return 'unparsable_time'
  if (published.isDayOnly) reader.flags.add('dayOnly')
  if (published.lacksZone) reader.flags.add('noZone')
  const tickers = reader.tickers(value('tickers'))
  const url = reader.url(value('url'))
  const id = identity(value('id'), url, title, published.instant)
  if (id === null) return 'no_identity'
  const article = withoutEmpty({
    id,
    publisher: reader.publisher(value),
    title,
    author: reader.text(namesOf(value('author')).join(', '), MOST.name),
    published_utc: new Date(published.instant).toISOString().replace('.000Z', 'Z'),
    article_url: url,
    tickers,
    amp_url: reader.url(value('amp')),
    image_url: reader.url(value('image')),
    description: reader.text(value('description'), MOST.text),
    keywords: reader.list(namesOf(value('keywords')), MOST.keywords),
    insights: reader.insights(value('insights')),
  })
  return {
    id, title, published: published.instant, tie: Number.parseInt(hash('sha256', id, 'hex').slice(0, 12), 16),
    tickers: [...new Set(tickers.map(newsTicker))], body: JSON.stringify(article), flags: [...reader.flags],
  }
}

/** Members that say nothing are left out, but for those that every article has. */
function withoutEmpty(article: Record<string, unknown>): NewsArticle {
  const kept = ['publisher', 'article_url', 'tickers']
  return Object.fromEntries(Object.entries(article).filter(([name, value]) => kept.includes(name) || (value !== '' && !(Array.isArray(value) && value.length === 0)))) as unknown as NewsArticle
}

/** The stated id; a number is unique with its source alone, so the article's host goes with it. Without one, what tells the article from others. */
function identity(stated: unknown, url: string, title: string, published: number): string | null {
  const text = typeof stated === 'string' ? stated.replace(CONTROLS, '').trim() : typeof stated === 'number' || typeof stated === 'bigint' ? String(stated) : ''
  if (text.length > MOST.id) return null
  if (/^\d+$/.test(text)) return `${text}@${/^https?:\/\/([^/?#]+)/i.exec(url)?.[1]?.toLowerCase().slice(0, 100) ?? ''}`
  return text !== '' ? text : hash('sha256', url === '' ? `${published}\n${title}` : url, 'hex')
}

/** Reads values of any kind as texts and lists of texts, and notes what it had to change. */
class FieldReader {
  readonly flags = new Set<keyof NewsFlags>()

  text(value: unknown, most: number): string {
    if (typeof value !== 'string' && typeof value !== 'number') return ''
    // What is far too long is cut before anything looks at it.
    const whole = String(value)
    const stated = whole.length > 4 * most ? whole.slice(0, 4 * most) : whole
    const plain = stated.replace(CONTROLS, ' ').trim().toWellFormed()
    if (plain !== stated.trim() && stated.replace(/[\r\n\t]/g, ' ').trim() !== plain) this.flags.add('cleaned')
    if (plain.length <= most && stated === whole) return plain
    this.flags.add('cut')
    return plain.slice(0, most).toWellFormed()
  }

  /** An address of the web; anything else is none. */
  url(value: unknown): string {
    const text = typeof value === 'string' ? value.trim() : ''
    return text.length <= MOST.url && /^https?:\/\/[^\s"<>]+$/i.test(text) ? text.replace(CONTROLS, '') : ''
  }

  list(values: readonly string[], most: number): string[] {
    if (values.length > most) this.flags.add('cut')
    return values.slice(0, most).map((value) => this.text(value, MOST.name)).filter((text) => text !== '')
  }

  tickers(value: unknown): string[] {
    const found = new Set<string>()
    const names = typeof value === 'string' ? value.slice(0, 40 * MOST.tickers).split(/[\s,;|]+/) : namesOf(value)
    for (const name of names) {
      // No ticker in all its wrapping is as long, and to look for its ends would take very long.
      if (name.length > MOST.ticker) {
        this.flags.add('badTicker')
        continue
      }
      const bare = name.replace(/^[\s["'($]+|[\s\]"')]+$/g, '').toUpperCase().replace(EXCHANGES, '')
      if (bare === '') continue
      const symbol = normalSymbol(bare)
      if (symbol === '') this.flags.add('badTicker')
      else if (found.size < MOST.tickers) found.add(symbol)
      else this.flags.add('cut')
    }
    if (found.size === 0) this.flags.add('noTicker')
    return [...found]
  }

  publisher(value: (field: NewsField) => unknown): Record<string, string> {
    const stated = value('publisher')
    const object = typeof stated === 'object' && stated !== null ? (stated as Record<string, unknown>) : { name: stated }
    const name = this.text(object['name'] ?? object['title'] ?? object['domain'], MOST.name)
    const homepage_url = this.url(object['homepage_url'] ?? value('homepage'))
    const logo_url = this.url(object['logo_url'] ?? value('logo'))
    const favicon_url = this.url(object['favicon_url'] ?? value('favicon'))
    return { name, ...(homepage_url !== '' && { homepage_url }), ...(logo_url !== '' && { logo_url }), ...(favicon_url !== '' && { favicon_url }) }
  }

  insights(value: unknown): { ticker: string; sentiment: string; sentiment_reasoning: string }[] {
    const stated = typeof value === 'string' ? jsonOf(value) : value
    if (!Array.isArray(stated)) return []
    return stated.slice(0, MOST.tickers).flatMap((entry: unknown) => {
      if (typeof entry !== 'object' || entry === null) return []
      const { ticker, sentiment, sentiment_reasoning } = entry as Record<string, unknown>
      const symbol = typeof ticker === 'string' ? normalSymbol(ticker) : ''
      if (symbol === '') return []
      return [{ ticker: symbol, sentiment: this.text(sentiment, 50), sentiment_reasoning: this.text(sentiment_reasoning, MOST.title) }]
    })
  }
}

/** A list of names, whatever it is written as: an array of texts or of objects with a name, a text with commas or bars, JSON or a list of Python's. */
function namesOf(value: unknown): string[] {
  if (typeof value === 'string') {
    const list = value.trim().startsWith('[') ? jsonOf(value.replaceAll("'", '"')) : null
    if (Array.isArray(list)) return namesOf(list)
    return value.split(/[,;|]/).map((name) => name.trim()).filter((name) => name !== '')
  }
  if (!Array.isArray(value)) return []
  return value.flatMap((entry: unknown) => {
    if (typeof entry === 'string') return [entry]
    if (typeof entry !== 'object' || entry === null) return []
    const { ticker, symbol, name, topic } = entry as Record<string, unknown>
    const found = [ticker, symbol, name, topic].find((each) => typeof each === 'string')
    return found === undefined ? [] : [found as string]
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
