import { hash } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { openCatalogueFile } from '../catalogue-file.ts'
import { withStoreErrors } from '../durable-files.ts'
import type { ReadArticle } from './read-article.ts'

const SCHEMA_VERSION = 1
/**
 * What is asked of an article stands before its text, so that a search does not read it. The tie follows from the id, and
 * takes its place in the index: ids are long, and come in no order.
 */
const TABLES = `
  CREATE TABLE generations (number INTEGER PRIMARY KEY, id TEXT NOT NULL, articles INTEGER NOT NULL, created_at TEXT NOT NULL) STRICT;
  CREATE TABLE unfinished (generation INTEGER PRIMARY KEY) STRICT;
  CREATE TABLE tickers (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE articles (
    number INTEGER PRIMARY KEY, published INTEGER NOT NULL, tie INTEGER NOT NULL, added INTEGER NOT NULL, removed INTEGER,
    id TEXT NOT NULL, tickers TEXT NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX articles_by_tie ON articles (tie);
  CREATE INDEX articles_by_time ON articles (published, tie);
  CREATE TABLE mentions (
    ticker INTEGER NOT NULL, published INTEGER NOT NULL, tie INTEGER NOT NULL, article INTEGER NOT NULL,
    PRIMARY KEY (ticker, published, tie, article)
  ) STRICT, WITHOUT ROWID`
const ID_BYTES = 16
const EMPTY_ID = '0'.repeat(2 * ID_BYTES)
/** Articles that are committed together while importing. */
const AT_ONCE = 10_000
/** Pages after which what was committed is moved to its place: a page that is written again and again is moved once. */
const CHECKPOINT_PAGES = 16_384
const CACHE_KB = 65_536

/** A state of the store: articles come and go from one state to the next, and states stay readable. */
export interface NewsGeneration {
  readonly number: number
  /** Named by the content of all articles in it, whatever order they came in. */
  readonly id: string
  readonly articles: number
}

/** How an article met what was there: `duplicate` and `conflict` with one of the same import, the others with the store. */
export type Meeting = 'added' | 'known' | 'replaced' | 'outranked' | 'duplicate' | 'conflict'

/** The file of the articles. Any number of processes may read while one writes; what a writer that died has left is seen by nobody. */
export class NewsTable {
  readonly #database: DatabaseSync
  readonly #folder: string
  readonly #statements = new Map<string, StatementSync>()

  /** Opens or creates `catalog.db` in the folder. Throws `store_unwritable`, `store_catalogue_damaged` or `store_version`. */
  constructor(folder: string) {
    this.#folder = folder
    this.#database = openCatalogueFile(folder, SCHEMA_VERSION, TABLES)
  }

  /** The current state; null where it holds nothing. */
  current(): NewsGeneration | null {
    const latest = this.#latest()
    return latest.id === EMPTY_ID ? null : latest
  }

  /** A state by its number, null where there is none, or none any more. */
  generation(number: number): NewsGeneration | null {
    const row = this.all('SELECT number, id, articles FROM generations WHERE number = ?', number)[0]
    return row === undefined || row['id'] === EMPTY_ID ? null : generationOf(row)
  }

  /** Tickers that articles name, or have named. */
  tickerCount(): number {
    return Number(this.all('SELECT COUNT(*) AS count FROM tickers')[0]!['count'])
  }

  /** Epoch milliseconds of the first and the last publication. */
  range({ number }: NewsGeneration): { first: number; last: number } | null {
    const end = (order: string) =>
      this.all(`SELECT published FROM articles INDEXED BY articles_by_time WHERE ${visible('articles')} ORDER BY published ${order} LIMIT 1`, number, number)[0]?.['published']
    const [first, last] = [end('ASC'), end('DESC')]
    return first === undefined || last === undefined ? null : { first: Number(first), last: Number(last) }
  }

  all(sql: string, ...values: (number | string)[]): Record<string, unknown>[] {
    return withStoreErrors(this.#folder, () => this.#prepared(sql).all(...values))
  }

  /** The rows one by one, for as long as the caller wants more. */
  *each(sql: string, ...values: (number | string)[]): Generator<Record<string, unknown>> {
    // A statement of its own: who stops half-way leaves it open until it is collected.
    yield* withStoreErrors(this.#folder, () => this.#database.prepare(sql)).iterate(...values)
  }

  /** Begins a new state, of which nothing is seen before it is published. Only for the one writer. */
  begin(): NewsWriter {
    this.sweep()
    return withStoreErrors(this.#folder, () => {
      this.#database.exec(`PRAGMA cache_size = -${CACHE_KB}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA temp_store = FILE`)
      this.#database.exec('DROP TABLE IF EXISTS temp.named; CREATE TEMP TABLE named (ticker INTEGER NOT NULL, published INTEGER NOT NULL, tie INTEGER NOT NULL, article INTEGER NOT NULL) STRICT')
      const latest = this.#latest()
      this.#run('INSERT INTO unfinished (generation) VALUES (?)', latest.number + 1)
      return new NewsWriter(this.#database, this.#folder, latest)
    })
  }

  /** Removes what a writer left that did not end; only for the writer. */
  sweep(): void {
    if (this.all('SELECT generation FROM unfinished').length === 0) return
    const { number } = this.#latest()
    withStoreErrors(this.#folder, () => {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      this.#database.exec('BEGIN IMMEDIATE')
      this.#run('DELETE FROM articles WHERE added > ?', number)
      this.#run('UPDATE articles SET removed = NULL WHERE removed > ?', number)
      // Mentions are written with the state that they belong to.
      this.#database.exec('DELETE FROM tickers WHERE NOT EXISTS (SELECT 1 FROM mentions WHERE ticker = tickers.number); DELETE FROM unfinished; COMMIT')
    })
  }

  /** Empties the store. Numbers of states are not used again, so that a reader of an old one finds nothing rather than something else. */
  clear(at: string): void {
    const { number } = this.#latest()
    withStoreErrors(this.#folder, () => {
      this.#database.exec('BEGIN IMMEDIATE; DELETE FROM mentions; DELETE FROM articles; DELETE FROM tickers; DELETE FROM generations; DELETE FROM unfinished')
      this.#run('INSERT INTO generations (number, id, articles, created_at) VALUES (?, ?, 0, ?)', number + 1, EMPTY_ID, at)
      this.#database.exec('COMMIT; VACUUM')
    })
  }

  close(): void {
    this.#database.close()
  }

  #latest(): NewsGeneration {
    const row = this.all('SELECT number, id, articles FROM generations ORDER BY number DESC LIMIT 1')[0]
    return row === undefined ? { number: 0, id: EMPTY_ID, articles: 0 } : generationOf(row)
  }

  #run(sql: string, ...values: (number | string)[]): void {
    this.#prepared(sql).run(...values)
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) this.#statements.set(sql, (statement = this.#database.prepare(sql)))
    return statement
  }
}

/** SQL of what is in the state whose number is given twice. */
export const visible = (table: string): string => `${table}.added <= ? AND (${table}.removed IS NULL OR ${table}.removed > ?)`

/** Takes the articles of one import into a new state. Which article of an id stands does not hang on the order in which they come. */
class NewsWriter {
  readonly #database: DatabaseSync
  readonly #folder: string
  readonly #number: number
  readonly #tickers = new Map<string, number>()
  #sum: bigint
  #articles: number
  #waiting = 0
  readonly #find: StatementSync
  readonly #insert: StatementSync
  readonly #mention: StatementSync
  readonly #ticker: StatementSync

  constructor(database: DatabaseSync, folder: string, before: NewsGeneration) {
    this.#database = database
    this.#folder = folder
    this.#number = before.number + 1
    this.#sum = BigInt(`0x${before.id}`)
    this.#articles = before.articles
    this.#find = database.prepare('SELECT number, added, body FROM articles WHERE tie = ? AND id = ? AND removed IS NULL')
    this.#insert = database.prepare('INSERT INTO articles (published, tie, added, id, tickers, body) VALUES (?, ?, ?, ?, ?, ?)')
    this.#mention = database.prepare('INSERT INTO temp.named (ticker, published, tie, article) VALUES (?, ?, ?, ?)')
    this.#ticker = database.prepare('INSERT INTO tickers (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING number')
  }

  /** @param replace lets this article stand where the store has another one of the same id */
  put(article: ReadArticle, replace: boolean): Meeting {
    return withStoreErrors(this.#folder, () => {
      if (this.#waiting === 0) this.#database.exec('BEGIN IMMEDIATE')
      const met = this.#meet(article, replace)
      if (++this.#waiting >= AT_ONCE) this.#commit()
      return met
    })
  }

  /** Makes the new state the current one; gives the one before where nothing has changed. */
  publish(changed: boolean, at: string): NewsGeneration | null {
    return withStoreErrors(this.#folder, () => {
      if (this.#waiting === 0) this.#database.exec('BEGIN IMMEDIATE')
      const id = BigInt.asUintN(8 * ID_BYTES, this.#sum).toString(16).padStart(2 * ID_BYTES, '0')
      // In order: as they came, each would change another page.
      this.#database.exec('INSERT INTO mentions SELECT * FROM temp.named ORDER BY ticker, published, tie, article; DROP TABLE temp.named')
      if (changed) this.#database.prepare('INSERT INTO generations (number, id, articles, created_at) VALUES (?, ?, ?, ?)').run(this.#number, id, this.#articles, at)
      this.#database.exec('DELETE FROM unfinished')
      this.#commit()
      return id === EMPTY_ID ? null : { number: changed ? this.#number : this.#number - 1, id, articles: this.#articles }
    })
  }

  #commit(): void {
    this.#database.exec('COMMIT')
    this.#waiting = 0
  }

  #meet(article: ReadArticle, replace: boolean): Meeting {
    const row = this.#find.get(article.tie, article.id)
    if (row === undefined) {
      this.#add(article)
      return 'added'
    }
    const before = String(row['body'])
    const isOwn = row['added'] === this.#number
    if (before === article.body) return isOwn ? 'duplicate' : 'known'
    // The files of an import are told apart by their content alone: whichever comes first, the same one stands.
    const stands = isOwn || !replace ? isFuller(article.body, before) : true
    if (stands) {
      this.#remove(Number(row['number']), article.id, before)
      this.#add(article)
    }
    return isOwn ? 'conflict' : stands ? 'replaced' : 'outranked'
  }

  #add({ id, published, tie, tickers, body }: ReadArticle): void {
    const { lastInsertRowid } = this.#insert.run(published, tie, this.#number, id, ` ${tickers.join(' ')} `, body)
    for (const ticker of tickers) this.#mention.run(this.#numberOf(ticker), published, tie, lastInsertRowid)
    this.#sum += weightOf(id, body)
    this.#articles++
  }

  #remove(number: number, id: string, body: string): void {
    this.#sum -= weightOf(id, body)
    this.#articles--
    // One of this import is in no state then.
    this.#database.prepare('UPDATE articles SET removed = ? WHERE number = ?').run(this.#number, number)
  }

  #numberOf(ticker: string): number {
    let number = this.#tickers.get(ticker)
    if (number === undefined) this.#tickers.set(ticker, (number = Number(this.#ticker.get(ticker)!['number'])))
    return number
  }
}

/** Of two articles of one id the one that says more stands; of equally long ones the later in the order of texts. */
function isFuller(body: string, other: string): boolean {
  return body.length === other.length ? body > other : body.length > other.length
}

/** What an article adds to the state's id: a sum of hashes does not depend on the order in which they came. */
function weightOf(id: string, body: string): bigint {
  return BigInt(`0x${hash('sha256', `${id}\n${body}`, 'hex').slice(0, 2 * ID_BYTES)}`)
}

function generationOf(row: Record<string, unknown>): NewsGeneration {
  return { number: Number(row['number']), id: String(row['id']), articles: Number(row['articles']) }
}
