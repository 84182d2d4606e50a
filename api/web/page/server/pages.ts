import { request } from './client.ts'
import type { Explored, Row, RowStatus, Run, Scanner } from './types.ts'

/** Rows that a page of the browser holds at most: what is beyond is in the downloads, and the page says so. */
export const MOST_ROWS = 50_000
const PAGE = 5_000

/** Rows of some statuses, the first `MOST_ROWS`; `onPage` hears of each page as it comes. @throws ApiError */
export async function readRows(runId: string, statuses: readonly RowStatus[], options: { signal?: AbortSignal; onPage?: (rows: readonly Row[]) => void } = {}): Promise<Row[]> {
  return readAll<Row>(`/api/runs/${runId}/rows?status=${statuses.join(',')}&limit=${PAGE}`, options)
}

/** Explored strategies of a run, the first `MOST_ROWS`. @throws ApiError */
export async function readExploration(runId: string, options: { signal?: AbortSignal } = {}): Promise<Explored[]> {
  return readAll<Explored>(`/api/runs/${runId}/exploration?limit=${PAGE}`, options)
}

async function readAll<T>(path: string, { signal, onPage }: { signal?: AbortSignal; onPage?: (rows: readonly T[]) => void }): Promise<T[]> {
  const rows: T[] = []
  let cursor: string | null = null
  do {
    const page: { rows: T[]; nextCursor: string | null } = await request(`${path}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, signal === undefined ? {} : { signal })
    for (const row of page.rows) rows.push(row)
    cursor = page.nextCursor
    onPage?.(rows)
  } while (cursor !== null && rows.length < MOST_ROWS)
  return rows
}

/** The newest runs. @throws ApiError */
export const readRuns = async (query = ''): Promise<Run[]> => (await request<{ runs: Run[] }>(`/api/runs?limit=200${query}`)).runs
/** The newest scanners. @throws ApiError */
export const readScanners = async (): Promise<Scanner[]> => (await request<{ scanners: Scanner[] }>('/api/scanners?limit=1000')).scanners
