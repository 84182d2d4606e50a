import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { NewsSource } from '../../../sdk/news.ts'
import { makeFolder, storeError } from '../durable-files.ts'
import type { ImportProgress } from '../import/report.ts'
import { takeImportLock } from '../import-lock.ts'
import { searchNews } from './news-search.ts'
import { NewsTable, type NewsGeneration } from './news-table.ts'
import type { NewsImportOptions, NewsImportReport } from './report.ts'

const LOCK_WAIT_MS = 5000

/** What a store of news holds; dates ISO, UTC. */
export interface NewsSummary {
  snapshot: string
  articles: number
  /** Tickers that articles name, or have named. */
  tickers: number
  firstDate: string
  lastDate: string
}

/**
 * The news of a state folder, in `market/news/` below it. Any number of processes may read while one writes; a writer that
 * dies leaves the store as it was.
 */
export class NewsStore {
  readonly #folder: string
  readonly #table: NewsTable
  readonly #now: () => Date

  private constructor(folder: string, now: () => Date) {
    this.#now = now
    this.#folder = folder
    makeFolder(folder)
    this.#table = new NewsTable(folder)
  }

  /** True where a state folder has a store of news. */
  static exists(home: string): boolean {
    return existsSync(join(home, 'market', 'news', 'catalog.db'))
  }

  /** Opens the news of a state folder, creating the store where there is none. Throws `store_unwritable`, `store_catalogue_damaged` or `store_version`. */
  static open(home: string, now: () => Date = () => new Date()): NewsStore {
    return new NewsStore(join(home, 'market', 'news'), now)
  }

  /** What is in the store; null where it is empty. */
  summary(): NewsSummary | null {
    const current = this.#table.current()
    const range = current === null ? null : this.#table.range(current)
    if (current === null || range === null) return null
    const dateOf = (instant: number) => new Date(instant).toISOString().slice(0, 10)
    return { snapshot: current.id, articles: current.articles, tickers: this.#table.tickerCount(), firstDate: dateOf(range.first), lastDate: dateOf(range.last) }
  }

  /** Number of the current state, null where the store is empty. */
  current(): number | null {
    return this.#table.current()?.number ?? null
  }

  /** The news of a state: later imports do not change what it gives. Null where the state is gone. */
  source(number: number): NewsSource | null {
    const generation: NewsGeneration | null = this.#table.generation(number)
    if (generation === null) return null
    return { simulated: false, find: (query) => searchNews(this.#table, generation, query) }
  }

  /**
   * Imports files and folders of news: all of them or, where one fails, none. The order of files, and of imports without
   * `replace`, does not matter: of two articles of one id the fuller one stands. Throws the registry's `import_…` and `store_…` errors.
   */
  async importNews(paths: readonly string[], options: NewsImportOptions = {}, onProgress: (progress: ImportProgress) => void = () => {}): Promise<NewsImportReport> {
    return this.#writing('importing news', options.lockWaitMs ?? LOCK_WAIT_MS, async () => {
      // Loaded here, with all that reads files: most commands import nothing.
      const { importNewsFrom } = await import('./import-news.ts')
      const writer = this.#table.begin()
      try {
        const report = await importNewsFrom(paths, (article) => writer.put(article, options.replace === true), options, onProgress)
        report.snapshot = writer.publish(!report.unchanged, this.#now().toISOString())?.id ?? null
        report.tickers = this.#table.tickerCount()
        return report
      } finally {
        this.#table.sweep()
      }
    })
  }

  /** Removes all news. Throws `store_busy` while another process writes. */
  async reset(): Promise<void> {
    await this.#writing('resetting the news', LOCK_WAIT_MS, async () => this.#table.clear(this.#now().toISOString()))
  }

  /** Runs `work` as the only writer. Throws `store_busy`, `store_unwritable` or `store_disk_full`. */
  async #writing<T>(purpose: string, waitMs: number, work: () => Promise<T>): Promise<T> {
    const lock = await takeImportLock(this.#folder, purpose, waitMs)
    try {
      return await work()
    } catch (error) {
      throw storeError(this.#folder, error)
    } finally {
      lock.release()
    }
  }

  close(): void {
    this.#table.close()
  }
}
