import type { Clock } from '../clock.ts'
import { ProgressEstimate, progressMessage } from './progress.ts'
import { STAGE_PERCENT, type Run, type Stage } from './run.ts'
import type { RunScope } from './scope.ts'
import type { Settlement } from './settlement.ts'

/** How far a run is, as its watchers are told: stage, percent, message, time to go, and what each stage took. */
export class RunCourse {
  readonly #run: Run
  readonly #settlement: () => Settlement
  readonly #clock: Clock
  #stageStarted: number
  #estimate: ProgressEstimate | null = null
  #dates = 1
  #triedAt = 0

  /** @param settlement what the run's events go through; another one once the run's scope is known */
  constructor(run: Run, settlement: () => Settlement, clock: Clock) {
    this.#run = run
    this.#settlement = settlement
    this.#clock = clock
    this.#stageStarted = clock.monotonic()
  }

  /** Ends the stage before and begins this one. The percent never falls, also where a run is gone on with. */
  stage(stage: Stage, message: string): void {
    this.endStage()
    this.#run.stage = stage
    this.#raise(STAGE_PERCENT[stage])
    this.say(message)
  }

  /** Counts the time since the last stage began, in milliseconds, to that stage. */
  endStage(): void {
    const now = this.#clock.monotonic()
    const { timings, stage } = this.#run
    timings[stage] = Math.round((timings[stage] ?? 0) + now - this.#stageStarted)
    this.#stageStarted = now
  }

  /** Tells what the run is at. */
  say(message: string): void {
    this.#run.message = message
    this.#settlement().state()
  }

  /**
   * Tells how far the trial is that goes before a division, where it takes a while.
   * @param total scans of the samples, both ways
   */
  tried(done: number, total: number): void {
    const now = this.#clock.monotonic()
    if (now - Math.max(this.#stageStarted, this.#triedAt) < TRIAL_TELL_MS) return
    this.#triedAt = now
    this.#raise(STAGE_PERCENT.dispatch + Math.floor((done / total) * (LAST_OF_DISPATCH - STAGE_PERCENT.dispatch)), LAST_OF_DISPATCH)
    this.say(`scanning a sample both together and apart, ${done} of ${total} scans done`)
  }

  /** Begins the scan: from here on the time to go is estimated from how fast rows are settled. */
  beginScan({ symbols, dates }: RunScope): void {
    const settled = this.#settlement().settledCount
    this.#dates = dates.length
    this.stage('executing', progressMessage(this.#run.ledger, this.#dates, settled, 0))
    this.#estimate = new ProgressEstimate(settled, symbols.length * dates.length, this.#clock.monotonic())
  }

  /** Tells how far the scan is. @param dispatched rows that went to a worker just now */
  scanned(dispatched: number): void {
    const run = this.#run
    const done = this.#settlement().settledCount
    const open = this.#estimate?.look(done, this.#clock.monotonic()) ?? { share: 0, etaMs: null }
    this.#raise(STAGE_PERCENT.executing + Math.floor(open.share * (LAST_OF_SCAN - STAGE_PERCENT.executing)), LAST_OF_SCAN)
    run.etaMs = open.etaMs
    this.say(progressMessage(run.ledger, this.#dates, done, dispatched))
  }

  /** Tells how far the exploration of the hits is. @param share of 1 @param etaMs null where it is not known */
  explored(message: string, share: number, etaMs: number | null): void {
    this.#raise(STAGE_PERCENT.exploring + Math.floor(share * (LAST_OF_EXPLORATION - STAGE_PERCENT.exploring)), LAST_OF_EXPLORATION)
    this.#run.etaMs = etaMs
    this.say(message)
  }

  #raise(percent: number, most = percent): void {
    this.#run.percent = Math.max(this.#run.percent, Math.min(most, percent))
  }
}

/** Between two lines on a trial. */
const TRIAL_TELL_MS = 300
/** Percents that the last row, tried, scanned or explored, comes to. */
const LAST_OF_DISPATCH = 67
const LAST_OF_SCAN = 89
const LAST_OF_EXPLORATION = 99
