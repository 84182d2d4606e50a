import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'

import type { Settings } from '../config/schema.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { inspectScript } from '../intake/inspect.ts'
import type { InjectionPlan } from '../intake/plan.ts'
import type { ModuleTable } from '../intake/modules.ts'
import { guestBundle, packageBundle } from '../isolate/guest-bundle.ts'
import type { Journal, StoredScanner } from '../journal/journal.ts'
import { dayFromIso } from '../market/days.ts'
import type { Snapshot } from '../market/snapshot.ts'
import { SnapshotReader } from '../market/snapshot-reader.ts'
import { mergeFunnels } from '../prefilter/funnel.ts'
import { resolvePrefilterSettings } from '../prefilter/settings.ts'
import type { LoadedScanner, LoadRequest } from '../worker/protocol.ts'
import { Executor, WorkersUnusable } from './executor.ts'
import { faultLocator } from './locate.ts'
import { hostOutcome, rowError, type LocateFault, type Outcome } from './outcome.ts'
import { ProgressEstimate } from './progress.ts'
import type { Row } from './row.ts'
import { STAGE_PERCENT, type Funnel, type PrefilterSettings, type Run, type RunEvent, type RunRequest, type Stage } from './run.ts'
import { resolveScope, type RunScope } from './scope.ts'
import { screenDate } from './screen.ts'
import { Settlement } from './settlement.ts'
import { decideSplit, type SplitDecision } from './split-check.ts'
import { positionOf, type WholeUnit } from './units.ts'
import { divideSymbols, WorkQueue, type QueueEvents, type RowOrigin } from './work-queue.ts'

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
  home: string
  modules: ModuleTable
  openSnapshot(id: string | null, onBuilding: (message: string) => void): Promise<Snapshot>
}

const LOAD_TIMEOUT_MS = 10_000
/** A trial that takes longer at one symbol is cut off: it must not cost what a run costs. */
const TRIAL_TIMEOUT_MS = 500

/** One run, from its stored request to its last row. Construct, then `carryOut` once. */
export class ScanRun {
  readonly run: Run
  readonly #deps: ScanRunDeps
  readonly #number: number
  readonly #scanner: StoredScanner
  readonly #plan: StoredPlan
  readonly #listeners = new Set<(event: RunEvent) => void>()
  #settlement: Settlement
  #executor: Executor | null = null
  #stop: 'cancel' | 'interrupt' | 'timeout' | null = null
  #stageStarted = performance.now()
  #locate: LocateFault = () => null
  #estimate: ProgressEstimate | null = null
  #logLines = 0
  #logBytes = 0
  #droppedLogs = 0
  #isTrial = false

  constructor(options: { deps: ScanRunDeps; number: number; run: Run; scanner: StoredScanner; plan: StoredPlan }) {
    this.#deps = options.deps
    this.#number = options.number
    this.run = options.run
    this.#scanner = options.scanner
    this.#plan = options.plan
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
    this.run.startedAt ??= new Date().toISOString()
    const deadline = setTimeout(() => this.#halt('timeout'), this.#limits.timeoutMs)
    try {
      await this.#execute()
      this.#finish()
    } catch (error) {
      this.#fail(error)
    } finally {
      clearTimeout(deadline)
      this.#executor?.stop()
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

  async #execute(): Promise<void> {
    this.#stage('integrity', 'checking the stored script')
    this.#checkIntegrity()
    // Reading the script takes a process of its own, which starts while the market is opened.
    const inspection = this.#inspect()
    inspection.catch(() => {})
    const snapshot = await this.#deps.openSnapshot(this.#plan.snapshot, (message) => this.#say(message))
    const files = openFiles(snapshot)
    try {
      this.#stage('isolation', 'starting workers')
      const executor = this.#startExecutor([files.bars, files.index])
      this.#stage('syntax', 'reading the script')
      const plan = await inspection
      this.#locate = faultLocator(plan, new TextDecoder().decode(this.#scanner.source))
      this.#stage('loading', 'loading the script')
      const loaded = await this.#load(executor, plan)
      const declared = await this.#declaredLists(executor, plan)
      const scope = this.#fixScope(declared, snapshot)
      await this.#scan(executor, plan, loaded, scope, snapshot, files.bars)
    } finally {
      closeSync(files.index)
      closeSync(files.bars)
    }
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
        loadTimeoutMs: Math.max(limits.symbolTimeoutMs, LOAD_TIMEOUT_MS),
        memoryMb: limits.memoryMb,
        softMemoryMb: settings['memory.softMb'],
        batchTargetMs: settings['batch.targetMs'],
      },
      files,
      events: {
        worker: ({ id, pid, rssBytes, cpuPercent, item, note }) => {
          const symbol = item === null ? null : (this.#plan.scope?.symbols[this.#symbolOf(item.unit, item.item)] ?? null)
          this.#event({ type: 'worker', id, pid, rssBytes, cpuPercent, symbol, note })
        },
        log: ({ level, item, text }, unit) => {
          // What a trial prints, the run prints again.
          if (this.#isTrial) return
          const symbol = unit !== null && item >= 0 ? (this.#plan.scope?.symbols[this.#symbolOf(unit, item)] ?? null) : null
          this.#log(level, symbol, text)
        },
        note: ({ code, text, count }) => {
          if (!this.#isTrial) this.#warn(code, text, count, [])
        },
      },
    })
    this.#executor = executor
    executor.start()
    return executor
  }

  #symbolOf(unit: { kind: 'scan'; positions: number[] } | WholeUnit, item: number): number {
    const dateCount = this.#plan.scope?.dates.length ?? 1
    if (unit.kind === 'scan') return Math.floor(unit.positions[item]! / dateCount)
    return unit.symbolIndexes[Math.floor(item / unit.dateIndexes.length)]!
  }

  async #inspect(): Promise<InjectionPlan> {
    const { settings, modules } = this.#deps
    const analysis = await inspectScript({
      filename: this.#scanner.filename,
      bytes: this.#scanner.source,
      modules,
      maxBytes: settings['intake.maxBytes'],
      deadlineMs: settings['intake.deadlineMs'],
    })
    const problem = analysis.diagnostics.find(({ severity }) => severity === 'error')
    if (analysis.plan === null || problem !== undefined) {
      const place = problem?.line == null ? '' : `${this.#scanner.filename}:${problem.line}:${problem.column} `
      throw new StrikescanError('script_refused', { message: `${place}${problem?.message ?? 'the script can not be run'}`, hint: problem?.hint ?? '' })
    }
    return analysis.plan
  }

  async #load(executor: Executor, plan: InjectionPlan): Promise<LoadedScanner> {
    const { settings, home } = this.#deps
    const params = this.#plan.request.params ?? {}
    if (plan.pattern === 'script' && Object.keys(params).length > 0) {
      throw new StrikescanError('params_not_declared', { file: this.#scanner.filename, names: Object.keys(params).join(', ') })
    }
    const cache = join(home, 'cache')
    const bundle = await guestBundle(cache)
    const packages: Record<string, string> = {}
    for (const { specifier, resolution } of [...plan.imports, ...plan.requires, ...plan.dynamicImports]) {
      if (resolution === 'bundled' && specifier !== null) packages[specifier] = await packageBundle(specifier, cache)
    }
    const request: LoadRequest = {
      plan,
      filename: this.#scanner.filename,
      guestCore: bundle.core,
      guestWeb: needsWeb(plan) ? bundle.web : null,
      packages,
      params,
      seed: this.#plan.seed,
      isolateMb: Math.max(64, Math.round(this.#limits.memoryMb / 2)),
      limits: { rowBytes: settings['row.maxBytes'], logLines: settings['log.maxLines'], logBytes: settings['log.maxBytes'] },
    }
    const reply = await executor.load(request)
    if (reply.ok) return reply.scanner
    if (reply.error.code === 'load_timeout') {
      throw new StrikescanError('load_timeout', { file: this.#scanner.filename, seconds: Math.max(this.#limits.symbolTimeoutMs, LOAD_TIMEOUT_MS) / 1000 })
    }
    const error = rowError(reply.error, this.#locate)
    if (error.code === 'param_invalid' || error.code === 'definition_invalid') throw new StrikescanError(error.code, { message: error.message })
    const place = error.line === null ? ':' : `:${error.line}:${error.column}`
    throw new StrikescanError('load_failed', { file: this.#scanner.filename, place, message: error.message })
  }

  /** The lists as the script holds them; the plan learns the shape of those that only running could show. */
  async #declaredLists(executor: Executor, plan: InjectionPlan): Promise<{ symbols: string[] | null; dates: string[] | null }> {
    if (plan.symbols === null && plan.dates === null) return { symbols: null, dates: null }
    const probed = await executor.probe()
    if (probed.error !== null) {
      const error = rowError(probed.error, this.#locate)
      throw new StrikescanError('load_failed', { file: this.#scanner.filename, place: error.line === null ? ':' : `:${error.line}:${error.column}`, message: error.message })
    }
    for (const role of ['symbols', 'dates'] as const) {
      const list = plan[role]
      const found = probed[role]
      if (list === null || found === null || list.form !== 'unknown') continue
      Object.assign(list, { form: found.form, field: found.field })
      executor.reload()
    }
    return { symbols: probed.symbols?.values ?? plan.symbols?.staticValue ?? null, dates: probed.dates?.values ?? plan.dates?.staticValue ?? null }
  }

  #fixScope(declared: { symbols: string[] | null; dates: string[] | null }, snapshot: Snapshot): RunScope {
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

  async #scan(executor: Executor, plan: InjectionPlan, loaded: LoadedScanner, scope: RunScope, snapshot: Snapshot, barsFd: number): Promise<void> {
    this.#stage('prefilter', 'screening symbols')
    const snapshotIndexes = scope.symbols.map((symbol) => snapshot.indexOf(symbol))
    const days = scope.dates.map(dayFromIso)
    const queuePlan = { symbols: scope.symbols, snapshotIndexes, dates: scope.dates, days }
    const takesAllDates = plan.pattern === 'main' || plan.pattern === 'script'
    const datesTogether = takesAllDates && plan.dates?.form !== 'single' && plan.split.dates.mode === 'whole' && scope.dates.length > 1 && this.#plan.request.split !== 'always'
    const kept = this.#screen(snapshot, new SnapshotReader({ barsFd, index: snapshot.index }), scope, snapshotIndexes, loaded, datesTogether)

    this.#stage('dispatch', 'planning batches')
    const split = await decideSplit({
      asked: this.#plan.request.split ?? 'auto',
      plan,
      kept,
      dateCount: scope.dates.length,
      trySample: (units) => this.#trySample(executor, queuePlan, units),
    })
    this.run.split = { mode: split.mode, reason: split.reason }
    // A scanner that keeps state must not find that of the trial.
    if (split.mode === 'whole') executor.reload()
    const queue = this.#makeQueue(queuePlan, kept, split, datesTogether, plan)
    this.#stage('executing', this.#progressMessage(0))
    this.#estimate = new ProgressEstimate(this.#settlement.settledCount, scope.symbols.length * scope.dates.length, performance.now())
    if (this.#stop === null) await executor.execute(queue)
  }

  /** Applies the prefilter on every date, settles who is out, and gives the places of those who stay, by date. */
  #screen(
    snapshot: Snapshot,
    reader: SnapshotReader,
    scope: RunScope,
    snapshotIndexes: readonly number[],
    loaded: LoadedScanner,
    datesTogether: boolean,
  ): { dateIndex: number; positions: number[] }[] {
    const { settings: all } = this.#deps
    const asked = this.#plan.request.prefilter
    const settings = asked === false ? null : resolvePrefilterSettings(settingsOf(all), loaded.universe as Partial<PrefilterSettings> | undefined ?? undefined, asked)
    const funnels: Funnel[] = []
    const earliest = scope.dates.toSorted()[0]!
    let keptTogether: boolean[] | null = null
    const groups = scope.dates.map((date, dateIndex) => {
      const isDecider = !datesTogether || date === earliest
      const { funnel, verdicts } = screenDate(snapshot, reader, scope.symbols, snapshotIndexes, isDecider ? date : earliest, settings, all['prefilter.window'])
      const present = isDecider ? verdicts : screenDate(snapshot, reader, scope.symbols, snapshotIndexes, date, null, all['prefilter.window']).verdicts
      if (funnel !== null && isDecider) funnels.push(funnel)
      keptTogether ??= verdicts.map(({ outcome }) => outcome === 'kept')
      const positions: number[] = []
      verdicts.forEach((verdict, symbolIndex) => {
        const position = positionOf(symbolIndex, dateIndex, scope.dates.length)
        const here = present[symbolIndex]!
        if (here.outcome === 'no_data') this.#settleOut(position, 'no_data', here.reason)
        else if (verdict.outcome === 'rejected') this.#settleOut(position, 'rejected', datesTogether ? `${verdict.reason} (as of ${earliest})` : verdict.reason)
        else if (verdict.outcome === 'no_data') this.#settleOut(position, 'no_data', `${verdict.reason}; all dates are scanned together, screened as of ${earliest}`)
        else if (!this.#settlement.isSettled(position)) positions.push(position)
      })
      return { dateIndex, positions }
    })
    this.run.prefilter = mergeFunnels(funnels)
    return groups
  }

  #settleOut(position: number, status: 'rejected' | 'no_data', reason: string): void {
    if (this.#settlement.isSettled(position)) return
    this.#settlement.settle(position, { ...this.#emptyRow(position), status, reason })
  }

  #emptyRow(position: number): Row {
    const { symbols, dates } = this.#plan.scope!
    return {
      symbol: symbols[Math.floor(position / dates.length)]!,
      date: dates[position % dates.length]!,
      status: 'miss',
      reason: '',
      score: null,
      direction: null,
      data: null,
      strategies: [],
      batchId: null,
      workerId: null,
      attempt: 1,
      queueMs: null,
      dataMs: null,
      scriptMs: null,
      error: null,
    }
  }

  #makeQueue(
    queuePlan: ConstructorParameters<typeof WorkQueue>[0]['plan'],
    kept: { dateIndex: number; positions: number[] }[],
    split: SplitDecision,
    datesTogether: boolean,
    plan: InjectionPlan,
  ): WorkQueue {
    const { settings } = this.#deps
    const dateCount = queuePlan.dates.length
    const isWholePattern = plan.pattern === 'main' || plan.pattern === 'script'
    const limits = {
      symbolTimeoutMs: this.#limits.symbolTimeoutMs,
      runTimeoutMs: this.#limits.timeoutMs,
      batchTargetMs: split.mode === 'batch' ? settings['batch.targetMs'] : Number.POSITIVE_INFINITY,
      batchMaxSymbols: split.mode === 'batch' ? settings['batch.maxSymbols'] : Number.MAX_SAFE_INTEGER,
    }
    const wholes = isWholePattern ? this.#wholeUnits(kept, split, datesTogether, plan, dateCount) : []
    return new WorkQueue({
      plan: queuePlan,
      scans: isWholePattern ? [] : kept,
      wholes,
      limits,
      oneWorker: !isWholePattern && split.mode === 'whole',
      events: this.#queueEvents(queuePlan.dates.length),
      locate: this.#locate,
      now: performance.now(),
    })
  }

  #wholeUnits(kept: { dateIndex: number; positions: number[] }[], split: SplitDecision, datesTogether: boolean, plan: InjectionPlan, dateCount: number): Omit<WholeUnit, 'id'>[] {
    const symbolsOf = (positions: number[]): number[] => [...new Set(positions.map((position) => Math.floor(position / dateCount)))].sort((a, b) => a - b)
    const groups = datesTogether
      ? [{ dateIndexes: kept.map(({ dateIndex }) => dateIndex), symbolIndexes: symbolsOf(kept.flatMap(({ positions }) => positions)) }]
      : kept.map(({ dateIndex, positions }) => ({ dateIndexes: [dateIndex], symbolIndexes: symbolsOf(positions) }))
    const isDivisible = split.mode === 'batch'
    const most = plan.symbols?.form === 'single' ? 1 : this.#deps.settings['batch.maxSymbols']
    return groups
      .filter(({ symbolIndexes }) => symbolIndexes.length > 0)
      .flatMap(({ dateIndexes, symbolIndexes }): Omit<WholeUnit, 'id'>[] => {
        if (!isDivisible) return [{ kind: 'whole', symbolIndexes, dateIndexes, isDivisible: false, divisions: 0 }]
        return divideSymbols(symbolIndexes.length, this.#limits.workers, most).map(({ from, to }) => ({
          kind: 'whole',
          symbolIndexes: symbolIndexes.slice(from, to),
          dateIndexes,
          isDivisible: true,
          divisions: 0,
        }))
      })
  }

  #queueEvents(dateCount: number): QueueEvents {
    const { symbols, dates } = this.#plan.scope!
    return {
      settled: (position, outcome, origin) => this.#settled(position, outcome, origin),
      dispatched: (_, positions) => {
        const open = positions.filter((position) => !this.#settlement.isSettled(position))
        this.#settlement.running(open.map((position) => ({ symbol: symbols[Math.floor(position / dateCount)]!, date: dates[position % dateCount]! })))
        this.#progress(open.length)
      },
      strays: (count, samples) => this.#warn('stray_hits', 'hits for symbols or dates not asked for are no rows', count, samples),
      droppedLogs: (count) => void (this.#droppedLogs += count),
      stateLost: () => this.#warn('state_lost', 'the scanner keeps state from symbol to symbol; its worker was replaced, and what it had gathered before is gone', 1, []),
    }
  }

  #settled(position: number, outcome: Outcome, origin: RowOrigin): void {
    this.#settlement.settle(position, { ...this.#emptyRow(position), ...outcome, ...roundedOrigin(origin) })
    const failure = this.#settlement.takeFailure()
    if (failure !== null) this.#executor?.abort(failure)
  }

  /** Runs units whose rows only the caller sees: outcomes as text, by position. */
  async #trySample(executor: Executor, plan: ConstructorParameters<typeof WorkQueue>[0]['plan'], sample: { scans?: { dateIndex: number; positions: number[] }[]; wholes?: Omit<WholeUnit, 'id'>[] }): Promise<Map<number, string>> {
    const outcomes = new Map<number, string>()
    const queue = new WorkQueue({
      plan,
      scans: sample.scans ?? [],
      wholes: sample.wholes ?? [],
      limits: { symbolTimeoutMs: Math.min(TRIAL_TIMEOUT_MS, this.#limits.symbolTimeoutMs), runTimeoutMs: TRIAL_TIMEOUT_MS, batchTargetMs: Number.POSITIVE_INFINITY, batchMaxSymbols: Number.MAX_SAFE_INTEGER },
      oneWorker: true,
      events: { settled: (position, outcome) => void outcomes.set(position, JSON.stringify(outcome)), dispatched: () => {}, strays: () => {}, droppedLogs: () => {}, stateLost: () => {} },
      locate: this.#locate,
      now: performance.now(),
    })
    this.#isTrial = true
    try {
      if (this.#stop === null) await executor.execute(queue)
    } finally {
      this.#isTrial = false
    }
    return outcomes
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

  #finish(): void {
    const { run } = this
    if (this.#stop === 'interrupt') return this.#pause()
    this.#settleRest()
    this.#stage('results', 'checking the rows')
    if (this.#droppedLogs > 0) this.#warn('logs_dropped', 'log lines beyond the limit of the run were dropped', this.#droppedLogs, [])
    this.#settlement.flush()
    const { detected, ...counts } = run.ledger
    const rows = Object.values(counts).reduce((sum, count) => sum + count, 0)
    const stored = [...this.#deps.journal.countRows(this.#number).values()].reduce((sum, count) => sum + count, 0)
    if (rows !== detected || stored !== detected) throw new StrikescanError('ledger_mismatch', { rows: stored, detected, run: run.id })
    this.#endStage()
    run.finishedAt = new Date().toISOString()
    run.etaMs = 0
    if (this.#stop === 'cancel') {
      run.status = 'cancelled'
      run.message = 'cancelled'
    } else if (this.#stop === 'timeout') {
      this.#setError(new StrikescanError('run_timeout', { seconds: this.#limits.timeoutMs / 1000 }))
    } else {
      run.status = 'completed'
      run.stage = 'done'
      run.percent = 100
      run.message = 'done'
    }
    this.#end()
  }

  /** Rows that nobody will scan any more get the status that says why. */
  #settleRest(): void {
    if (this.#stop === null) return
    const seconds = this.#limits.timeoutMs / 1000
    const outcome =
      this.#stop === 'timeout'
        ? hostOutcome('timed_out', 'run_unreached', { seconds })
        : { ...hostOutcome('failed', 'run_cancelled', {}), status: 'cancelled' as const, error: null }
    const total = this.run.ledger.detected
    for (let position = 0; position < total; position++) {
      if (!this.#settlement.isSettled(position)) this.#settlement.settle(position, { ...this.#emptyRow(position), ...outcome })
    }
    if (this.#plan.scope === null && this.#stop === 'timeout') throw new StrikescanError('run_timeout', { seconds })
  }

  #pause(): void {
    this.run.status = 'paused'
    this.run.message = 'interrupted'
    this.run.etaMs = null
    this.#settlement.state()
    this.#settlement.flush()
    this.#deps.journal.releaseRun(this.#number)
  }

  #fail(error: unknown): void {
    if (this.#stop === 'interrupt') return this.#pause()
    if (isJournalFailure(error)) return this.#suspend(error as Error)
    const known = error instanceof StrikescanError ? error : error instanceof WorkersUnusable ? new StrikescanError('worker_unusable', { detail: error.message }) : null
    this.#setError(known ?? new StrikescanError('internal_error', { message: (error as Error).message }, { cause: error }))
    try {
      this.#settleFailed()
      this.#end()
    } catch (second) {
      this.#suspend(second as Error)
    }
  }

  /** The journal cannot be written: what it holds stands, and the run can be resumed once the disk serves again. */
  #suspend(error: Error): void {
    this.#setError(new StrikescanError('journal_write_failed', { problem: error.message }, { cause: error }))
    this.run.status = 'paused'
    this.run.finishedAt = null
    try {
      this.#deps.journal.releaseRun(this.#number)
    } catch {
      // The owner's death releases it as well.
    }
  }

  /** A run that breaks off leaves no row behind: what was not scanned failed with the run. */
  #settleFailed(): void {
    if (this.#plan.scope === null) return
    const { code, message, hint } = this.run.error!
    for (let position = 0; position < this.run.ledger.detected; position++) {
      if (this.#settlement.isSettled(position)) continue
      const error = { code, message, hint, line: null, column: null, frame: null }
      this.#settlement.settle(position, { ...this.#emptyRow(position), status: 'failed', reason: `the run failed: ${message}`, error })
    }
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
    if (this.#stop !== null && stage !== 'results') return
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

  #event(body: Parameters<Settlement['event']>[0]): void {
    this.#settlement.event(body)
  }

  #log(level: 'debug' | 'info' | 'warn' | 'error', symbol: string | null, text: string): void {
    const { settings } = this.#deps
    if (this.#logLines >= settings['log.maxLines'] || this.#logBytes + text.length > settings['log.maxBytes']) {
      this.#droppedLogs++
      return
    }
    this.#logLines++
    this.#logBytes += text.length
    this.#event({ type: 'log', level, symbol, text })
  }

  #warn(code: string, message: string, count: number, samples: string[]): void {
    const known = this.run.warnings.find((warning) => warning.code === code)
    if (known === undefined) this.run.warnings.push({ code, message, count, samples: samples.slice(0, 5) })
    else {
      known.count += count
      known.samples = [...known.samples, ...samples].slice(0, 5)
    }
    this.#settlement.touch()
  }

  #hear(event: RunEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

function isJournalFailure(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_SQLITE_ERROR'
}

function settingsOf(settings: Settings): PrefilterSettings {
  return {
    minVolume: settings['prefilter.minVolume'],
    minPrice: settings['prefilter.minPrice'],
    maxPrice: settings['prefilter.maxPrice'],
    limit: settings['prefilter.limit'],
    activateAbove: settings['prefilter.activateAbove'],
    window: settings['prefilter.window'],
  }
}

function roundedOrigin(origin: RowOrigin): RowOrigin {
  const round = (ms: number): number => Math.round(ms * 1000) / 1000
  return { ...origin, queueMs: round(origin.queueMs), dataMs: round(origin.dataMs), scriptMs: round(origin.scriptMs) }
}

/** Names that only the web part of the guest offers; it costs time to load, so scripts that never say one go without. */
const WEB_NAMES = /\b(fetch|axios|undici|URL|URLSearchParams|TextEncoder|TextDecoder|structuredClone|atob|btoa|Abort(Controller|Signal)|Headers|Request|Response|Event|EventTarget|DOMException|Blob)\b/

function needsWeb(plan: InjectionPlan): boolean {
  return WEB_NAMES.test(plan.code)
}

function openFiles(snapshot: Snapshot): { bars: number; index: number } {
  return { bars: openSync(join(snapshot.folder, 'bars.bin'), 'r'), index: openSync(join(snapshot.folder, 'index.json'), 'r') }
}
