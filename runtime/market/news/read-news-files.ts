import { StrikescanError } from '../../errors/strikescan-error.ts'
import { readCsv } from '../chains/csv-text.ts'
import type { Chunks } from '../import/byte-source.ts'
import { readJson } from '../import/json.ts'
import { readTables } from '../import/layers.ts'
import { Layouts } from '../import/layouts.ts'
import type { ImportReading } from '../import/reading.ts'
import { columnsText, planNews, type NewsField, type NewsPlan } from './article-fields.ts'
import type { ImportedNewsFile, NewsFormat, NewsRejectReason } from './report.ts'

/** Members of answers that hold articles: Polygon's `results`, Alpaca's and Yahoo's `news`, and those of others. */
const LISTS = ['results', 'news', 'articles', 'feed', 'data']
/** Articles are longer than rows of prices. Characters. */
const CSV_LIMITS = { line: 1 << 24, record: 1 << 18 }

/** Takes articles by the values of their fields. */
export interface TakeArticle {
  beginFile(name: string): { readonly rowsRead: number; readonly rowsRejected: number }
  take(value: (field: NewsField) => unknown, plan: NewsPlan, line: number, text: () => string): void
  reject(line: number, reason: NewsRejectReason, text: string): void
}

/** What reading the files of one import has in common. */
export interface NewsReadContext extends ImportReading {
  readonly account: TakeArticle
  readonly map: Record<string, string>
  readonly format: string | undefined
  readonly files: ImportedNewsFile[]
}

/** Reads one file, or all members of an archive. */
export async function readNewsFile(path: string, context: NewsReadContext): Promise<void> {
  const { signal, warnings, onBytes } = context
  await readTables(path, {
    signal,
    warnings,
    onBytes,
    readCsv: (name, sha256, chunks) => readOne(name, sha256, context, () => readCsvNews(name, chunks, context)),
    readJson: (name, sha256, chunks) => readOne(name, sha256, context, () => readJsonNews(name, chunks, context)),
    readParquet: (file) => Promise.reject(foreign(file, 'a parquet file', 'write it as CSV or JSON lines')),
    skips: () => false,
    foreign,
    worded: asNewsError,
  })
}

const foreign = (file: string, looksLike: string, mend: string) => new StrikescanError('import_not_news', { file, looksLike, mend })

/** Keeps the account of one file around the reading of its rows. */
async function readOne(name: string, sha256: string, { account, files, format: wanted, warnings }: NewsReadContext, read: () => Promise<NewsFormat>): Promise<void> {
  const tally = account.beginFile(name)
  const format = await read()
  if (wanted !== undefined && format !== wanted) throw new StrikescanError('import_format', { file: name, found: format, wanted })
  files.push({ name, sha256, format, rowsRead: tally.rowsRead, rowsRejected: tally.rowsRejected })
  if (tally.rowsRead === 0) warnings.push(`${name} holds no article.`)
}

async function readCsvNews(name: string, chunks: Chunks, { account, map }: NewsReadContext): Promise<NewsFormat> {
  let plan: NewsPlan | null = null
  let current: readonly string[] = []
  const value = (field: NewsField) => current[plan!.positions[field]]
  await readCsv(name, chunks, {
    header(fields) {
      plan = planNews(name, fields, map)
      if (plan === null) throw foreign(name, `a table with the columns ${columnsText(fields)}`, 'name its columns with a map such as title=COLUMN,published=COLUMN if it does hold articles')
    },
    record(fields, line, text) {
      if (fields.length !== plan!.width) return account.reject(line, 'wrong_field_count', text)
      current = fields
      account.take(value, plan!, line, () => text)
    },
    broken: (line, text) => account.reject(line, 'unclosed_quote', text),
  }, CSV_LIMITS)
  return 'csv'
}

async function readJsonNews(name: string, chunks: Chunks, { account, map }: NewsReadContext): Promise<NewsFormat> {
  const layouts = new Layouts<NewsPlan | null>()
  return readJson(name, chunks, {
    lists: LISTS,
    rejectLine: (line, text) => account.reject(line, 'not_an_article', text),
    takeObject(value, _, line) {
      const text = () => shown(value)
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return account.reject(line, 'not_an_article', text())
      const record = value as Record<string, unknown>
      const names = Object.keys(record)
      const plan = layouts.of(names, () => planOrNull(name, names, map))
      if (plan === null) return account.reject(line, missingOf(names), text())
      account.take((field) => record[names[plan.positions[field]]!], plan, line, text)
    },
  })
}

/** Members differ from record to record: one that lacks a mapped member is no reason to refuse the file. */
function planOrNull(file: string, names: readonly string[], map: Record<string, string>): NewsPlan | null {
  return planNews(file, names, Object.fromEntries(Object.entries(map).filter(([, member]) => names.includes(member))))
}

function missingOf(names: readonly string[]): NewsRejectReason {
  const probe = planNews('', [...names, 'title'], {})
  if (probe === null) return planNews('', [...names, 'published'], {}) === null ? 'not_an_article' : 'no_time'
  return 'no_title'
}

function shown(value: unknown): string {
  try {
    return JSON.stringify(value)?.slice(0, 1_000) ?? ''
  } catch {
    return 'a value nested too deeply to show'
  }
}

/** The readers that imports share name bars and chains in some of their errors. */
function asNewsError(file: string, error: unknown): unknown {
  if (!(error instanceof StrikescanError)) return error
  if (error.code === 'import_not_bars' || error.code === 'import_not_chains') return new StrikescanError('import_not_news', { file, looksLike: '', mend: '', ...error.details }, { cause: error })
  if (error.code !== 'import_json_shape') return error
  return foreign(file, 'JSON without articles', 'give articles as an array of objects, one per line, or as an answer such as {"results": […]}')
}
