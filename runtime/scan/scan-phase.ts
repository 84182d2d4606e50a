import type { Clock } from '../clock.ts'
import type { Settings } from '../config/schema.ts'
import type { InjectionPlan } from '../intake/plan.ts'
import { dayFromIso } from '../market/days.ts'
import type { Snapshot } from '../market/snapshot.ts'
import { SnapshotReader } from '../market/snapshot-reader.ts'
import { configuredPrefilter } from '../prefilter/layers.ts'
import { resolvePrefilterSettings } from '../prefilter/settings.ts'
import type { LoadedScanner } from '../worker/protocol.ts'
import type { Executor } from './executor.ts'
import type { LocateFault, Outcome } from './outcome.ts'
import type { Funnel, PrefilterSettings, RunRequest, SplitRequest } from './run.ts'
import { wholeUnits } from './run-units.ts'
import type { TrialEars } from './run-voices.ts'
import type { RunScope } from './scope.ts'
import { pastFirst, screenRun, type KeptRows } from './screening.ts'
import { decideDates, type DatesDecision } from './date-check.ts'
import { decideSplit, isCutOff, trialScans, type Sample, type SplitDecision, type Tried } from './split-check.ts'
import { Trial } from './trial.ts'
import { WorkQueue, type QueueEvents, type QueueLimits, type QueuePlan } from './work-queue.ts'

export interface ScanPhaseOptions {
  executor: Executor
  plan: InjectionPlan
  loaded: LoadedScanner
  scope: RunScope
  snapshot: Snapshot
  /** Open descriptor of the snapshot's bars. */
  barsFd: number
  settings: Settings
  /** Prefilter settings that somebody chose, in a file, the environment or on the command line. */
  chosenPrefilter: Partial<PrefilterSettings>
  limits: { symbolTimeoutMs: number; timeoutMs: number; workers: number }
  locate: LocateFault
  clock: Clock
  events: QueueEvents
  isSettled(position: number): boolean
  settleOut(position: number, status: 'rejected' | 'no_data', reason: string): void
  /** Told how many of all scans of a trial are done. */
  tried(done: number, total: number): void
  /** Called between two dates of the screening; may throw to give up. */
  pause(datesDone: number): Promise<void>
}

/**
 * A trial that takes longer at one symbol, or in all, is cut off: it must not cost what a run costs. Far beyond what a
 * busy machine adds.
 */
const TRIAL_TIMEOUT_MS = 2_000
/** Once a trial was cut off it proves little, and each further symbol gets half the time of the one before. */
const NEXT_TRIAL_TIMEOUT_MS = 500
const LAST_TRIAL_TIMEOUT_MS = 100
const TRIAL_TOTAL_MS = 20_000

/** From a loaded scanner and its scope to a queue of work: who is screened out, whether symbols may be divided, and how. */
export class ScanPhase {
  readonly #options: ScanPhaseOptions
  readonly #queuePlan: QueuePlan
  readonly #isWholePattern: boolean
  /** What the trials came to, and whether one is under way. */
  #trials: Trial[] = []
  #isTrying = false
  #triedBefore = 0
  #isDatesTogether = false
  #trialScans = 0

  constructor(options: ScanPhaseOptions) {
    const { scope, snapshot, plan } = options
    this.#options = options
    this.#queuePlan = {
      symbols: scope.symbols,
      snapshotIndexes: scope.symbols.map((symbol) => snapshot.indexOf(symbol)),
      dates: scope.dates,
      days: scope.dates.map(dayFromIso),
    }
    this.#isWholePattern = plan.pattern === 'main' || plan.pattern === 'script'
  }

  /** Whether the dates are scanned at once; tried aside where the text alone does not tell. Null where the script does not take them. */
  async decideDates(asked: SplitRequest): Promise<DatesDecision | null> {
    const { plan, snapshot } = this.#options
    const { days, snapshotIndexes } = this.#queuePlan
    const { firstDays, lastDays } = snapshot.index
    const symbolsOn = (dateIndexes: number[]): number[] => {
      const tried = dateIndexes.map((index) => days[index]!)
      const [first, last] = [Math.min(...tried), Math.max(...tried)]
      return [...snapshotIndexes.keys()].filter((at) => firstDays[snapshotIndexes[at]!]! <= first && lastDays[snapshotIndexes[at]!]! >= last)
    }
    const tryBoth = (one: Sample, other: Sample): Promise<[Tried, Tried]> => this.#tryBoth(one, other)
    return decideDates({ asked, plan, dateCount: days.length, symbolsOn, tryBoth })
  }

  /** Goes about the dates as decided, from here on. */
  set dates(dates: 'together' | 'apart' | undefined) {
    this.#isDatesTogether = dates === 'together'
  }

  /** Applies the prefilter and settles who is out. */
  screen(asked: RunRequest['prefilter']): Promise<{ kept: KeptRows[]; funnel: Funnel | null }> {
    const { scope, snapshot, barsFd, settings, loaded, settleOut, pause } = this.#options
    const universe = (loaded.universe ?? undefined) as Partial<PrefilterSettings> | undefined
    return screenRun({
      snapshot,
      reader: new SnapshotReader({ barsFd, index: snapshot.index }),
      scope,
      snapshotIndexes: this.#queuePlan.snapshotIndexes,
      // What the operator or the caller chose beats what the scanner asks for; a default does not.
      settings: asked === false ? null : resolvePrefilterSettings(configuredPrefilter(settings), universe, this.#options.chosenPrefilter, asked),
      datesTogether: this.#isDatesTogether,
      settleOut,
      pause,
    })
  }

  /** Whether symbols may be divided among workers; trials are run aside where the text alone does not tell. */
  async decideSplit(asked: SplitRequest, kept: KeptRows[]): Promise<SplitDecision> {
    const { plan, scope, isSettled } = this.#options
    // A run that was interrupted in its trial has the rows of it already.
    const openOf = (positions: number[]): number[] => positions.filter((position) => !isSettled(position))
    const open = this.#isWholePattern ? kept : kept.map(({ dateIndex, positions }) => ({ dateIndex, positions: openOf(positions) }))
    this.#trialScans = trialScans(open)
    this.#triedBefore = 0
    const tryBoth = (one: Sample, other: Sample): Promise<[Tried, Tried]> => this.#tryBoth(one, other)
    const split = await decideSplit({ asked, plan, kept: open, dateCount: scope.dates.length, tryBoth })
    if (split.mode === 'batch' && this.#isDone(kept)) this.#count()
    this.#trials = []
    return split
  }

  /** The trial over dates is short, and comes before there is anything to plan: it is not told of. */
  #tell(trial: Trial): void {
    if (this.#trialScans > 0) this.#options.tried(this.#triedBefore + trial.done, this.#trialScans)
  }

  /** What hears the workers of the trial that is under way. */
  get trial(): TrialEars | null {
    const trial = this.#isTrying ? this.#trials.at(-1)! : null
    if (trial === null) return null
    return {
      reached: (unit, item) => {
        trial.reached(unit, item)
        this.#tell(trial)
      },
      hear: (...said) => trial.hear(...said),
      spoil: () => trial.spoil(),
    }
  }

  /**
   * Counts the rows of a trial that was given up with its run: those that came out alike both ways, unless one did not. Nothing once the
   * trials are over.
   */
  countTried(): void {
    this.#isTrying = false
    if (this.#trials.every(({ differs }) => !differs) && !this.#isWholePattern && !this.#options.loaded.ranks) this.#count()
    this.#trials = []
  }

  /**
   * Whether the rows of the trials are those of the run, as those of scans of one symbol are. A script that takes its symbols at once is
   * through where the last sample was all that there is; else its rows, lines and files come from its batches.
   */
  #isDone(kept: KeptRows[]): boolean {
    if (this.#options.loaded.ranks) return false
    const rows = kept.reduce((sum, { positions }) => sum + positions.length, 0)
    const last = this.#trials.at(-1)
    if (last === undefined || !this.#isWholePattern) return last !== undefined
    const hasFailed = [...last.tried[0].values()].some((text) => (JSON.parse(text) as Outcome).status === 'failed')
    return last.isAgreed && last.size === rows && !hasFailed
  }

  /** Hands the rows of the trials on, the last trial first. */
  #count(): void {
    const counted = new Set<number>()
    for (const trial of this.#trials.toReversed()) {
      trial.count((position) => counted.has(position) || this.#options.isSettled(position), ({ position, outcome, origin }) => {
        counted.add(position)
        this.#options.events.settled(position, outcome, origin)
      })
    }
  }

  /** The work that is left: rows that are settled already are done again only where later ones hang on them. */
  queue(split: SplitDecision, kept: KeptRows[]): WorkQueue {
    const { settings, limits, plan, scope, locate, events, isSettled, loaded } = this.#options
    const isBatch = split.mode === 'batch'
    const isOpen = (position: number): boolean => !isSettled(position)
    // A date is ranked over all its hits: where one row of it is open, those that are there are found again.
    const openOf = (positions: number[]): number[] => (loaded.ranks && positions.some(isOpen) ? positions : positions.filter(isOpen))
    const open = kept.map(({ dateIndex, positions }) => ({ dateIndex, positions: openOf(positions) }))
    const wholes = wholeUnits({
      kept: isBatch ? open : kept,
      dateCount: scope.dates.length,
      datesTogether: this.#isDatesTogether,
      isDivisible: isBatch,
      most: plan.symbols?.form === 'single' ? 1 : settings['batch.maxSymbols'],
      workers: limits.workers,
    })
    return this.#makeQueue(
      this.#isWholePattern ? { wholes } : { scans: pastFirst(isBatch ? open : kept, scope.dates) },
      {
        symbolTimeoutMs: limits.symbolTimeoutMs,
        runTimeoutMs: limits.timeoutMs,
        batchTargetMs: isBatch ? settings['batch.targetMs'] : Number.POSITIVE_INFINITY,
        batchMaxSymbols: isBatch ? settings['batch.maxSymbols'] : Number.MAX_SAFE_INTEGER,
      },
      !this.#isWholePattern && !isBatch,
      events,
      locate,
      loaded.ranks,
    )
  }

  /**
   * Runs units whose rows only the caller sees: those of both samples in one queue, the rows of the second behind all
   * those of the first.
   */
  async #tryBoth(one: Sample, other: Sample): Promise<[Tried, Tried]> {
    const { executor, limits, locate, clock } = this.#options
    const { symbols, snapshotIndexes, dates, days } = this.#queuePlan
    const rows = symbols.length * dates.length
    const trial = new Trial(rows, dates.length)
    const { tried } = trial
    this.#trials.push(trial)
    let cuts = 0
    const settled: QueueEvents['settled'] = (position, outcome, origin) => {
      const text = JSON.stringify(outcome)
      trial.settled(position, outcome, origin, text)
      this.#tell(trial)
      if (!isCutOff(text)) return
      cuts++
      // What is run together is cut off together, and leaves nothing to be compared; nor does a way of which fewer than two rows came.
      const compared = [...tried[0].values()].filter((found) => !isCutOff(found)).length
      if (this.#isWholePattern || (tried[0].size === rowsOfSample(one) && compared < 2)) queue.giveUpRest()
    }
    const strays: QueueEvents['strays'] = (count, samples, unit) => trial.hear(unit, -1, 0, () => this.#options.events.strays(count, samples, unit))
    const behind = shifted(other, symbols.length, rows)
    const queue = new WorkQueue({
      plan: { symbols: [...symbols, ...symbols], snapshotIndexes: [...snapshotIndexes, ...snapshotIndexes], dates, days },
      scans: [...(one.scans ?? []), ...(behind.scans ?? [])],
      wholes: [...(one.wholes ?? []), ...(behind.wholes ?? [])],
      limits: {
        get symbolTimeoutMs() {
          return Math.min(limits.symbolTimeoutMs, trialTimeoutMs(cuts))
        },
        isTrial: true,
        runTimeoutMs: Math.min(TRIAL_TOTAL_MS, Math.ceil(limits.timeoutMs / 4)),
        batchTargetMs: Number.POSITIVE_INFINITY,
        batchMaxSymbols: Number.MAX_SAFE_INTEGER,
      },
      // What a scan keeps is in its isolate, and shows only where the second way goes through the same one. Those that
      // take their symbols at once get a fresh context each.
      oneWorker: !this.#isWholePattern,
      events: { settled, strays, dispatched: () => {}, stateLost: () => trial.spoil() },
      locate,
      now: clock.monotonic(),
    })
    this.#isTrying = true
    await executor.execute(queue, true)
    this.#isTrying = false
    this.#triedBefore += trial.done
    return tried
  }

  #makeQueue(work: Sample, limits: QueueLimits, oneWorker: boolean, events: QueueEvents, locate: LocateFault, ranks = false): WorkQueue {
    return new WorkQueue({
      plan: this.#queuePlan,
      ranks,
      scans: work.scans ?? [],
      wholes: work.wholes ?? [],
      limits,
      oneWorker,
      events,
      locate,
      now: this.#options.clock.monotonic(),
    })
  }
}

/** The same units for the same symbols, whose places are so much further on. */
function shifted({ scans, wholes }: Sample, symbols: number, rows: number): Sample {
  return {
    ...(scans && { scans: scans.map((group) => ({ ...group, positions: group.positions.map((position) => position + rows) })) }),
    ...(wholes && { wholes: wholes.map((unit) => ({ ...unit, symbolIndexes: unit.symbolIndexes.map((index) => index + symbols) })) }),
  }
}

function trialTimeoutMs(cuts: number): number {
  return cuts === 0 ? TRIAL_TIMEOUT_MS : Math.max(LAST_TRIAL_TIMEOUT_MS, NEXT_TRIAL_TIMEOUT_MS / 2 ** (cuts - 1))
}

const rowsOfSample = ({ scans = [] }: Sample): number => scans.reduce((sum, { positions }) => sum + positions.length, 0)
