import { join } from 'node:path'

import type { WorkersUsed } from '../ahead.ts'
import { sleep, type Clock } from '../clock.ts'
import type { Settings } from '../config/schema.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import type { Analysis } from '../intake/analyze.ts'
import type { InjectionPlan } from '../intake/plan.ts'
import type { Journal } from '../journal/journal.ts'
import type { StoredScanner } from '../journal/scanner-table.ts'
import { openSnapshotFiles } from '../market/snapshot-files.ts'
import type { Snapshot } from '../market/snapshot.ts'
import { realSurroundings, type Surroundings } from '../pool/surroundings.ts'
import type { PreparedSpare } from '../pool/spares.ts'
import type { WorkerLease } from '../pool/worker-budget.ts'
import type { WorkerEnd } from '../pool/worker-process.ts'
import { isSqliteError } from '../sqlite/wal-database.ts'
import { withDates } from './date-check.ts'
import { Executor, ExecutorStopped } from './executor.ts'
import { authorText, faultLocator } from './locate.ts'
import { HitExploration, type HitExplorationDeps } from './hit-exploration.ts'
import type { Outcome } from './outcome.ts'
import {
  brokenOutcome,
  checkLedger,
  isMendable,
  journalFailure,
  markDone,
  markFailed,
  markLeft,
  problemOf,
  unlessAborted,
  unreachedOutcome,
  type RunStop,
} from './run-closing.ts'
import { RunCourse } from './run-course.ts'
import { RunFiles } from './run-files.ts'
import { dataLimitOf, limitsOf, type RunLimits } from './run-limits.ts'
import { RunNotes } from './run-notes.ts'
import { RunRecord } from './run-record.ts'
import { scannedRow } from './run-rows.ts'
import { chooseOptionSource } from '../explore/option-source.ts'
import { checkExploration } from '../explore/report.ts'
import type { NewsDeps } from '../explore/script-news.ts'
import type { ExploreOptions, PrefilterSettings, Run, RunEvent, Stage } from './run.ts'
import { ScanPhase, type ScanPhaseOptions } from './scan-phase.ts'
import { scopeNotes } from './scope-notes.ts'
import { changedLists, earliest, firstDate, getsNoSymbols, isEndSaid, listedScope, namedScope, resolveScope, unopenedScope, repeatedSymbols, unreadLists, type RunScope } from './scope.ts'
import { voicesOf } from './run-voices.ts'
import { scriptAnswers } from './script-answers.ts'
import { checkIntegrity, ScriptLoader } from './script-loader.ts'
import type { Settlement } from './settlement.ts'
import type { StoredPlan } from './stored-plan.ts'
import type { QueueEvents, RowOrigin } from './work-queue.ts'

export interface ScanRunDeps {
  exploration: HitExplorationDeps
  news: NewsDeps
  journal: Journal
  settings: Settings
  /** Prefilter settings that somebody chose, rather than defaults. */
  chosenPrefilter: Partial<PrefilterSettings>
  home: string
  /** What intake makes of a script. */
  inspect(file: { filename: string; source: Uint8Array }, signal: AbortSignal): Promise<Analysis>
  /** The worker processes of all runs together; without it a run holds as many as it may. */
  lease?: ((most: number) => WorkerLease) | undefined
  /** A process that stands by with the files of the snapshot and this limit, null where there is none. */
  takeSpare(snapshot: Snapshot, dataLimitMb: number): PreparedSpare | null
  /** Told what worker processes the run starts. */
  workersUsed?: ((used: WorkersUsed) => void) | undefined
  workerEnded?: ((end: WorkerEnd, wasWorking: boolean) => void) | undefined
  openSnapshot(id: string | null, onBuilding: (message: string) => void): Promise<Snapshot>
  surroundings?: Surroundings | undefined
}

/** What a run knows of its script by the time that it scans. */
type LoadedScript = Pick<ScanPhaseOptions, 'plan' | 'loaded' | 'snapshot' | 'locate' | 'barsFd'>

const LIST_UNREAD =
  "what the script names as its list is not taken as the run's: declare it at the top level, or give --symbols or --dates"
const TAKES_NO_SYMBOLS =
  "the script takes no symbols and reads no list that was found, so a symbol that it does not report is a miss, looked at or not: take them as main(symbols, dates), or go through a list such as SYMBOLS"
const SYMBOLS_REPEATED =
  "the script's list names a symbol more than once: it is scanned once and has one row on each date, where the script alone would look at it and report it each time"
const STRAY_HITS = 'hits for symbols or dates not asked for are no rows: --symbols and --dates ask for more, unless the script reports them whatever it is asked for, from a list that Strikescan did not find'
const STATE_LOST =
  'the scanner keeps state from symbol to symbol; its worker was replaced, and what it had gathered before is gone'

/** One run, from its stored request to its last row. Construct, then `carryOut` once. */
export class ScanRun {
  readonly run: Run
  readonly #deps: ScanRunDeps
  readonly #clock: Clock
  readonly #number: number
  readonly #scanner: StoredScanner
  readonly #plan: StoredPlan
  readonly #limits: RunLimits
  readonly #notes: RunNotes
  readonly #files: RunFiles
  readonly #record: RunRecord
  readonly #course: RunCourse
  #executor: Executor | null = null
  #exploration: HitExploration | null = null
  #stop: RunStop | null = null
  readonly #stopped = new AbortController()
  /** ISO date up to which the top level of the script sees the market: the first that it will be at. */
  #loadedAsOf = ''
  #phase: ScanPhase | null = null
  #hasScanned = false
  #isMarketShut = false
  /** Whether it has begun before: what it has by then is not to be lost for what may pass. */
  readonly #isGoneOn: boolean

  constructor(options: { deps: ScanRunDeps; number: number; run: Run; scanner: StoredScanner; plan: StoredPlan }) {
    this.#deps = options.deps
    this.#clock = (options.deps.surroundings ?? realSurroundings).clock
    this.#number = options.number
    this.run = options.run
    this.#scanner = options.scanner
    this.#plan = options.plan
    this.#isGoneOn = options.run.startedAt !== null && options.plan.scope !== null
    this.#limits = limitsOf(options.plan.request.limits, options.deps.settings)
    this.#record = new RunRecord({ ...options, journal: options.deps.journal, clock: this.#clock })
    this.#course = new RunCourse(options.run, () => this.#settlement, this.#clock)
    this.#notes = new RunNotes(options.run, options.deps.settings)
    this.#files = new RunFiles(options.run, join(options.deps.home, 'artifacts', options.run.id), (...warning) => this.#warn(...warning))
  }

  /** Events after `afterSeq`, then those to come. Gives the way to stop. */
  subscribe(listener: (event: RunEvent) => void, afterSeq = 0): () => void {
    return this.#record.subscribe(listener, afterSeq)
  }

  /** Gives up the rest: rows not reached become `cancelled`. */
  cancel(): void {
    this.#halt('cancel')
  }

  /** Stops where it is and keeps what is done, for a later resume. */
  interrupt(): void {
    this.#halt('interrupt')
  }

  /** Leaves the run to the process that comes after this one, once the batches under way are done, but after `graceMs` in any case. */
  async handBack(graceMs: number): Promise<void> {
    const isScanning = this.run.stage === 'executing' && this.#executor !== null
    if (isScanning) await Promise.race([this.#executor!.quiesce(), sleep(this.#clock, graceMs, this.#stopped.signal).catch(() => {})])
    this.#halt('hand_back')
  }

  /** Worker processes that are alive. */
  workers(): { pid: number; rssBytes: number }[] {
    return this.#executor?.workers() ?? []
  }

  /** Carries the run out to its end. Never rejects: what goes wrong is the run's error. */
  async carryOut(): Promise<Run> {
    // One that was given up before it began only says so.
    const startedAt = this.run.startedAt ?? new Date(this.#clock.now()).toISOString()
    if (this.#stop === null) Object.assign(this.run, { status: 'running', startedAt })
    this.run.error = null
    this.run.finishedAt = null
    const cancelDeadline = this.#clock.after(this.#limits.timeoutMs, () => this.#halt('timeout'))
    try {
      await this.#execute()
    } catch (error) {
      // Whoever stopped the run knows why; what broke because of it is no news.
      if (this.#stop === null || isSqliteError(error)) return await this.#fail(error)
    } finally {
      cancelDeadline()
      this.#executor?.stop()
      // Whatever is still under way for the run, such as the process that reads its script, has nobody to wait for it.
      this.#stopped.abort()
    }
    try {
      await this.#finish()
    } catch (error) {
      await this.#fail(error)
    }
    return this.run
  }

  async #execute(): Promise<void> {
    this.#stage('integrity', 'checking the stored script')
    checkIntegrity(this.#scanner)
    const loader = this.#makeLoader()
    // Reading the script takes a process of its own, which starts while the market is opened.
    const inspection = loader.inspect(this.#stopped.signal)
    inspection.catch(() => {})
    const snapshot = await this.#openMarket(inspection)
    // A run that has nowhere to look for its hits' contracts says so before it scans.
    if (this.#plan.request.explore) chooseOptionSource(this.#deps.exploration, { what: 'hits', simulated: snapshot.simulated })
    const files = openSnapshotFiles(snapshot)
    let plan: InjectionPlan | null = null
    try {
      this.#stage('isolation', 'starting workers')
      const executor = this.#startExecutor(snapshot, files.all)
      this.#stage('syntax', 'reading the script')
      plan = await this.#unlessStopped(inspection)
      const locate = faultLocator(plan, authorText(this.#scanner.source))
      this.#stage('loading', 'loading the script')
      this.#loadedAsOf = this.#plan.scope === null ? firstDate(this.#plan.request, plan, snapshot) : earliest(this.#plan.scope.dates)
      const loaded = await this.#unlessStopped(loader.load(executor, plan, locate, this.#loadedAsOf))
      if (loaded.lookback !== null) this.run.lookback = loaded.lookback
      const declared = await loader.declaredLists(executor, plan, locate)
      const unread = this.#plan.scope === null ? unreadLists(this.#plan.request, plan) : []
      if (unread.length > 0) this.#warn('list_unread', LIST_UNREAD, unread.length, unread)
      if (this.#plan.scope === null && getsNoSymbols(plan)) this.#warn('takes_no_symbols', TAKES_NO_SYMBOLS, 1)
      const isFirst = this.#plan.scope === null
      const repeated = isFirst ? repeatedSymbols(this.#plan.request, plan, declared.symbols) : []
      if (repeated.length > 0) this.#warn('symbols_repeated', SYMBOLS_REPEATED, repeated.length, [...new Set(repeated)])
      const scope = await this.#record.fixScope(this.#plan.scope ?? resolveScope(this.#plan.request, declared, snapshot), snapshot)
      const changed = isFirst ? changedLists(plan, scope.symbols) : null
      if (changed !== null) this.#warn('lists_several', changed.message, changed.count, changed.samples)
      if (isFirst) for (const { code, message, count, samples } of scopeNotes(scope, snapshot, isEndSaid(this.#plan.request, declared.dates))) this.#warn(code, message, count, samples)
      await this.#scan(executor, scope, { plan, loaded, snapshot, locate, barsFd: files.bars })
    } catch (error) {
      // Symbols that somebody named get a row each, also where the script never came to be asked for them.
      const isOver = !this.#isLeft() && !isSqliteError(error)
      const named = isOver && this.#plan.scope === null ? namedScope(this.#plan.request, plan, snapshot) : null
      if (named !== null) await this.#record.fixScope(named, snapshot)
      throw error
    } finally {
      files.close()
    }
  }

  /** Symbols that somebody named get a row each, also where there is no market for them. */
  async #openMarket(inspection: Promise<InjectionPlan>): Promise<Snapshot> {
    try {
      return await this.#unlessStopped(this.#deps.openSnapshot(this.#plan.snapshot, (message) => this.#course.say(message)))
    } catch (error) {
      if (this.#stop !== null || isSqliteError(error)) throw error
      this.#isMarketShut = true
      const { request, scope } = this.#plan
      const isSaid = request.universe === 'all' || (request.symbols !== undefined && (request.dates ?? request.from ?? request.to) !== undefined)
      const plan = isSaid || scope !== null ? null : await this.#unlessStopped(inspection).catch(() => null)
      const today = new Date(this.#clock.now()).toISOString().slice(0, 10)
      const named = scope === null && !this.#stopped.signal.aborted ? unopenedScope(request, plan, today) : null
      if (named !== null) await this.#record.fixScope(named, null)
      throw error
    }
  }

  /** What is awaited here need not end when the run does. */
  #unlessStopped<T>(work: Promise<T>): Promise<T> {
    return unlessAborted(work, this.#stopped.signal, () => new ExecutorStopped())
  }

  #makeLoader(): ScriptLoader {
    const { settings, inspect, home } = this.#deps
    return new ScriptLoader(this.#scanner, {
      settings,
      inspect,
      home,
      memoryMb: this.#limits.memoryMb,
      loadTimeoutMs: this.#limits.loadTimeoutMs,
      params: this.#plan.request.params ?? {},
      seed: this.#plan.seed,
    })
  }

  #startExecutor(snapshot: Snapshot, files: number[]): Executor {
    const { settings } = this.#deps
    const limits = this.#limits
    const executor = new Executor({
      settings: {
        workers: limits.workers,
        symbolTimeoutMs: limits.symbolTimeoutMs,
        loadTimeoutMs: this.#limits.loadTimeoutMs,
        memoryMb: limits.memoryMb,
        softMemoryMb: settings['memory.softMb'],
        batchTargetMs: settings['batch.targetMs'],
      },
      files,
      lease: this.#deps.lease?.(limits.workers),
      takeSpare: (dataLimitMb) => this.#deps.takeSpare(snapshot, dataLimitMb),
      surroundings: this.#deps.surroundings,
      events: voicesOf({
        notes: this.#notes,
        files: this.#files,
        scope: () => this.#plan.scope,
        settlement: () => this.#settlement,
        trial: () => this.#phase?.trial ?? null,
        warn: (code, text, count) => this.#warn(code, text, count),
        ended: this.#deps.workerEnded,
        ...scriptAnswers(this.#deps, this.#plan, snapshot),
        loadedAsOf: () => this.#loadedAsOf,
      }),
    })
    this.#executor = executor
    executor.start()
    this.#deps.workersUsed?.({ folder: snapshot.folder, dataLimitMb: dataLimitOf(limits.memoryMb), workers: limits.workers })
    return executor
  }

  get #settlement(): Settlement {
    return this.#record.settlement
  }

  async #scan(executor: Executor, scope: RunScope, script: LoadedScript): Promise<void> {
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
      clock: this.#clock,
      events: this.#queueEvents(),
      isSettled: (position) => this.#settlement.isSettled(position),
      settleOut: (position, status, reason) => this.#record.settleOut(position, status, reason),
      tried: (done, total) => this.#course.tried(done, total),
      pause: (datesDone) => this.#screened(datesDone, scope.dates.length),
    })
    this.#phase = phase
    // A resumed run goes on as it began.
    const begun = this.run.split
    const dates = begun?.dates === undefined ? await phase.decideDates(asked) : null
    phase.dates = begun?.dates ?? dates?.dates
    const { kept, funnel } = await phase.screen(request.prefilter)
    this.run.prefilter = funnel
    this.#stage('dispatch', 'planning batches')
    this.run.split ??= withDates(await phase.decideSplit(asked, kept), dates)
    // A scanner that keeps state must not find that of the trial.
    if (this.run.split.mode === 'whole') executor.reload()
    this.#course.beginScan(scope)
    await executor.execute(phase.queue(this.run.split, kept))
  }

  /** Tells how far the screening is and lets others have a turn; gives up where the run was stopped. */
  async #screened(datesDone: number, dates: number): Promise<void> {
    if (dates > 1) this.#course.say(`screening symbols, ${datesDone} of ${dates} dates`)
    await new Promise((resolve) => setImmediate(resolve))
    if (this.#stop !== null) throw new ExecutorStopped()
    const failure = this.#settlement.takeFailure()
    if (failure !== null) throw failure
  }

  #queueEvents(): QueueEvents {
    return {
      settled: (position, outcome, origin) => this.#settled(position, outcome, origin),
      dispatched: (_, positions) => {
        const open = positions.filter((position) => !this.#settlement.isSettled(position))
        this.#settlement.running(open)
        this.#course.scanned(open.length)
      },
      strays: (count, samples) => this.#warn('stray_hits', STRAY_HITS, count, samples),
      stateLost: () => this.#warn('state_lost', STATE_LOST, 1),
    }
  }

  #settled(position: number, outcome: Outcome, origin: RowOrigin): void {
    this.#settlement.settle(position, scannedRow(this.#plan.scope!, position, outcome, origin))
    if (!this.#hasScanned) this.#settlement.hurry()
    this.#hasScanned = true
    const failure = this.#settlement.takeFailure()
    if (failure !== null) this.#executor?.abort(failure)
  }

  /** Accounts for every row, explores the hits where that was asked for, and closes the run. */
  async #finish(): Promise<void> {
    if (this.#stop !== null) this.#phase?.countTried()
    if (this.#isLeft()) return this.#leave()
    const unreached = unreachedOutcome(this.#stop, this.#limits.timeoutMs)
    const listed = unreached !== null && this.#plan.scope === null ? listedScope(this.#plan.request) : null
    if (listed !== null) await this.#record.fixScope(listed, null)
    if (unreached !== null && this.#plan.scope !== null) await this.#record.settleOpen(unreached)
    this.#notes.close()
    if (this.#stop === null) this.#stage('results', 'checking the rows')
    await this.#settlement.flushed()
    checkLedger(this.#deps.journal, this.#number, this.run)
    const { request, hitsStored } = this.#plan
    // Strategy rows that are there get an outcome each, also where nobody will look for it any more.
    if (request.explore && (this.#stop === null || (this.#stop === 'cancel' && hitsStored === true))) {
      await this.#explore(request.explore)
      // What was explored stands, and a resume goes on from there.
      if (this.#isLeft()) return this.#leave()
    }
    this.#course.endStage()
    if (this.#stop === 'timeout') markFailed(this.run, new StrikescanError('run_timeout', { seconds: this.#limits.timeoutMs / 1000 }))
    else markDone(this.run, this.#stop === 'cancel')
    await this.#record.letGo(true)
  }

  #isLeft(): boolean {
    return this.#stop === 'interrupt' || this.#stop === 'hand_back'
  }

  async #explore(asked: true | ExploreOptions): Promise<void> {
    if (this.#stop === null) this.#stage('exploring', 'making strategies of the hits')
    const exploration = new HitExploration({
      deps: this.#deps.exploration,
      runNumber: this.#number,
      run: this.run,
      options: asked === true ? {} : asked,
      settlement: this.#settlement,
      isStored: this.#plan.hitsStored === true,
      begun: this.#plan.begun,
      stored: (begun) => this.#record.changePlan({ hitsStored: true, begun }),
      openSnapshot: () => this.#deps.openSnapshot(this.#plan.snapshot, () => {}),
      warn: (code, message, count, samples) => this.#warn(code, message, count, [...samples]),
      progress: (message, share, etaMs) => this.#course.explored(message, share, etaMs),
    })
    this.#exploration = exploration
    if (this.#stop === 'cancel') exploration.stop('cancel')
    this.run.explore = await exploration.carryOut()
    if (!this.#isLeft()) checkExploration(this.run)
  }

  async #leave(): Promise<void> {
    markLeft(this.run, this.#stop === 'interrupt' ? 'interrupt' : 'hand_back')
    await this.#record.letGo(false)
  }

  async #fail(error: unknown): Promise<Run> {
    if (isSqliteError(error)) return this.#pause(journalFailure(error))
    const problem = problemOf(error)
    if (this.#plan.hitsStored === true || (this.#isGoneOn && this.#isMarketShut)) return this.#pause(problem)
    if (this.#plan.scope !== null && isMendable(problem)) return this.#pause(problem)
    markFailed(this.run, problem)
    try {
      // A run that breaks off leaves no row behind: what was not scanned failed with the run.
      if (this.#plan.scope !== null) await this.#record.settleOpen(brokenOutcome(this.run.error!))
      await this.#record.letGo(true)
      return this.run
    } catch (second) {
      return this.#pause(journalFailure(second))
    }
  }

  /** What is scanned and explored stands, and the rest can be gone on with once what is wrong is mended. */
  async #pause(problem: StrikescanError): Promise<Run> {
    markFailed(this.run, problem)
    Object.assign(this.run, { status: 'paused', finishedAt: null })
    try {
      await this.#record.letGo(false)
    } catch {
      // A journal that cannot be written: the owner's death releases the run as well.
    }
    return this.run
  }

  #halt(why: RunStop): void {
    if (this.#stop !== null) return
    this.#stop = why
    this.#stopped.abort()
    this.#executor?.stop()
    if (why !== 'timeout') this.#exploration?.stop(why === 'cancel' ? 'cancel' : 'interrupt')
  }

  /** @throws ExecutorStopped where the run was stopped meanwhile */
  #stage(stage: Stage, message: string): void {
    if (this.#stop !== null) throw new ExecutorStopped()
    this.#course.stage(stage, message)
  }

  /** A warning is part of the run's record: it is written with the next flush, whatever else happens. */
  #warn(...warning: Parameters<RunNotes['warn']>): void {
    this.#notes.warn(...warning)
    this.#settlement.touch()
  }
}
