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
import type { LocateFault } from './outcome.ts'
import type { Funnel, PrefilterSettings, RunRequest, SplitRequest } from './run.ts'
import { wholeUnits } from './run-units.ts'
import type { RunScope } from './scope.ts'
import { pastFirst, screenRun, type KeptRows } from './screening.ts'
import { decideSplit, isCutOff, type Sample, type SplitDecision, type Tried } from './split-check.ts'
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
const NO_EVENTS: Omit<QueueEvents, 'settled'> = { dispatched: () => {}, strays: () => {}, stateLost: () => {} }

/** From a loaded scanner and its scope to a queue of work: who is screened out, whether symbols may be divided, and how. */
export class ScanPhase {
  readonly #options: ScanPhaseOptions
  readonly #queuePlan: QueuePlan
  readonly #isWholePattern: boolean

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

  /** Applies the prefilter and settles who is out. */
  screen(asked: RunRequest['prefilter'], split: SplitRequest): Promise<{ kept: KeptRows[]; funnel: Funnel | null }> {
    const { scope, snapshot, barsFd, settings, loaded, settleOut, pause } = this.#options
    const universe = (loaded.universe ?? undefined) as Partial<PrefilterSettings> | undefined
    return screenRun({
      snapshot,
      reader: new SnapshotReader({ barsFd, index: snapshot.index }),
      scope,
      snapshotIndexes: this.#queuePlan.snapshotIndexes,
      // What the operator or the caller chose beats what the scanner asks for; a default does not.
      settings: asked === false ? null : resolvePrefilterSettings(configuredPrefilter(settings), universe, this.#options.chosenPrefilter, asked),
      datesTogether: this.#datesTogether(split),
      settleOut,
      pause,
    })
  }

  /** Whether symbols may be divided among workers; trials are run aside where the text alone does not tell. */
  decideSplit(asked: SplitRequest, kept: KeptRows[]): Promise<SplitDecision> {
    const { plan, scope } = this.#options
    return decideSplit({ asked, plan, kept, dateCount: scope.dates.length, tryBoth: (one, other) => this.#tryBoth(one, other) })
  }

  /** The work that is left: rows that are settled already are done again only where later ones hang on them. */
  queue(split: SplitDecision, asked: SplitRequest, kept: KeptRows[]): WorkQueue {
    const { settings, limits, plan, scope, locate, events, isSettled, loaded } = this.#options
    const isBatch = split.mode === 'batch'
    const isOpen = (position: number): boolean => !isSettled(position)
    // A date is ranked over all its hits: where one row of it is open, those that are there are found again.
    const openOf = (positions: number[]): number[] => (loaded.ranks && positions.some(isOpen) ? positions : positions.filter(isOpen))
    const open = kept.map(({ dateIndex, positions }) => ({ dateIndex, positions: openOf(positions) }))
    const wholes = wholeUnits({
      kept: isBatch ? open : kept,
      dateCount: scope.dates.length,
      datesTogether: this.#datesTogether(asked),
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

  /** Scripts that take all dates at once get them at once unless dividing them keeps their meaning. */
  #datesTogether(asked: SplitRequest): boolean {
    const { plan, scope } = this.#options
    if (!this.#isWholePattern || scope.dates.length < 2 || plan.dates?.form === 'single') return false
    return asked === 'never' || (asked === 'auto' && plan.split.dates.mode === 'whole')
  }

  /**
   * Runs units whose rows only the caller sees: those of both samples in one queue, the rows of the second behind all
   * those of the first.
   */
  async #tryBoth(one: Sample, other: Sample): Promise<[Tried, Tried]> {
    const { executor, limits, locate, clock } = this.#options
    const { symbols, snapshotIndexes, dates, days } = this.#queuePlan
    const rows = symbols.length * dates.length
    const tried: [Map<number, string>, Map<number, string>] = [new Map(), new Map()]
    let cuts = 0
    const settled: QueueEvents['settled'] = (position, outcome) => {
      const text = JSON.stringify(outcome)
      tried[position < rows ? 0 : 1].set(position % rows, text)
      if (!isCutOff(text)) return
      cuts++
      // What is run together is cut off together, and leaves nothing to be compared; nor does a way of which fewer than two rows came.
      const compared = [...tried[0].values()].filter((found) => !isCutOff(found)).length
      if (this.#isWholePattern || (tried[0].size === rowsOfSample(one) && compared < 2)) queue.giveUpRest()
    }
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
      events: { ...NO_EVENTS, settled },
      locate,
      now: clock.monotonic(),
    })
    await executor.execute(queue, true)
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
