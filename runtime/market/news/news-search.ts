import { setImmediate as nextTurn } from 'node:timers/promises'

import { comparePlaces, isInRange, MAX_NEWS_TICKERS, type NewsPage, type NewsPlace, type NewsQuery, type TickerRange } from '../../../sdk/news.ts'
import { visible, type NewsGeneration, type NewsTable } from './news-table.ts'

/** Articles that are walked through for one page where few may fit. */
const MOST_WALKED = 5_000
/** Places of a ticker that are read together, at least. */
const LEAST_AT_ONCE = 4
/** Tickers that are looked up, and places that are taken, before others have a turn. */
const LISTS_A_TURN = 25
const PLACES_A_TURN = 250
/** Characters of articles in a page. */
const MOST_CHARACTERS = 4 * 1024 * 1024

interface Place extends NewsPlace {
  readonly number: number
}

/** A page of the articles of a state. Gives others their turn where it takes long. */
export async function searchNews(table: NewsTable, generation: NewsGeneration, query: NewsQuery): Promise<NewsPage> {
  const { tickers, range, limit } = query
  const within = range === null ? null : tickersWithin(table, range)
  if (tickers === null && (within === null || within.length > MAX_NEWS_TICKERS)) return walk(table, generation, query)
  const wanted = tickers === null ? within! : [...new Set(tickers)].filter((ticker) => range === null || isInRange(ticker, range))
  const atOnce = Math.min(limit + 1, Math.max(LEAST_AT_ONCE, Math.ceil((2 * limit) / Math.max(1, wanted.length))))
  const lists: PlaceList[] = []
  for (const ticker of wanted) {
    if (lists.length % LISTS_A_TURN === LISTS_A_TURN - 1) await nextTurn()
    lists.push(new PlaceList(table, generation, ticker, query, atOnce))
  }
  const found: Place[] = []
  while (found.length <= limit) {
    const next = firstOf(lists, query.isDescending)
    if (next === null) break
    // One article stands in the lists of all its tickers.
    if (found.at(-1)?.number !== next.number) found.push(next)
    if (found.length % PLACES_A_TURN === 0) await nextTurn()
  }
  return pageOf(table, found.slice(0, limit), found.length > limit)
}

/** Takes the first of all places off its list; null where all lists are at their end. */
function firstOf(lists: readonly PlaceList[], isDescending: boolean): Place | null {
  let first: PlaceList | null = null
  for (const list of lists) {
    if (list.head === null) continue
    const order = first === null ? -1 : comparePlaces(list.head, first.head!) || list.head.number - first.head!.number
    if (first === null || (isDescending ? order > 0 : order < 0)) first = list
  }
  const found = first?.head ?? null
  first?.advance()
  return found
}

/** The places of a ticker's articles in the order asked for, read some at a time. */
class PlaceList {
  readonly #table: NewsTable
  readonly #generation: NewsGeneration
  readonly #ticker: string
  readonly #query: NewsQuery
  readonly #atOnce: number
  #read: Place[] = []
  #at = 0

  constructor(table: NewsTable, generation: NewsGeneration, ticker: string, query: NewsQuery, atOnce: number) {
    this.#table = table
    this.#generation = generation
    this.#ticker = ticker
    this.#query = query
    this.#atOnce = atOnce
    this.#read = placesOf(table, generation, ticker, query, atOnce)
  }

  get head(): Place | null {
    return this.#read[this.#at] ?? null
  }

  advance(): void {
    const last = this.#read[this.#at++]
    if (this.#at < this.#read.length || this.#read.length < this.#atOnce || last === undefined) return
    this.#read = placesOf(this.#table, this.#generation, this.#ticker, { ...this.#query, after: last }, this.#atOnce)
    this.#at = 0
  }
}

function tickersWithin(table: NewsTable, range: TickerRange): string[] {
  const { gte, gt, lte, lt } = range
  const bounds: [string, string | null][] = [['>=', gte], ['>', gt], ['<=', lte], ['<', lt]]
  const given = bounds.filter((bound): bound is [string, string] => bound[1] !== null)
  const where = given.length === 0 ? '' : `WHERE ${given.map(([operator]) => `name ${operator} ?`).join(' AND ')}`
  return table.all(`SELECT name FROM tickers ${where} LIMIT ${MAX_NEWS_TICKERS + 1}`, ...given.map(([, text]) => text)).map((row) => String(row['name']))
}

/** SQL of what lies within the times of a query and behind its place, on a table with `published` and `tie`. */
function bounds({ from, to, after, isDescending }: NewsQuery, table: string): { where: string; values: number[]; order: string } {
  const behind = isDescending ? '<' : '>'
  const where = `${table}.published BETWEEN ? AND ?${after === null ? '' : ` AND (${table}.published, ${table}.tie) ${behind} (?, ?)`}`
  const direction = isDescending ? 'DESC' : 'ASC'
  return {
    where,
    values: [wholeWithin(from), wholeWithin(to), ...(after === null ? [] : [after.published, after.tie])],
    order: `ORDER BY ${table}.published ${direction}, ${table}.tie ${direction}`,
  }
}

const wholeWithin = (instant: number): number => Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.floor(instant)))

function placesOf(table: NewsTable, { number }: NewsGeneration, ticker: string, query: NewsQuery, most: number): Place[] {
  const { where, values, order } = bounds(query, 'm')
  const rows = table.all(
    `SELECT m.published, m.tie, m.article FROM mentions m CROSS JOIN articles a ON a.number = m.article
     WHERE m.ticker = (SELECT number FROM tickers WHERE name = ?) AND ${where} AND ${visible('a')} ${order} LIMIT ?`,
    ticker, ...values, number, number, most,
  )
  return rows.map((row) => ({ published: Number(row['published']), tie: Number(row['tie']), number: Number(row['article']) }))
}

/** Goes through all articles in order and takes those that fit. */
function walk(table: NewsTable, { number }: NewsGeneration, query: NewsQuery): NewsPage {
  const { range, limit } = query
  const { where, values, order } = bounds(query, 'articles')
  const found: Place[] = []
  let walked = 0
  for (const row of table.each(`SELECT number, published, tie, tickers FROM articles WHERE ${where} AND ${visible('articles')} ${order}`, ...values, number, number)) {
    const place = { published: Number(row['published']), tie: Number(row['tie']), number: Number(row['number']) }
    if (found.length === limit) return pageOf(table, found, true)
    if (range === null || String(row['tickers']).trim().split(' ').some((ticker) => ticker !== '' && isInRange(ticker, range))) found.push(place)
    if (++walked === MOST_WALKED) return { ...pageOf(table, found, true), next: found.length === limit ? nextOf(found) : { published: place.published, tie: place.tie } }
  }
  return pageOf(table, found, false)
}

/** The texts of articles; as many as may travel together. */
function pageOf(table: NewsTable, places: readonly Place[], hasMore: boolean): NewsPage {
  const articles: string[] = []
  let characters = 0
  for (const { number } of places) {
    const body = table.all('SELECT body FROM articles WHERE number = ?', number)[0]?.['body']
    // A reset may have come between.
    if (typeof body !== 'string') continue
    characters += body.length
    if (articles.length > 0 && characters > MOST_CHARACTERS) return { articles, next: nextOf(places.slice(0, articles.length)) }
    articles.push(body)
  }
  return { articles, next: hasMore ? nextOf(places) : null }
}

function nextOf(places: readonly NewsPlace[]): NewsPlace | null {
  const last = places.at(-1)
  return last === undefined ? null : { published: last.published, tie: last.tie }
}
