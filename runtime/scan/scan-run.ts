import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'

import type { Settings } from '../config/schema.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import type { ModuleTable } from '../intake/modules.ts'
import type { Journal, StoredScanner } from '../journal/journal.ts'
import type { Snapshot } from '../market/snapshot.ts'
import { Executor, ExecutorStopped, WorkersUnusable } from './executor.ts'
import { faultLocator } from './locate.ts'
import { hostOutcome, type Outcome } from './outcome.ts'
import { ProgressEstimate } from './progress.ts'
import type { Row } from './row.ts'
import { RunNotes } from './run-notes.ts'
import { emptyRow, scannedRow } from './run-rows.ts'
import { STAGE_PERCENT, type PrefilterSettings, type Run, type RunEvent, type RunRequest, type Stage } from './run.ts'
import { ScanPhase, type ScanPhaseOptions } from './scan-phase.ts'
import { resolveScope, type RunScope } from './scope.ts'
import { ScriptLoader, type DeclaredLists } from './script-loader.ts'
import { Settlement } from './settlement.ts'
import type { Unit } from './units.ts'
import type { QueueEvents, RowOrigin } from './work-queue.ts'

/** A run's request as it is kept for a resume; the script's bytes are kept with the scanner. */
export type StoredRequest = Omit<RunRequest, 'source'>

/** What is fixed once a run has been planned, so that a resume does the same. */
export interface StoredPlan {
  request: StoredRequest
  seed: string
  snapshot: string | null
  scope: RunScope | null
}

export interface ScanRunDeps {
  journal: Journal
  settings: Settings
  /** Prefilter settings that somebody chose, rather than defaults. */
  chosenPrefilter: Partial<PrefilterSettings>
  home: string
  modules: ModuleTable
  openSnapshot(id: string | null, onBuilding: (message: string) => void): Promise<Snapshot>
}

const LOAD_TIMEOUT_MS = 10_000

/** One run, from its stored request to its last row. Construct, then `carryOut` once. */
export class ScanRun {
  readonly run: Run
  readonly #deps: ScanRunDeps
  readonly #number: number
  readonly #scanner: StoredScanner
  readonly #plan: StoredPlan
  readonly #listeners = new Set<(event: RunEvent) => void>()
  readonly #notes: RunNotes
  #settlement: Settlement
  #executor: Executor | null = null
  #stop: 'cancel' | 'interrupt' | 'timeout' | null = null
  #stageStarted = performance.now()
  #estimate: ProgressEstimate | null = null
  #isTrial = false

  constructor(options: { deps: ScanRunDeps; number: number; run: Run; scanner: StoredScanner; plan: StoredPlan }) {
    this.#deps = options.deps
    this.#number = options.number
    this.run = options.run
    this.#scanner = options.scanner
    this.#plan = options.plan
    this.#notes = new RunNotes(options.run, options.deps.settings)
    this.#settlement = this.#openSettlement(0)
  }

  /** Events after `afterSeq`, then those to come. Gives the way to stop. */
  subscribe(listener: (event: RunEvent) => void, afterSeq = 0): () => void {
    this.#settlement.flush()
    for (const event of this.#deps.journal.events(this.#number, afterSeq)) listener(event)
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Gives up the rest: rows not reached become `cancelled`. */
  cancel(): void {
    this.#halt('cancel')
  }

  /** Stops where it is and keeps what is done, for a later resume. */
  interrupt(): void {
    this.#halt('interrupt')
  }

  /** Carries the run out to its end. Never rejects: what goes wrong is the run's error. */
  async carryOut(): Promise<Run> {
    this.run.status = 'running'
    this.run.error = null
    this.run.finishedAt = null
    this.run.startedAt ??= new Date().toISOString()
    const deadline = setTimeout(() => this.#halt('timeout'), this.#limits.timeoutMs)
    try {
      await this.#execute()
    } catch (error) {
      // Whoever stopped the run knows why; what broke because of it is no news.
      if (this.#stop === null || isJournalFailure(error)) return this.#fail(error)
    } finally {
      clearTimeout(deadline)
      this.#executor?.stop()
    }
    try {
      this.#finish()
    } catch (error) {
      this.#fail(error)
    }
    return this.run
  }

  get #limits() {
    const { settings } = this.#deps
    const asked = this.#plan.request.limits ?? {}
    return {
      timeoutMs: asked.timeoutMs ?? settings['limits.timeoutMs'],
      symbolTimeoutMs: asked.symbolTimeoutMs ?? settings['limits.symbolTimeoutMs'],
      memoryMb: asked.memoryMb ?? settings['limits.memoryMb'],
      workers: asked.workers ?? settings['workers.count'],
    }
  }

  get #loadTimeoutMs(): number {
    return Math.max(this.#limits.symbolTimeoutMs, LOAD_TIMEOUT_MS)
  }

  async #execute(): Promise<void> {
    this.#stage('integrity', 'checking the stored script')
    this.#checkIntegrity()
    const loader = this.#makeLoader()
    // Reading the script takes a process of its own, which starts while the market is opened.
    const inspection = loader.inspect()
    inspection.catch(() => {})
    const snapshot = await this.#deps.openSnapshot(this.#plan.snapshot, (message) => this.#say(message))
    const files = openFiles(snapshot)
    try {
      this.#stage('isolation', 'starting workers')
      const executor = this.#startExecutor([files.bars, files.index])
      this.#stage('syntax', 'reading the script')
      const plan = await inspection
      const locate = faultLocator(plan, new TextDecoder().decode(this.#scanner.source))
      this.#stage('loading', 'loading the script')
      const loaded = await loader.load(executor, plan, locate)
      const scope = this.#fixScope(await loader.declaredLists(executor, plan, locate), snapshot)
      await this.#scan(executor, scope, { plan, loaded, snapshot, locate, barsFd: files.bars })
    } finally {
      closeSync(files.index)
      closeSync(files.bars)
    }
  }

  #makeLoader(): ScriptLoader {
    const { settings, modules, home } = this.#deps
    return new ScriptLoader(this.#scanner, {
      settings,
      modules,
      home,
      memoryMb: this.#limits.memoryMb,
      loadTimeoutMs: this.#loadTimeoutMs,
      params: this.#plan.request.params ?? {},
      seed: this.#plan.seed,
    })
  }

  #checkIntegrity(): void {
    const sha256 = createHash('sha256').update(this.#scanner.source).digest('hex')
    if (sha256 !== this.#scanner.sha256) throw new StrikescanError('scanner_damaged', { file: this.#scanner.filename })
  }

  #startExecutor(files: number[]): Executor {
    const { settings } = this.#deps
    const limits = this.#limits
    const executor = new Executor({
      settings: {
        workers: limits.workers,
        symbolTimeoutMs: limits.symbolTimeoutMs,
        loadTimeoutMs: this.#loadTimeoutMs,
        memoryMb: limits.memoryMb,
        softMemoryMb: settings['memory.softMb'],
        batchTargetMs: settings['batch.targetMs'],
      },
      files,
      events: {
        worker: ({ id, pid, rssBytes, cpuPercent, item, note }) => {
          const symbol = item === null ? null : (this.#plan.scope?.symbols[this.#symbolOf(item.unit, item.item)] ?? null)
          this.#settlement.event({ type: 'worker', id, pid, rssBytes, cpuPercent, symbol, note })
        },
        log: ({ level, item, text }, unit) => {
          // What a trial prints, the run prints again.
          if (this.#isTrial) return
          const symbol = unit !== null && item >= 0 ? (this.#plan.scope?.symbols[this.#symbolOf(unit, item)] ?? null) : null
          this.#notes.log(this.#settlement, level, symbol, text)
        },
        note: ({ code, text, count }) => {
          if (!this.#isTrial) this.#warn(code, text, count)
        },
      },
    })
    this.#executor = executor
    executor.start()
    return executor
  }

  #symbolOf(unit: Unit, item: number): number {
    const dateCount = this.#plan.scope?.dates.length ?? 1
    if (unit.kind === 'scan') return Math.floor(unit.positions[item]! / dateCount)
    return unit.symbolIndexes[Math.floor(item / unit.dateIndexes.length)]!
  }

  #fixScope(declared: DeclaredLists, snapshot: Snapshot): RunScope {
    const scope = this.#plan.scope ?? resolveScope({ ...this.#plan.request, source: this.#scanner.source }, declared, snapshot)
    this.#plan.scope = scope
    this.#plan.snapshot = snapshot.id
    this.run.market = { source: snapshot.provider, simulated: snapshot.simulated, snapshot: snapshot.id, asOf: scope.asOf }
    this.#deps.journal.savePlan(this.#number, this.#plan)
    this.#settlement.flush()
    this.#settlement = this.#openSettlement(scope.symbols.length * scope.dates.length)
    return scope
  }

  #openSettlement(rowCount: number): Settlement {
    return new Settlement({ journal: this.#deps.journal, runNumber: this.#number, run: this.run, rowCount, hear: (event) => this.#hear(event) })
  }

  async #scan(executor: Executor, scope: RunScope, script: Pick<ScanPhaseOptions, 'plan' | 'loaded' | 'snapshot' | 'locate' | 'barsFd'>): Promise<void> {
    const { request } = this.#plan
    const asked = request.split ?? 'auto'
    this.#stage('prefilter', 'screening symbols')
    const phase = new ScanPhase({
      ...script,
      executor,
      scope,
      settings: this.#deps.settings,
      chosenPrefilter: this.#deps.chosenPrefilter,
      limits: this.#limits,
      events: this.#queueEvents(scope),
      isSettled: (position) => this.#settlement.isSettled(position),
      settleOut: (position, status, reason) => this.#settleOut(position, status, reason),
      pause: (datesDone) => this.#screened(datesDone, scope.dates.length),
    })
    const { kept, funnel } = await phase.screen(request.prefilter, asked)
    this.run.prefilter = funnel
    this.#stage('dispatch', 'planning batches')
    // A resumed run goes on as it began.
    this.run.split ??= await this.#inTrial(() => phase.decideSplit(asked, kept))
    // A scanner that keeps state must not find that of the trial.
    if (this.run.split.mode === 'whole') executor.reload()
    this.#stage('executing', this.#progressMessage(0))
    this.#estimate = new ProgressEstimate(this.#settlement.settledCount, scope.symbols.length * scope.dates.length, performance.now())
    await executor.execute(phase.queue(this.run.split, asked, kept))
  }

  /** Tells how far the screening is and lets others have a turn; gives up where the run was stopped. */
  async #screened(datesDone: number, dates: number): Promise<void> {
    if (dates > 1) this.#say(`screening symbols, ${datesDone} of ${dates} dates`)
    await new Promise((resolve) => setImmediate(resolve))
    if (this.#stop !== null) throw new ExecutorStopped()
    const failure = this.#settlement.takeFailure()
    if (failure !== null) throw failure
  }

  /** What is printed and noted in a trial is not told: the run prints it again. */
  async #inTrial<T>(work: () => Promise<T>): Promise<T> {
    this.#isTrial = true
    try {
      return await work()
    } finally {
      this.#isTrial = false
    }
  }

  #settleOut(position: number, status: 'rejected' | 'no_data', reason: string): void {
    if (this.#settlement.isSettled(position)) return
    this.#settlement.settle(position, { ...emptyRow(this.#plan.scope!, position), status, reason })
  }

  #queueEvents({ symbols, dates }: RunScope): QueueEvents {
    const dateCount = dates.length
    return {
      settled: (position, outcome, origin) => this.#settled(position, outcome, origin),
      dispatched: (_, positions) => {
        const open = positions.filter((position) => !this.#settlement.isSettled(position))
        this.#settlement.running(open.map((position) => ({ symbol: symbols[Math.floor(position / dateCount)]!, date: dates[position % dateCount]! })))
        this.#progress(open.length)
      },
      strays: (count, samples) => this.#warn('stray_hits', 'hits for symbols or dates not asked for are no rows', count, samples),
      droppedLogs: (count) => this.#notes.dropped(count),
      stateLost: () =>
        this.#warn('state_lost', 'the scanner keeps state from symbol to symbol; its worker was replaced, and what it had gathered before is gone', 1),
    }
  }

  #settled(position: number, outcome: Outcome, origin: RowOrigin): void {
    this.#settlement.settle(position, scannedRow(this.#plan.scope!, position, outcome, origin))
    const failure = this.#settlement.takeFailure()
    if (failure !== null) this.#executor?.abort(failure)
  }

  #progress(dispatched: number): void {
    const run = this.run
    const done = this.#settlement.settledCount
    const total = this.run.ledger.detected
    const open = this.#estimate?.look(done, performance.now()) ?? { share: 0, etaMs: null }
    run.percent = Math.max(run.percent, Math.min(89, STAGE_PERCENT.executing + Math.floor(open.share * (89 - STAGE_PERCENT.executing))))
    run.etaMs = open.etaMs
    run.message = this.#progressMessage(dispatched)
    if (done <= total) this.#settlement.state()
  }

  /** `Processing symbols 1-50 of 300`, counted among the rows that are scanned. */
  #progressMessage(dispatched: number): string {
    const { detected, rejected, noData } = this.run.ledger
    const scanned = detected - rejected - noData
    const done = this.#settlement.settledCount - rejected - noData
    if (scanned === 0) return 'no symbol is left to scan'
    return `Processing symbols ${Math.min(done + 1, scanned)}-${Math.min(done + Math.max(1, dispatched), scanned)} of ${scanned}`
  }

  /** Accounts for every row and closes the run. */
  #finish(): void {
    if (this.#stop === 'interrupt') return this.#pause()
    this.#settleRest()
    this.#notes.close()
    if (this.#stop === null) this.#stage('results', 'checking the rows')
    this.#settlement.flush()
    this.#checkLedger()
    this.#endStage()
    this.#close()
    this.#end()
  }

  #checkLedger(): void {
    const { detected, ...counts } = this.run.ledger
    const rows = Object.values(counts).reduce((sum, count) => sum + count, 0)
    const stored = [...this.#deps.journal.countRows(this.#number).values()].reduce((sum, count) => sum + count, 0)
    if (rows !== detected || stored !== detected) throw new StrikescanError('ledger_mismatch', { rows: stored, detected, run: this.run.id })
  }

  #close(): void {
    const { run } = this
    run.finishedAt = new Date().toISOString()
    run.etaMs = 0
    if (this.#stop === 'timeout') return this.#setError(new StrikescanError('run_timeout', { seconds: this.#limits.timeoutMs / 1000 }))
    if (this.#stop === 'cancel') {
      run.status = 'cancelled'
      run.message = 'cancelled'
      return
    }
    run.status = 'completed'
    run.stage = 'done'
    run.percent = 100
    run.message = 'done'
  }

  /** Rows that nobody will scan any more get the status that says why. */
  #settleRest(): void {
    if (this.#stop === null || this.#plan.scope === null) return
    const outcome =
      this.#stop === 'timeout'
        ? hostOutcome('timed_out', 'run_unreached', { seconds: this.#limits.timeoutMs / 1000 })
        : { ...hostOutcome('failed', 'run_cancelled', {}), status: 'cancelled' as const, error: null }
    this.#settleOpen(outcome)
  }

  #settleOpen(outcome: Partial<Row>): void {
    for (let position = 0; position < this.run.ledger.detected; position++) {
      if (!this.#settlement.isSettled(position)) this.#settlement.settle(position, { ...emptyRow(this.#plan.scope!, position), ...outcome })
    }
  }

  #pause(): void {
    this.run.status = 'paused'
    this.run.message = 'interrupted'
    this.run.etaMs = null
    this.#settlement.state()
    this.#settlement.flush()
    this.#deps.journal.releaseRun(this.#number)
  }

  #fail(error: unknown): Run {
    if (isJournalFailure(error)) return this.#suspend(error as Error)
    const known = error instanceof StrikescanError ? error : error instanceof WorkersUnusable ? new StrikescanError('worker_unusable', { detail: error.message }) : null
    this.#setError(known ?? new StrikescanError('internal_error', { message: (error as Error).message }, { cause: error }))
    try {
      this.#settleFailed()
      this.#end()
      return this.run
    } catch (second) {
      return this.#suspend(second as Error)
    }
  }

  /** The journal cannot be written: what it holds stands, and the run can be resumed once the disk serves again. */
  #suspend(error: Error): Run {
    this.#setError(new StrikescanError('journal_write_failed', { problem: error.message }, { cause: error }))
    this.run.status = 'paused'
    this.run.finishedAt = null
    try {
      this.#deps.journal.releaseRun(this.#number)
    } catch {
      // The owner's death releases it as well.
    }
    return this.run
  }

  /** A run that breaks off leaves no row behind: what was not scanned failed with the run. */
  #settleFailed(): void {
    if (this.#plan.scope === null) return
    const { code, message, hint } = this.run.error!
    const error = { code, message, hint, line: null, column: null, frame: null }
    this.#settleOpen({ status: 'failed', reason: `the run failed: ${message}`, error })
  }

  #setError(error: StrikescanError): void {
    this.run.status = 'failed'
    this.run.message = error.message
    this.run.error = { code: error.code, message: error.message, hint: error.hint }
    this.run.finishedAt ??= new Date().toISOString()
    this.run.etaMs = null
  }

  #end(): void {
    this.#settlement.state()
    this.#settlement.event({ type: 'end', run: structuredClone(this.run) })
    this.#settlement.flush()
    this.#deps.journal.releaseRun(this.#number)
  }

  #halt(why: 'cancel' | 'interrupt' | 'timeout'): void {
    if (this.#stop !== null) return
    this.#stop = why
    this.#executor?.stop()
  }

  #stage(stage: Stage, message: string): void {
    if (this.#stop !== null) throw new ExecutorStopped()
    this.#endStage()
    this.run.stage = stage
    this.run.percent = Math.max(this.run.percent, STAGE_PERCENT[stage])
    this.run.message = message
    this.#settlement.state()
  }

  #endStage(): void {
    const now = performance.now()
    const { timings, stage } = this.run
    timings[stage] = Math.round((timings[stage] ?? 0) + now - this.#stageStarted)
    this.#stageStarted = now
  }

  #say(message: string): void {
    this.run.message = message
    this.#settlement.state()
  }

  /** A warning is part of the run's record: it is written with the next flush, whatever else happens. */
  #warn(...warning: Parameters<RunNotes['warn']>): void {
    this.#notes.warn(...warning)
    this.#settlement.touch()
  }

  #hear(event: RunEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

function isJournalFailure(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_SQLITE_ERROR'
}

function openFiles(snapshot: Snapshot): { bars: number; index: number } {
  return { bars: openSync(join(snapshot.folder, 'bars.bin'), 'r'), index: openSync(join(snapshot.folder, 'index.json'), 'r') }
}
