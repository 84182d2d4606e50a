import pLimit from 'p-limit'

import { TickerExploration, type TickerDeps } from './explore-ticker.ts'
import { emptyOutcome } from './outcome.ts'
import type { ExplorationOutcome, ExplorationRow, StrategyRow } from './row.ts'
import { SourceTroubles } from './source-troubles.ts'

/** How an exploration was stopped: `cancel` ends its open rows as `Cancelled`, `interrupt` leaves them for a resume. */
export type ExplorationStop = 'cancel' | 'interrupt'

export interface EngineWork {
  /** Open rows by ticker, in the order in which the tickers are taken up. */
  readonly pending: ReadonlyMap<string, readonly number[]>
  /** Tickers explored at once. */
  readonly workers: number
  inputs(positions: readonly number[]): StrategyRow[]
  /** How many rows a ticker has, those finished before an interruption included. */
  batchSize(ticker: string): number
  /** All of these, in order. */
  positionsOf(ticker: string): readonly number[]
  /** The parts of `TickerDeps` that belong to one ticker; `close` is called when its rows are done. */
  openTicker(ticker: string): { deps: TickerDeps; close(): void }
  /** Told once of each trouble of a ticker, and of each reason to skip it; of troubles of the source with an empty ticker. */
  log(level: 'info' | 'warn', ticker: string, text: string): void
  /** Told finished rows, a ticker's in order; throws where they can not be written down. */
  settle(rows: readonly ExplorationRow[]): void
  stopped(): ExplorationStop | null
}

/** Rows that are written down together: a ticker may have a hundred thousand. */
const ROWS_AT_ONCE = 200

/** Lines in the log about one ticker at most; every row has its reason anyway. */
const LINES_OF_A_TICKER = 10

/**
 * Explores all open rows, several tickers at once, each by one worker from its first row to its last. After a stop no
 * further ticker is taken up. Rejects only where rows can not be written down.
 */
export async function exploreRows(work: EngineWork): Promise<void> {
  const limit = pLimit(work.workers)
  const troubles = new SourceTroubles(work.log)
  const free = Array.from({ length: work.workers }, (_, index) => index + 1)
  let failure: unknown = null
  const tasks = [...work.pending].map(([ticker, positions]) =>
    limit(async () => {
      if (work.stopped() !== null || failure !== null) return
      const worker = free.shift()!
      try {
        await exploreOne(ticker, positions, { worker, troubles, work })
      } catch (error) {
        failure ??= error
      } finally {
        free.push(worker)
        free.sort((one, other) => one - other)
      }
    }),
  )
  await Promise.all(tasks)
  troubles.end()
  if (failure !== null) throw failure
}

async function exploreOne(ticker: string, positions: readonly number[], { worker, troubles, work }: { worker: number; troubles: SourceTroubles; work: EngineWork }): Promise<void> {
  const { deps, close } = work.openTicker(ticker)
  try {
    const parallelBatchSize = work.batchSize(ticker)
    const all = () => rowsAt(positions.length === parallelBatchSize ? positions : work.positionsOf(ticker), work)
    const exploration = new TickerExploration(ticker, deps, all)
    const told = new Set<string>()
    for (let first = 0; first < positions.length; first += ROWS_AT_ONCE) {
      const part = positions.slice(first, first + ROWS_AT_ONCE)
      const finished: ExplorationRow[] = []
      for (const [index, input] of work.inputs(part).entries()) {
        const outcome = await exploration.explore({ position: part[index]!, row: input })
        if (outcome === null) break
        finished.push({ position: part[index]!, input, outcome: { ...outcome, parallelWorkerId: worker, parallelBatchSize } })
      }
      exploration.remember()
      for (const remark of exploration.takeRemarks()) note('warn', ticker, remark, told, work)
      for (const { outcome } of finished) if (!troubles.covers(ticker, outcome)) tell(ticker, outcome, told, work)
      work.settle(finished)
      if (finished.length < part.length) return
      // A provider on this machine answers without a wait: others must have their turn.
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    close()
  }
}

function* rowsAt(positions: readonly number[], work: EngineWork): Generator<StrategyRow> {
  for (let first = 0; first < positions.length; first += ROWS_AT_ONCE) yield* work.inputs(positions.slice(first, first + ROWS_AT_ONCE))
}

function tell(ticker: string, { explorationStatus: status, explorationReason: reason, parallelError }: ExplorationOutcome, told: Set<string>, work: EngineWork): void {
  const isSkipped = status === 'Skipped_Compute'
  if (!isSkipped && status !== 'Timed_Out' && parallelError === null) return
  note(isSkipped ? 'info' : 'warn', ticker, `${status}: ${reason}`, told, work)
}

function note(level: 'info' | 'warn', ticker: string, text: string, told: Set<string>, work: EngineWork): void {
  if (told.has(text) || told.size >= LINES_OF_A_TICKER) return
  told.add(text)
  work.log(level, ticker, text)
}

/** What the rows become that a cancelled exploration never reached. */
export function cancelledOutcome(): ExplorationOutcome {
  return emptyOutcome('Cancelled', 'the exploration was cancelled before this row was reached')
}
