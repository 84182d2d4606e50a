import { systemClock, type Clock } from '../clock.ts'
import { journalFailure, markLeft, problemOf, type RunStop } from '../scan/run-closing.ts'
import type { Journal } from '../journal/journal.ts'
import { STAGE_PERCENT, type Run, type RunEvent } from '../scan/run.ts'
import { RunNotes } from '../scan/run-notes.ts'
import { Settlement } from '../scan/settlement.ts'
import type { Snapshot } from '../market/snapshot.ts'
import type { Settings } from '../config/schema.ts'
import { begunSettings, resumedSettings, type BegunSettings } from './begun-settings.ts'
import type { ExplorationStop } from './engine.ts'
import { Exploration } from './exploration.ts'
import { LastCloses } from './last-closes.ts'
import { chooseOptionSource, openOptionSource, type OptionSourceDeps, type OptionSourceName } from './option-source.ts'
import { checkExploration } from './report.ts'
import type { ExplorationService } from './service.ts'

/** What is fixed once the strategies were read, so that a resume does the same. */
export interface ExplorationPlan {
  kind: 'exploration'
  forceFull: boolean
  refresh: boolean
  /** Columns of the strategies file as rows keep them, in order. */
  columns: string[]
  /** Rows that were stored, null while they are being read. */
  rows: number | null
  /** Set when it first begins. */
  begun?: BegunSettings
  /** How often its process died, at how many settled rows. */
  recovery?: { deaths: number; settled: number }
}

export interface ExplorationRunDeps extends OptionSourceDeps {
  readonly journal: Journal
  service(): ExplorationService
  /** Whether the market of this state folder is the simulated one. */
  isMarketSimulated(): boolean
  /** The market of this state folder. */
  openSnapshot(): Promise<Snapshot>
  readonly clock?: Clock | undefined
}

/** A run of the exploration engine alone, over strategy rows that are stored already. Construct, then `carryOut` once. */
export class ExplorationRun {
  readonly run: Run
  readonly #deps: ExplorationRunDeps
  readonly #number: number
  readonly #plan: ExplorationPlan
  readonly #settlement: Settlement
  readonly #notes: RunNotes
  readonly #listeners = new Set<(event: RunEvent) => void>()
  #exploration: Exploration | null = null
  #stop: Exclude<RunStop, 'timeout'> | null = null

  constructor({ deps, number, run, plan }: { deps: ExplorationRunDeps; number: number; run: Run; plan: ExplorationPlan }) {
    this.run = run
    this.#deps = deps
    this.#number = number
    this.#plan = plan
    this.#notes = new RunNotes(run, deps.settings)
    const nameOf = (): never => {
      throw new Error('an exploration has no symbols to scan')
    }
    this.#settlement = new Settlement({ journal: deps.journal, runNumber: number, run, rowCount: 0, nameOf, hear: (event) => this.#hear(event), clock: deps.clock })
  }

  /** Events after `afterSeq`, then those to come. Gives the way to stop. */
  subscribe(listener: (event: RunEvent) => void, afterSeq = 0): () => void {
    this.#settlement.flushIfFree()
    for (const event of this.#deps.journal.events(this.#number, afterSeq)) listener(event)
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Gives up the rest: rows not reached become `Cancelled`. */
  cancel(): void {
    this.#halt('cancel')
  }

  /** Stops where it is and keeps what is done, for a later resume. */
  interrupt(): void {
    this.#halt('interrupt')
  }

  /** Leaves the exploration to the process that comes after this one. */
  handBack(): Promise<void> {
    this.#halt('hand_back')
    return Promise.resolve()
  }

  /** It has none: its work is done in the host's own process. */
  workers(): { pid: number; rssBytes: number }[] {
    return []
  }

  /** Carries the exploration out to its end. Never rejects: what goes wrong is the run's error. */
  async carryOut(): Promise<Run> {
    const { run } = this
    // One that was given up before it began only says so.
    if (this.#stop === null) Object.assign(run, { status: 'running', startedAt: run.startedAt ?? new Date().toISOString() })
    run.stage = 'exploring'
    run.error = null
    run.finishedAt = null
    try {
      run.explore = await this.#explore()
      this.#notes.close()
      if (this.#stop === 'interrupt' || this.#stop === 'hand_back') {
        markLeft(run, this.#stop)
        await this.#letGo(false)
        return run
      }
      checkExploration(run)
      await this.#close(this.#stop === 'cancel' ? 'cancelled' : 'completed')
    } catch (error) {
      await this.#fail(error)
    }
    return run
  }

  async #explore(): Promise<Run['explore']> {
    const { deps, run } = { deps: this.#deps, run: this.run }
    const source = this.#stop === null ? chooseOptionSource(deps, { what: 'strategies', simulated: deps.isMarketSimulated() }) : 'simulated'
    const settings = this.#stop === null ? await this.#settings(source) : deps.settings
    const closes = new LastCloses(() => deps.openSnapshot())
    const exploration = new Exploration({
      service: deps.service(),
      settings,
      earlier: run.explore,
      store: deps.journal.explorations,
      runNumber: this.#number,
      workers: deps.settings['explore.workers'],
      forceFull: this.#plan.forceFull,
      refreshSince: this.#plan.refresh ? Date.parse(run.startedAt!) : null,
      openProvider: async (date) => {
        const provider = await openOptionSource(source, deps, date)
        run.market = { ...run.market, source: provider.name, simulated: provider.simulated, snapshot: provider.identity }
        return provider
      },
      // Only to hold others against: bars that can not be read cost no row. Prices that never were say nothing of real ones.
      ...(!deps.isMarketSimulated() && { lastClose: (ticker: string) => closes.of(ticker, (deps.clock ?? systemClock).now()).catch(() => null) }),
      settle: (rows) => this.#settlement.explored(rows),
      flush: () => this.#settlement.flushed(),
      whenFree: (work) => deps.journal.whenFree(work, deps.clock),
      log: (level, symbol, text) => this.#notes.log(this.#settlement, { level, symbol: symbol === '' ? null : symbol, text, batch: null }),
      warn: (code, message) => this.#notes.warn(code, message, 1),
      progress: (message, share, etaMs) => this.#progress(message, share, etaMs),
    })
    this.#exploration = exploration
    if (this.#stop !== null) exploration.stop(engineStop(this.#stop))
    return exploration.carryOut()
  }

  /** Those it began with, as far as they decide over rows: a resume ends as the run would have without a break. */
  async #settings(source: OptionSourceName): Promise<Settings> {
    const { settings, journal } = this.#deps
    const { begun } = this.#plan
    if (begun === undefined) {
      this.#plan.begun = begunSettings(source, settings)
      await journal.whenFree(() => journal.savePlan(this.#number, this.#plan), this.#deps.clock)
      return settings
    }
    const resumed = resumedSettings(this.run.id, begun, source, settings)
    if (resumed.kept.length > 0) this.#notes.log(this.#settlement, { level: 'warn', symbol: null, text: `goes on with the settings it began with: ${resumed.kept.join(', ')}`, batch: null })
    return resumed.settings
  }

  #progress(message: string, share: number, etaMs: number | null): void {
    const { run } = this
    run.message = message
    run.etaMs = etaMs
    // There is no scan before it: the exploration has the whole bar but its first steps.
    run.percent = Math.max(run.percent, Math.min(99, STAGE_PERCENT.integrity + Math.floor(share * (99 - STAGE_PERCENT.integrity))))
    this.#settlement.state()
    const failure = this.#settlement.takeFailure()
    if (failure !== null) throw failure
  }

  async #close(status: 'completed' | 'cancelled'): Promise<void> {
    const { run } = this
    run.finishedAt = new Date().toISOString()
    run.timings['exploring'] = (run.timings['exploring'] ?? 0) + (run.explore?.durationMs ?? 0)
    if (status === 'completed') Object.assign(run, { stage: 'done', percent: 100 })
    run.etaMs = 0
    run.status = status
    run.message = status === 'completed' ? 'done' : 'cancelled'
    await this.#letGo(true)
  }

  async #fail(error: unknown): Promise<void> {
    const { run } = this
    // All that is written goes to the journal's database: its troubles are none of the exploration's own.
    const known = error instanceof Error && 'errcode' in error ? journalFailure(error) : problemOf(error)
    run.error = { code: known.code, message: known.message, hint: known.hint }
    run.etaMs = null
    run.status = 'paused'
    run.message = known.message
    // Rows that are there stand, and those that are not can be explored once what is wrong is mended.
    try {
      await this.#letGo(false)
    } catch {
      // A journal that can not be written: the death of the process releases the run as well.
    }
  }

  /** Writes what is left, with the `end` event where the exploration is over, and lets other processes have it. */
  async #letGo(isOver: boolean): Promise<void> {
    const { journal, clock } = this.#deps
    this.#settlement.state()
    if (isOver) this.#settlement.event({ type: 'end', run: structuredClone(this.run) })
    await this.#settlement.flushed()
    await journal.whenFree(() => journal.releaseRun(this.#number), clock)
  }

  #halt(how: Exclude<RunStop, 'timeout'>): void {
    if (this.#stop !== null) return
    this.#stop = how
    this.#exploration?.stop(engineStop(how))
  }

  #hear(event: RunEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

/** The engine leaves rows open, or gives them up: why is no matter of its own. */
const engineStop = (how: Exclude<RunStop, 'timeout'>): ExplorationStop => (how === 'cancel' ? 'cancel' : 'interrupt')
