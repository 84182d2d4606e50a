/** What became of one symbol on one date. Journals hold statuses as places in this list: what is new goes to its end. */
export const ROW_STATUSES = ['hit', 'miss', 'rejected', 'failed', 'timed_out', 'out_of_memory', 'no_data', 'cancelled'] as const
export type RowStatus = (typeof ROW_STATUSES)[number]

export const DIRECTIONS = ['bullish', 'bearish', 'neutral'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** Why a row failed; `line` and `column` count from 1 in the author's file, `frame` shows the line with a caret. */
export interface RowError {
  code: string
  message: string
  hint: string
  line: number | null
  column: number | null
  frame: string | null
}

/** The outcome of one symbol on one date. Durations in milliseconds. */
export interface Row {
  symbol: string
  date: string
  status: RowStatus
  reason: string
  score: number | null
  direction: Direction | null
  /** What the script returned, as plain JSON. */
  data: unknown
  /** Names of option strategies that the script proposes. */
  strategies: string[]
  batchId: number | null
  workerId: number | null
  attempt: number
  queueMs: number | null
  dataMs: number | null
  scriptMs: number | null
  error: RowError | null
}

/** Rows of a run by outcome; `detected` equals the sum of the rest. */
export interface Ledger {
  detected: number
  rejected: number
  hit: number
  miss: number
  failed: number
  timedOut: number
  outOfMemory: number
  noData: number
  cancelled: number
}

export const LEDGER_FIELD: Record<RowStatus, Exclude<keyof Ledger, 'detected'>> = {
  hit: 'hit',
  miss: 'miss',
  rejected: 'rejected',
  failed: 'failed',
  timed_out: 'timedOut',
  out_of_memory: 'outOfMemory',
  no_data: 'noData',
  cancelled: 'cancelled',
}

/** Of a run that is to have so many rows and has none yet. */
export function emptyLedger(detected: number): Ledger {
  return { detected, rejected: 0, hit: 0, miss: 0, failed: 0, timedOut: 0, outOfMemory: 0, noData: 0, cancelled: 0 }
}

/** The ledger of so many rows as they are by status. */
export function ledgerOf(detected: number, counts: ReadonlyMap<RowStatus, number>): Ledger {
  const ledger = emptyLedger(detected)
  for (const [status, count] of counts) ledger[LEDGER_FIELD[status]] = count
  return ledger
}
