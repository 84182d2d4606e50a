import { StrikescanError } from '../errors/strikescan-error.ts'
import type { ExplorationStatus } from './row.ts'

/** What an exploration of a run came to. */
export interface ExplorationReport {
  /** Where the chains came from, and whether a market ever made them. */
  provider: string
  simulated: boolean
  /** Strategy rows handed over, and how many ended in each status; the counts sum up to `rows` once it is done. */
  rows: number
  tickers: number
  /** Rows without a whole answer, for what can pass or be mended: a resume tries them again. */
  retryable: number
  byStatus: Partial<Record<ExplorationStatus, number>>
  /** What was expected before the start: calls, and milliseconds at the pace that is granted. */
  plan: { calls: number; durationMs: number; limitedBy: string }
  /** Requests sent, retries included, and failed ones by cause. */
  calls: number
  /** Of them, those for prices of underlyings, each of many tickers. */
  priceCalls: number
  retries: number
  failures: Record<string, number>
  /**
   * Answers by the tier that gave them (those of a fetch shared with another count as memory), questions without an
   * answer, entries that were too old, damaged or could not be kept, and the share of questions that needed no request.
   */
  cache: { memory: number; disk: number; redis: number; fetched: number; failed: number; stale: number; corrupt: number; unstorable: number; hitRate: number | null }
  durationMs: number
}

/** Counts the rows of a finished exploration: as many out as in. @throws explore_ledger_mismatch */
export function checkExploration({ id, explore }: { id: string; explore: ExplorationReport | null }): void {
  if (explore === null) return
  const out = Object.values(explore.byStatus).reduce((sum, count) => sum + count, 0)
  if (out !== explore.rows) throw new StrikescanError('explore_ledger_mismatch', { run: id, rows: explore.rows, out })
}
