import { request, requestText } from './client.ts'
import type { Explored, Row, RowStatus, Run, Scanner } from './types.ts'

/** What a page of the browser holds of a list at most: what is beyond is in the downloads, and the page says so. */
const MOST_ROWS = 50_000
const MOST_CHARACTERS = 64_000_000
const FIRST_PAGE = 1_000
const LARGEST_PAGE = 5_000
/** Of one answer: large ones hold up the server as well as the page. */
const PAGE_CHARACTERS = 2_000_000

/** The first of many. */
export interface Listed<T> {
  readonly items: T[]
  /** Whether there are no more. */
  readonly isWhole: boolean
}

interface Options<T = unknown> {
  readonly signal?: AbortSignal
  /** Hears of the first page, where more are to come. */
  readonly onFirst?: (items: readonly T[]) => void
}

/** Rows of some statuses, as many as a browser should hold. @throws ApiError */
export const readRows = (runId: string, statuses: readonly RowStatus[], options: Options<Row> = {}): Promise<Listed<Row>> =>
  readFirst<Row>(`/api/runs/${runId}/rows?status=${statuses.join(',')}`, options)

/** Rows of one symbol, by date; of one date where it is named. @throws ApiError */
export const readRowsOf = (runId: string, symbol: string, date: string | null, options: Options = {}): Promise<Listed<Row>> =>
  readFirst<Row>(`/api/runs/${runId}/rows?symbol=${encodeURIComponent(symbol)}${date === null ? '' : `&date=${date}`}`, options)

/** Explored strategies of a run, as many as a browser should hold. @throws ApiError */
export const readExploration = (runId: string, options: Options = {}): Promise<Listed<Explored>> =>
  readFirst<Explored>(`/api/runs/${runId}/exploration?`, options)

/** Those of one ticker. @throws ApiError */
export const readExplorationOf = (runId: string, ticker: string, options: Options = {}): Promise<Listed<Explored>> =>
  readFirst<Explored>(`/api/runs/${runId}/exploration?ticker=${encodeURIComponent(ticker)}`, options)

async function readFirst<T>(path: string, options: Options<T>): Promise<Listed<T>> {
  const items: T[] = []
  let characters = 0
  for await (const page of pagesOf<T>(path, options)) {
    for (const row of page.rows) items.push(row)
    characters += page.characters
    if (page.isLast) return { items, isWhole: true }
    if (items.length === page.rows.length) options.onFirst?.([...items])
    if (items.length >= MOST_ROWS || characters > MOST_CHARACTERS) break
  }
  return { items, isWhole: false }
}

/** A list page by page; pages of large items are short ones. @throws ApiError */
export async function* pagesOf<T>(
  path: string,
  { signal }: Pick<Options, 'signal'>,
): AsyncGenerator<{ rows: T[]; characters: number; isLast: boolean }> {
  let cursor: string | null = null
  let limit = FIRST_PAGE
  do {
    const text = await requestText(
      `${path}&limit=${limit}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      signal === undefined ? {} : { signal },
    )
    const page = JSON.parse(text) as { rows: T[]; nextCursor: string | null }
    cursor = page.nextCursor
    yield { rows: page.rows, characters: text.length, isLast: cursor === null }
    if (page.rows.length > 0) limit = Math.max(20, Math.min(LARGEST_PAGE, Math.floor((PAGE_CHARACTERS * page.rows.length) / text.length)))
  } while (cursor !== null)
}

/** The newest runs, of those before the cursor where one is given. @throws ApiError */
export const readRunPage = (
  query = '',
  cursor: string | null = null,
  options: Options = {},
): Promise<{ runs: Run[]; nextCursor: string | null }> =>
  request(`/api/runs?limit=200${query}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, options)
export const readRuns = async (query = ''): Promise<Run[]> => (await readRunPage(query)).runs
/** The newest scanners. @throws ApiError */
export const readScanners = async (): Promise<Scanner[]> => (await request<{ scanners: Scanner[] }>('/api/scanners?limit=1000')).scanners
