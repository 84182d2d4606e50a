import { rememberWorkers, takeAhead, type WorkersUsed } from '../ahead.ts'
import type { Config } from '../config/load.ts'
import { ExplorationRun } from '../explore/exploration-run.ts'
import { resumedSettings } from '../explore/begun-settings.ts'
import { chooseOptionSource, type Explored, type OptionSourceDeps } from '../explore/option-source.ts'
import type { NewsDeps } from '../explore/script-news.ts'
import type { ExplorationService } from '../explore/service.ts'
import type { ChainSource } from '../../sdk/chain-source.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import type { Journal } from '../journal/journal.ts'
import type { StoredScanner } from '../journal/scanner-table.ts'
import type { Snapshot } from '../market/snapshot.ts'
import type { Surroundings } from '../pool/surroundings.ts'
import { WorkerBudget } from '../pool/worker-budget.ts'
import type { WorkerEnd } from '../pool/worker-process.ts'
import { chosenPrefilter } from '../prefilter/layers.ts'
import type { Run } from '../scan/run.ts'
import { ScanRun } from '../scan/scan-run.ts'
import { isExploration, isOver, type RunPlan, type RunWork } from './run-work.ts'
import type { ScriptReader } from './script-reader.ts'
import type { Warmth } from './warmth.ts'

export interface RunMakerDeps {
  readonly journal: Journal
  readonly config: Config
  readonly home: string
  readonly reader: ScriptReader
  readonly warmth: Warmth
  openSnapshot(id: string | null, onBuilding: (message: string) => void): Promise<Snapshot>
  isMarketSimulated(): boolean
  chainSource(): ChainSource | null
  /** Throws `snapshot_gone` where a snapshot is no longer there. */
  checkKept(snapshot: string | null): void
  readonly news: NewsDeps
  exploration(): ExplorationService
  workerEnded(end: WorkerEnd, wasWorking: boolean): void
  readonly surroundings?: Surroundings
  readonly findPlugin?: OptionSourceDeps['findPlugin']
}

/** Makes what carries stored runs out. */
export class RunMaker {
  readonly #deps: RunMakerDeps
  readonly #budget: WorkerBudget

  constructor(deps: RunMakerDeps) {
    this.#deps = deps
    this.#budget = new WorkerBudget(deps.config.values['workers.count'])
  }

  /** @param isShared whether the run shares the workers with others, or has as many as it may by itself; @throws scanner_unknown */
  make(number: number, run: Run, plan: RunPlan, isShared: boolean): RunWork {
    const { journal, config, home, reader, warmth, openSnapshot, isMarketSimulated, news, workerEnded, surroundings } = this.#deps
    const exploration = this.explorationDeps()
    // Whoever runs a file calls it as they do now; a run that is gone on with or replayed calls it as they did then.
    const isNamedAnew = !isShared && run.startedAt === null && run.replayOf === undefined
    if (isExploration(plan)) return new ExplorationRun({ deps: { ...exploration, isMarketSimulated, openSnapshot: () => openSnapshot(null, () => {}), clock: surroundings?.clock }, number, run, plan })
    const deps = {
      journal,
      settings: config.values,
      chosenPrefilter: chosenPrefilter(config),
      home,
      inspect: async (file: { filename: string; source: Uint8Array }, signal: AbortSignal) => {
        const analysis = await reader.read(file, signal)
        const { report } = analysis
        if (report !== null && run.scannerId !== null && !signal.aborted) {
          await journal.whenFree(() => journal.scanners[isNamedAnew ? 'keepName' : 'keepReport'](run.scannerId!, report))
        }
        return analysis
      },
      openSnapshot,
      exploration,
      news,
      ...(isShared
        ? { lease: (most: number) => this.#budget.lease(most), takeSpare: (snapshot: Snapshot, dataLimitMb: number) => warmth.takeWorker(snapshot, dataLimitMb) }
        : { takeSpare: ({ folder }: Snapshot, dataLimitMb: number) => takeAhead(folder, dataLimitMb), workersUsed: (used: WorkersUsed) => rememberWorkers(home, used) }),
      workerEnded,
      surroundings,
    }
    const scanner = this.#scannerOf(run)
    return new ScanRun({ deps, number, run, scanner: { ...scanner, filename: run.filename }, plan })
  }

  /**
   * Whether a run would go on over the market, and one that was over with the source of chains, that it began with: said before anything of it is changed.
   * @throws snapshot_gone, explore_source_changed, explore_no_…
   */
  checkCarriedOn(run: Run, plan: RunPlan): void {
    if (!isExploration(plan)) this.#deps.checkKept(plan.snapshot)
    // One that waits tells so itself, and goes on waiting; what is over is not to be taken up for that.
    if (!isOver(run) || plan.begun === undefined) return
    const deps = this.explorationDeps()
    const explored: Explored = isExploration(plan) ? { what: 'strategies', simulated: this.#deps.isMarketSimulated() } : { what: 'hits', simulated: run.market.simulated }
    resumedSettings(run.id, plan.begun, chooseOptionSource(deps, explored), deps.settings)
  }

  explorationDeps() {
    const { journal, config, chainSource, exploration, findPlugin } = this.#deps
    return { journal, settings: config.values, chainSource, service: exploration, findPlugin }
  }

  #scannerOf({ scannerId }: Run): StoredScanner {
    const scanner = scannerId === null ? null : this.#deps.journal.scanners.find(scannerId)
    if (scanner === null) throw new StrikescanError('scanner_unknown', { scanner: scannerId ?? 'of an exploration' })
    return scanner
  }
}
