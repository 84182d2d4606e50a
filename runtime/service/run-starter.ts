import type { Config } from '../config/load.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { chooseOptionSource, expectedOptionSource, type OptionSourceDeps } from '../explore/option-source.ts'
import type { Journal } from '../journal/journal.ts'
import { chosenPrefilter } from '../prefilter/layers.ts'
import type { Run, RunRequest } from '../scan/run.ts'
import type { StoredPlan } from '../scan/stored-plan.ts'
import { registerFile, registerRecords } from './explorations.ts'
import type { ExplorationRequest, SubmitExplorationRequest, SubmitRunRequest } from './host-types.ts'
import type { Markets } from './markets.ts'
import { newScan, type ExpectedMarket } from './new-run.ts'
import { isOwnedElsewhere } from './ownership.ts'
import { checkResumable } from './reopening.ts'
import { isReplayable, replayOf } from './replay.ts'
import type { RunReader } from './run-reader.ts'
import { checkRunRequest } from './run-requests.ts'
import type { RunService } from './run-service.ts'
import type { RunHandle, RunPlan } from './run-work.ts'
import type { Scanners } from './scanners.ts'

export interface RunStarterDeps {
  readonly journal: Journal
  readonly config: Config
  readonly runs: RunService
  readonly reader: RunReader
  readonly scanners: Scanners
  readonly markets: Markets
  explorationDeps(): OptionSourceDeps
}

/** The ways in which a run comes to be: `start…` carries it out at once, beside the queue; `submit…` puts it into the queue. */
export class RunStarter {
  readonly #deps: RunStarterDeps

  constructor(deps: RunStarterDeps) {
    this.#deps = deps
  }

  /** Stores the script, registers a run of it and starts it. */
  startRun(request: RunRequest): RunHandle {
    const { source, ...rest } = request
    const scanner = this.#deps.scanners.keep(request.filename, source)
    const { run, plan } = newScan(scanner, rest, this.#deps.markets.expected())
    return this.#deps.runs.begin(this.#deps.journal.createRun(run, plan), run, plan)
  }

  /**
   * Registers a run of a stored scanner and puts it into the queue.
   * @throws what the request is refused for, scanner_unknown, scanner_deleted, queue_full, host_draining
   */
  submitRun({ scannerId, ...asked }: SubmitRunRequest): Run {
    const { runs, scanners, markets, config, explorationDeps } = this.#deps
    runs.checkRoom()
    const { report } = scanners.runnable(scannerId)
    const imported = markets.imported()
    checkRunRequest({
      request: asked,
      report,
      text: new TextDecoder().decode(scanners.source(scannerId).source),
      settings: config.values,
      chosenPrefilter: chosenPrefilter(config),
      snapshot: imported ?? markets.provided(),
    })
    if (asked.explore) chooseOptionSource(explorationDeps(), { what: 'hits', simulated: imported === null })
    const { run, plan } = newScan({ id: scannerId, sha256: report.sha256 }, { ...asked, filename: report.filename }, markets.expected())
    return runs.submit(run, plan)
  }

  /**
   * Goes on with a run that was interrupted, whose process died, or of whose explored rows some failed for what can pass: these are tried
   * again, all other rows stay. `id` may be a unique beginning, or `last`: the newest of its kind that can be gone on with.
   * @throws run_unknown, run_none_to_resume, run_other_kind, run_finished, run_busy, explore_incomplete, snapshot_gone
   */
  resumeRun(id: string, kind: Run['kind']): RunHandle {
    const { id: runId, number, state, plan } = this.#deps.reader.find(id === 'last' ? this.#lastToResume(kind) : id)
    if (state.kind !== kind) throw otherKind(state)
    checkResumable(this.#deps.journal, number, state)
    if (this.#deps.runs.isHere(runId)) throw new StrikescanError('run_busy', { run: runId, pid: process.pid })
    this.#deps.runs.checkCarriedOn(state, plan as RunPlan)
    this.#deps.journal.claimRun(number)
    this.#deps.runs.reopen(number, state)
    return this.#deps.runs.begin(number, state, plan as RunPlan)
  }

  #lastToResume(kind: Run['kind']): string {
    const last = this.#deps.journal.runList.resumable(kind).find((run) => !isOwnedElsewhere(run) && !this.#deps.runs.isHere(run.id))
    if (last !== undefined) return last.id
    throw new StrikescanError('run_none_to_resume', { kind: kind === 'scan' ? 'run of a scanner' : 'exploration' })
  }

  /**
   * Does again what a run did, over the same market. `id` may be a unique beginning, or `last`: the newest that can be replayed.
   * @throws replay_…, run_unknown, run_none_to_replay, snapshot_…
   */
  async startReplay(id: string): Promise<RunHandle> {
    const original = id === 'last' ? this.#lastToReplay() : this.#deps.reader.find(id).id
    await this.checkReplay(original)
    const { run, plan } = this.#replayOf(original)
    return this.#deps.runs.begin(this.#deps.journal.createRun(run, plan), run, plan)
  }

  /** One whose market is gone or damaged is meant too: that is told rather than passed over. */
  #lastToReplay(): string {
    for (const id of this.#deps.journal.runList.endedScans()) if (isReplayable({ ...this.#deps.runs.stored(id), state: this.#deps.runs.run(id) })) return id
    throw new StrikescanError('run_none_to_replay')
  }

  /** The same through the queue, by a whole id, after `checkReplay`. @throws as `startReplay`, queue_full, host_draining */
  submitReplay(id: string): Run {
    this.#deps.runs.checkRoom()
    const { run, plan } = this.#replayOf(id)
    return this.#deps.runs.submit(run, plan)
  }

  /** Whether a run, by its whole id, can be replayed: its rows prove nothing over a market that was changed. @throws as `startReplay` */
  async checkReplay(id: string): Promise<void> {
    await this.#deps.markets.verify(this.#replayOf(id).plan.snapshot!)
  }

  #replayOf(id: string): { run: Run; plan: StoredPlan } {
    return replayOf({ ...this.#deps.runs.stored(id), state: this.#deps.runs.run(id) })
  }

  /**
   * Stores the rows of a strategies file, registers an exploration of them and starts it.
   * @throws strategies_…, explore_…: nothing is then registered
   */
  async startExploration({ file, ...wishes }: ExplorationRequest): Promise<RunHandle> {
    const { number, run, plan } = await registerFile(this.#deps.journal, file, wishes, await this.#optionMarket())
    return this.#deps.runs.begin(number, run, plan)
  }

  /**
   * Registers an exploration of strategies that are at hand and puts it into the queue.
   * @throws strategies_…, explore_…, queue_full, host_draining
   */
  async submitExploration({ strategies, ...wishes }: SubmitExplorationRequest): Promise<Run> {
    this.#deps.runs.checkRoom()
    const { number, run, plan } = await registerRecords(this.#deps.journal, strategies, wishes, await this.#optionMarket())
    try {
      // Others may have come meanwhile.
      this.#deps.runs.checkRoom()
      return await this.#deps.journal.whenFree(() => this.#deps.runs.enqueue(number, run, plan))
    } catch (error) {
      await this.#deps.journal.whenFree(() => this.#deps.journal.dropRun(number))
      throw error
    }
  }

  /** Where an exploration that is asked for now will have its chains from. @throws explore_… */
  #optionMarket(): Promise<ExpectedMarket> {
    return expectedOptionSource(this.#deps.explorationDeps(), { what: 'strategies', simulated: this.#deps.markets.isSimulated })
  }
}

function otherKind({ id, kind }: Run): StrikescanError {
  const [is, command] = kind === 'scan' ? ['a run of a scanner', 'run'] : ['an exploration of strategies', 'explore']
  return new StrikescanError('run_other_kind', { run: id, is, command })
}
