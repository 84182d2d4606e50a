import { StrikescanError } from '../../errors/strikescan-error.ts'
import { readAll, type ImportReading } from '../import/reading.ts'
import type { ImportProgress } from '../import/report.ts'
import { checkNewsMap, type NewsField, type NewsPlan } from './article-fields.ts'
import type { Meeting } from './news-table.ts'
import { readArticle, type ReadArticle } from './read-article.ts'
import { readNewsFile, type NewsReadContext, type TakeArticle } from './read-news-files.ts'
import type { NewsFlags, NewsImportOptions, NewsImportReport, NewsRejectReason, RejectedArticle } from './report.ts'

const SAMPLES_PER_REASON = 5
const SAMPLE_TEXT_LENGTH = 200
const CONFLICT_SAMPLES = 10
const FULLER_STANDS = 'the article with more text stands and, of equally long ones, the one whose text is later in order'
const FORMATS = ['csv', 'json', 'ndjson']

/** What an article was refused for. */
const FIELD_OF: Partial<Record<NewsRejectReason, NewsField>> = { no_title: 'title', no_time: 'published', unparsable_time: 'published', no_identity: 'id' }

/** Where the articles go: says how each met what was there. */
export type PutArticle = (article: ReadArticle) => Meeting

/** Reads files of news and puts each article where it belongs. The report's `snapshot`, `tickers` and `unchanged` are still to be set. */
export async function importNewsFrom(paths: readonly string[], put: PutArticle, options: NewsImportOptions, onProgress: (progress: ImportProgress) => void): Promise<NewsImportReport> {
  const { map = {}, format, signal } = options
  checkNewsMap(map)
  if (format !== undefined && !FORMATS.includes(format)) throw new StrikescanError('import_news_format', { format, formats: FORMATS.join(', ') })
  const account = new NewsAccount(put)
  const begin = (reading: ImportReading): NewsReadContext => ({ ...reading, account, map, format, files: [] })
  const { context, progress } = await readAll(paths, signal, account, onProgress, begin, readNewsFile)
  onProgress({ ...progress })
  return account.report(context, options.replace === true)
}

/** Keeps the account of what the files brought. */
class NewsAccount implements TakeArticle {
  readonly #put: PutArticle
  readonly #reasons: Partial<Record<NewsRejectReason, number>> = {}
  readonly #samples: RejectedArticle[] = []
  readonly #flagged: NewsFlags = { cut: 0, cleaned: 0, dayOnly: 0, noZone: 0, noTicker: 0, badTicker: 0 }
  readonly #met: Record<Meeting, number> = { added: 0, known: 0, replaced: 0, outranked: 0, duplicate: 0, conflict: 0 }
  readonly #conflictSamples: NewsImportReport['conflictSamples'] = []
  #file = { name: '', rowsRead: 0, rowsRejected: 0 }
  #first = Infinity
  #last = -Infinity
  rowsRead = 0
  #rowsRejected = 0

  constructor(put: PutArticle) {
    this.#put = put
  }

  beginFile(name: string) {
    this.#file = { name, rowsRead: 0, rowsRejected: 0 }
    return this.#file
  }

  take(value: Parameters<typeof readArticle>[0], plan: NewsPlan, line: number, text: () => string): void {
    const article = readArticle(value, plan.isUtc)
    if (typeof article === 'string') return this.#refuse(line, article, text(), FIELD_OF[article] ?? null, value, plan)
    this.rowsRead++
    this.#file.rowsRead++
    const met = this.#put(article)
    this.#met[met]++
    this.#first = Math.min(this.#first, article.published)
    this.#last = Math.max(this.#last, article.published)
    if (met !== 'duplicate' && met !== 'conflict') for (const flag of article.flags) this.#flagged[flag]++
    const isConflict = met === 'conflict' || met === 'replaced' || met === 'outranked'
    if (isConflict && this.#conflictSamples.length < CONFLICT_SAMPLES) this.#conflictSamples.push({ id: article.id, title: article.title.slice(0, SAMPLE_TEXT_LENGTH) })
  }

  /** A row that is none of an article. */
  reject(line: number, reason: NewsRejectReason, text: string): void {
    this.#count(line, reason, text, null, null)
  }

  /** Names the column or member that is at fault, as the file writes it. */
  #refuse(line: number, reason: NewsRejectReason, text: string, field: NewsField | null, value: (field: NewsField) => unknown, { names, positions }: NewsPlan): void {
    this.#count(line, reason, text, field === null ? null : (names[positions[field]] ?? field), field === null ? null : (value(field) ?? null))
  }

  #count(line: number, reason: NewsRejectReason, text: string, column: string | null, stated: unknown): void {
    this.rowsRead++
    this.#rowsRejected++
    this.#file.rowsRead++
    this.#file.rowsRejected++
    const count = (this.#reasons[reason] ?? 0) + 1
    this.#reasons[reason] = count
    if (count > SAMPLES_PER_REASON) return
    const shown = typeof stated === 'object' ? null : String(stated).slice(0, SAMPLE_TEXT_LENGTH)
    this.#samples.push({ file: this.#file.name, line, reason, column, value: shown, text: text.slice(0, SAMPLE_TEXT_LENGTH) })
  }

  report({ files, warnings }: NewsReadContext, replace: boolean): NewsImportReport {
    const { added, known, replaced, outranked, duplicate, conflict } = this.#met
    const dateOf = (instant: number) => (Number.isFinite(instant) ? new Date(instant).toISOString().slice(0, 10) : null)
    if (this.#flagged.noZone > 0) warnings.push('Times without a zone were read as New York’s, so that no article seems to be known too early.')
    return {
      rowsRead: this.rowsRead,
      rowsKept: added + known + replaced + outranked,
      rowsRejected: this.#rowsRejected,
      reasons: this.#reasons,
      samples: this.#samples,
      flagged: this.#flagged,
      duplicates: duplicate + conflict,
      conflicts: conflict + replaced + outranked,
      conflictsInFiles: conflict,
      conflictRule: replace ? `an article of these files takes the place of a stored one; between rows of these files, ${FULLER_STANDS}` : FULLER_STANDS,
      conflictSamples: this.#conflictSamples,
      stored: { added, replaced, unchanged: known, conflictingKept: outranked },
      files,
      tickers: 0,
      firstDate: dateOf(this.#first),
      lastDate: dateOf(this.#last),
      snapshot: null,
      unchanged: added + replaced === 0,
      warnings,
    }
  }
}
