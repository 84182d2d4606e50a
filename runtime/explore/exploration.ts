import { setImmediate as breathe } from 'node:timers/promises'

import type { OptionProvider } from '../../sdk/option-provider.ts'
import type { Settings } from '../config/schema.ts'
import { cancelledOutcome, exploreRows, type ExplorationStop } from './engine.ts'
import type { ExplorationStore } from './exploration-store.ts'
import type { ExplorationReport } from './report.ts'
import type { ExplorationRow, ExplorationStatus } from './row.ts'
import type { ExplorationService, ExplorationSession } from './service.ts'

export interface ExplorationOptions {
  readonly service: ExplorationService
  readonly store: ExplorationStore
  readonly runNumber: number
  readonly workers: number
  /** Those that decide over rows; default those of the service. */
  readonly settings?: Settings
  /** What was reported of the same rows before they were resumed; null where they were not. */
  readonly earlier?: ExplorationReport | null
  readonly forceFull: boolean
  /** Chains fetched before this instant (epoch milliseconds), the first start of the run, are fetched anew; null for none. */
  readonly refreshSince: number | null
  /** The provider for hits of a date, null for rows without one; called once per date. */
  openProvider(date: string | null): Promise<OptionProvider>
  /** Told once a provider is open where the rows to come have their chains from; the report's rows by status then grow as they finish. */
  opened?(report: ExplorationReport): void
  /** As `TickerDeps.lastClose`. */
  lastClose?(ticker: string): Promise<number | null>
  /** Takes finished rows, to be written down and told soon. */
  settle(rows: readonly ExplorationRow[]): void
  /** Writes down what was taken; rejects where that fails. */
  flush(): Promise<void>
  /** Does work that writes to the journal, once no other process holds it. */
  whenFree(work: () => void): Promise<void>
  /** Told of troubles, and of tickers that are skipped, each once; of no ticker where its name is empty. */
  log(level: 'info' | 'warn', ticker: string, text: string): void
  /** Takes a warning about the exploration as a whole, with a code of its own. */
  warn(code: string, message: string): void
  /** Told how far it is: `share` from 0 to 1. */
  progress(message: string, share: number, etaMs: number | null): void
}

/** Rows are told one by one as they finish; how far it is need not be told with each. */
const PROGRESS_MS = 250
const NO_TICKERS: ReadonlySet<string> = new Set()
/** Rows that a stop leaves behind are written down this many at a time. */
const ROWS_AT_ONCE = 1_000

const WHOLE = new Intl.NumberFormat('en-US')

/** The rows of one date (null for those without one): the open ones by ticker, how many each ticker has in all, and whether other dates have open ones. */
interface DatePart {
  readonly date: string | null
  readonly pending: ReadonlyMap<string, readonly number[]>
  readonly sizes: ReadonlyMap<string, number>
  readonly isOneOfMany: boolean
}

/** The exploration of a run's stored strategy rows: what is open is explored, what is done stays as it is. */
export class Exploration {
  readonly #options: ExplorationOptions
  readonly #abort = new AbortController()
  readonly #report: ExplorationReport
  #done: number
  #stop: ExplorationStop | null = null

  constructor(options: ExplorationOptions) {
    this.#options = options
    const { rows, pending, byStatus } = options.store.counts(options.runNumber)
    this.#report = { ...emptyReport(options.earlier ?? null), rows, byStatus }
    this.#done = rows - pending
  }

  /** Ends it soon: `cancel` gives open rows up as `Cancelled`, `interrupt` leaves them for a resume. */
  stop(how: ExplorationStop): void {
    if (this.#stop !== null) return
    this.#stop = how
    this.#abort.abort(how)
  }

  /** Explores every open row. Rejects where a provider can not be opened or rows can not be written. */
  async carryOut(): Promise<ExplorationReport> {
    const { service, store, runNumber } = this.#options
    const started = performance.now()
    const report = this.#report
    const tickers = store.tickers(runNumber)
    const names = new Set([...tickers.values()].flatMap((byTicker) => [...byTicker.keys()]).filter((ticker) => ticker !== ''))
    report.tickers = names.size
    const open = store.pending(runNumber)
    for (const [date, pending] of open) {
      if (this.#stop !== null) break
      await this.#explore({ date, pending, sizes: tickers.get(date)!, isOneOfMany: open.size > 1 })
    }
    await this.#options.flush()
    if (this.#stop === 'cancel') await this.#cancelOpen()
    await this.#options.flush()
    if (this.#stop !== 'interrupt') await this.#options.whenFree(() => service.learn(runNumber))
    // Counted where they lie, not as they were told.
    const { rows, byStatus, retryable } = store.counts(runNumber)
    return { ...report, rows, byStatus, retryable, durationMs: Math.round(performance.now() - started) }
  }

  async #explore(part: DatePart): Promise<void> {
    const { date, pending, sizes } = part
    const report = this.#report
    const { service, settings, store, runNumber, workers, forceFull, refreshSince, settle, log, lastClose } = this.#options
    const provider = await this.#options.openProvider(date)
    const session = await service.begin({ provider, ...(settings && { settings }), ...(lastClose && { lastClose }), runNumber, date, forceFull, refreshSince, signal: this.#abort.signal, warn: (text) => log('warn', '', text) })
    const unpriced = provider.prices === undefined ? NO_TICKERS : store.unpriced(runNumber, date)
    const plan = session.plan([...pending.keys()].filter((ticker) => ticker !== ''), unpriced)
    report.provider = provider.name
    report.simulated = provider.simulated
    this.#options.opened?.(report)
    report.plan = { calls: report.plan.calls + plan.calls, durationMs: report.plan.durationMs + plan.durationMs, limitedBy: plan.limitedBy }
    const started = performance.now()
    const before = this.#done
    let told = started
    let isLimitTold = plan.limitedBy === 'callsPerMinute'
    this.#options.progress(describePlan(part, plan), this.#share, plan.durationMs)
    try {
      await exploreRows({
        pending,
        workers,
        inputs: (positions) => store.inputs(runNumber, positions),
        log,
        batchSize: (ticker) => sizes.get(ticker)!,
        positionsOf: (ticker) => store.positions(runNumber, date, ticker),
        openTicker: (ticker) => session.openTicker(ticker),
        settle: (rows) => {
          settle(rows)
          this.#done += rows.length
          for (const { outcome } of rows) report.byStatus[outcome.explorationStatus] = (report.byStatus[outcome.explorationStatus] ?? 0) + 1
          const now = performance.now()
          if (now - told < PROGRESS_MS && this.#done < report.rows) return
          told = now
          const bySource = session.leftOf(plan)
          if (!isLimitTold && bySource.limitedBy === 'callsPerMinute') log('info', '', describeLimit(provider.name, bySource))
          isLimitTold ||= bySource.limitedBy === 'callsPerMinute'
          const byRows = leftMs(now - started, this.#done - before, report.rows - this.#done)
          // Rows that are done say nothing of the wait for the provider's next minute.
          const left = byRows === null || this.#done >= report.rows ? byRows : Math.max(byRows, bySource.durationMs)
          this.#options.progress(`Exploring rows ${WHOLE.format(this.#done)} of ${WHOLE.format(report.rows)}`, this.#share, left)
        },
        stopped: () => this.#stop,
      })
    } finally {
      addCounts(report, session)
      const { unanswered } = session
      if (unanswered !== null && lacksAnswers(report.byStatus)) this.#options.warn('explore_no_answer', `not one call to ${provider.name} was answered; the last: ${unanswered}`)
    }
  }

  get #share(): number {
    return this.#report.rows === 0 ? 1 : this.#done / this.#report.rows
  }

  async #cancelOpen(): Promise<void> {
    const { store, runNumber, settle } = this.#options
    for (const pending of store.pending(runNumber).values()) {
      for (const positions of pending.values()) {
        for (let first = 0; first < positions.length; first += ROWS_AT_ONCE) {
          const part = positions.slice(first, first + ROWS_AT_ONCE)
          const inputs = store.inputs(runNumber, part)
          settle(part.map((position, index) => ({ position, input: inputs[index]!, outcome: cancelledOutcome() })))
          await this.#options.flush()
          await breathe()
        }
      }
    }
  }
}

/** By how long the rows so far took; null before the first. */
const leftMs = (tookMs: number, done: number, left: number): number | null => (done === 0 ? null : Math.round((tookMs / done) * left))

const WITHOUT_ANSWER: readonly ExplorationStatus[] = ['API_Error', 'Chain_Fetch_Failed', 'Timed_Out']
/** Statuses that no row has without what a provider answered, now or before. */
const BY_ANSWER: readonly ExplorationStatus[] = ['Success', 'No_Expirations', 'No_Chain_Data', 'No_Suitable_Strikes', 'Low_Liquidity']

/** Whether rows failed for want of an answer, and none of the run has one. */
function lacksAnswers(byStatus: ExplorationReport['byStatus']): boolean {
  const isThere = (status: ExplorationStatus): boolean => (byStatus[status] ?? 0) > 0
  return WITHOUT_ANSWER.some(isThere) && !BY_ANSWER.some(isThere)
}

/** The open rows of one date, of those that name a ticker and those that name none alike, and what they take. */
function describePlan({ date, pending, isOneOfMany }: DatePart, { calls, durationMs, limitedBy }: ExplorationReport['plan']): string {
  const rows = [...pending.values()].reduce((sum, positions) => sum + positions.length, 0)
  const tickers = [...pending.keys()].filter((ticker) => ticker !== '').length
  const counted = `Exploring ${numbered(rows, 'row')} of ${numbered(tickers, 'ticker')}${isOneOfMany && date !== null ? ` on ${date}` : ''}`
  if (calls === 0) return `${counted}: no call is needed for the first look`
  const why = limitedBy === 'callsPerMinute' ? " at the provider's calls a minute" : ''
  return `${counted}: about ${numbered(calls, 'call')}${durationMs === 0 ? '' : `, ${WHOLE.format(Math.ceil(durationMs / 1_000))} s${why}`}`
}

/** Told once an answer has: a plan knows of no minute that no answer has told of. */
function describeLimit(provider: string, { durationMs, callsPerMinute }: ReturnType<ExplorationSession['leftOf']>): string {
  return `${provider} grants ${callsPerMinute === null ? 'few calls' : numbered(callsPerMinute, 'call')} a minute by its answers: about ${WHOLE.format(Math.ceil(durationMs / 1_000))} s to go`
}

const numbered = (number: number, word: string): string => `${WHOLE.format(number)} ${word}${number === 1 ? '' : 's'}`

function emptyReport(earlier: ExplorationReport | null): ExplorationReport {
  return {
    // Where nothing is left to explore none is opened: the rows have their chains from the one before.
    provider: earlier?.provider ?? '',
    simulated: earlier?.simulated ?? false,
    rows: 0,
    tickers: 0,
    retryable: 0,
    byStatus: {},
    plan: { calls: 0, durationMs: 0, limitedBy: 'nothing' },
    calls: 0,
    priceCalls: 0,
    retries: 0,
    failures: {},
    cache: { memory: 0, disk: 0, redis: 0, fetched: 0, failed: 0, stale: 0, corrupt: 0, unstorable: 0, hitRate: null },
    durationMs: 0,
  }
}

function addCounts(report: ExplorationReport, session: ExplorationSession): void {
  const { calls, priceCalls, retries, failures, cache } = session.report()
  report.calls += calls
  report.priceCalls += priceCalls
  report.retries += retries
  for (const [cause, count] of Object.entries(failures)) report.failures[cause] = (report.failures[cause] ?? 0) + count
  for (const name of ['memory', 'disk', 'redis', 'fetched', 'failed', 'stale', 'corrupt', 'unstorable'] as const) report.cache[name] += cache[name]
  const { memory, disk, redis, fetched, failed } = report.cache
  const questions = memory + disk + redis + fetched + failed
  report.cache.hitRate = questions === 0 ? null : (memory + disk + redis) / questions
}
