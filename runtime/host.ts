/** The one door to the runtime: opens a state folder and does, with its market and its journal, what the ways in ask for. */
import { join } from 'node:path'

import type { ChainSource } from '../sdk/chain-source.ts'
import type { MarketProvider } from '../sdk/market.ts'

import { endAhead } from './ahead.ts'
import { prepareHome } from './config/home.ts'
import type { Config } from './config/load.ts'
import type { ExplorationRow } from './explore/row.ts'
import { StrikescanError } from './errors/strikescan-error.ts'
import { ExplorationService } from './explore/service.ts'
import { guestBundle } from './isolate/guest-bundle.ts'
import { Journal, refuseWhenBusy } from './journal/journal.ts'
import type { ScannerRecord } from './journal/scanner-table.ts'
import type { ImportOptions, ImportProgress, ImportReport } from './market/import/report.ts'
import type { ChainImportOptions, ChainImportReport } from './market/chains/report.ts'
import type { NewsImportOptions, NewsImportReport } from './market/news/report.ts'
import { BarStore } from './market/store.ts'
import type { Row, RowStatus } from './scan/row.ts'
import { runHere, type HereOptions, type HereRun } from './scan/run-here.ts'
import type { Run, RunEvent, RunRequest } from './scan/run.ts'
import type { Page, PageQuery } from './service/cursors.ts'
import { Housekeeping, type PruneReport, type PruneWishes, type ResetReport } from './service/housekeeping.ts'
import { barsOf, chainOf, symbolPage, type BarView, type ChainView, type SymbolView } from './service/market-views.ts'
import { Markets, type MarketReport } from './service/markets.ts'
import { moduleTable } from './service/module-table.ts'
import type {
  ExplorationRequest,
  HostState,
  Inspection,
  PreviewRequest,
  SubmitExplorationRequest,
  SubmitRunRequest,
} from './service/host-types.ts'
import type { ComparedBy, HitComparison } from './service/hit-changes.ts'
import { loadSettings, type HostOptions } from './service/host-options.ts'
import type { HostObserver } from './service/observers.ts'
import type { PrefilterPreview } from './service/prefilter-preview.ts'
import { compareRows, type RunComparison } from './service/run-comparison.ts'
import { RunMaker } from './service/run-maker.ts'
import { RunReader, type ExplorationQuery, type RowQuery, type RunQuery } from './service/run-reader.ts'
import { RunService } from './service/run-service.ts'
import { RunStarter } from './service/run-starter.ts'
import type { RunHandle } from './service/run-work.ts'
import { Scanners, type ScannerUpload } from './service/scanners.ts'
import { ScriptReader } from './service/script-reader.ts'
import { Warmth } from './service/warmth.ts'

type OnImport = (progress: ImportProgress) => void

/** What a host is put together from; it closes them in the end. */
interface HostParts {
  readonly home: string
  readonly config: Config
  readonly store: BarStore
  readonly journal: Journal
  readonly warn: (message: string) => void
  readonly market: MarketProvider | null
}

/** Opens a state folder. Throws `home_…`, `config_…`, `store_…` or `journal_…` errors of the registry. */
export async function openHost(options: HostOptions): Promise<Host> {
  prepareHome(options.home)
  const config = loadSettings(options)
  const store = BarStore.open(options.home)
  try {
    const { home, warn = () => {}, market = null } = options
    return new Host({ home, config, store, journal: Journal.open(home), warn, market })
  } catch (error) {
    store.close()
    throw error
  }
}

export class Host {
  readonly home: string
  readonly #config: Config
  readonly #journal: Journal
  readonly #warn: (message: string) => void
  readonly #markets: Markets
  readonly #warmth: Warmth
  readonly #scriptReader: ScriptReader
  readonly #scanners: Scanners
  readonly #runs: RunService
  readonly #reader: RunReader
  readonly #maker: RunMaker
  readonly #starter: RunStarter
  readonly #housekeeping: Housekeeping
  #exploration: ExplorationService | null = null
  /** Of what is got ready for runs: the code that runs inside isolates. */
  #preparation: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor({ home, config, store, journal, warn, market }: HostParts) {
    const { values } = config
    this.home = home
    this.#config = config
    this.#journal = journal
    this.#warn = warn
    this.#markets = new Markets(home, config, store, market)
    this.#warmth = new Warmth(values)
    this.#scriptReader = new ScriptReader({
      settings: values,
      modules: moduleTable(values['imports.allow']),
      spares: { takeSpare: () => this.#warmth.takeIntake(), takeCompiler: (loader) => this.#warmth.takeCompiler(loader) },
      folder: join(home, 'cache', 'intake'),
    })
    this.#scanners = new Scanners(journal, this.#scriptReader)
    this.#maker = new RunMaker({
      journal,
      config,
      home,
      reader: this.#scriptReader,
      warmth: this.#warmth,
      openSnapshot: (id, onBuilding) => this.#markets.open(id, onBuilding),
      isMarketSimulated: () => this.#markets.isSimulated,
      chainSource: () => this.chainSource(),
      news: this.#markets,
      exploration: () => this.#openExploration(),
      checkKept: (snapshot) => this.#markets.checkKept(snapshot),
      workerEnded: (end, wasWorking) => this.#runs.workerEnded(end, wasWorking),
    })
    const atOnce = values['queue.maxRunning'] === 'auto' ? values['workers.count'] : values['queue.maxRunning']
    this.#runs = new RunService({
      journal,
      warn,
      maxQueued: values['queue.maxQueued'],
      // A run without a worker would only wait elsewhere.
      maxRunning: Math.min(atOnce, values['workers.count']),
      make: (number, run, plan, isShared) => this.#maker.make(number, run, plan, isShared),
      checkCarriedOn: (run, plan) => this.#maker.checkCarriedOn(run, plan),
    })
    this.#reader = new RunReader(journal, this.#runs)
    this.#starter = new RunStarter({
      journal,
      config,
      runs: this.#runs,
      reader: this.#reader,
      scanners: this.#scanners,
      markets: this.#markets,
      explorationDeps: () => this.#maker.explorationDeps(),
    })
    this.#housekeeping = new Housekeeping(home, journal, store, this.#markets)
  }

  settings(): Config {
    return this.#config
  }

  /** Whether runs may be started, and what there is of them. */
  state(): HostState {
    const draining = this.#runs.isDraining
    const reason = this.#isClosed ? 'the state folder is closed' : draining ? 'shutting down' : this.#journal.problem()
    const spares = this.#warmth.processes().map((spare) => ({ ...spare, runId: null }))
    const { queued, running } = this.#runs
    return { ready: reason === null, reason, draining, queued, running, workers: [...this.#runs.workers(), ...spares] }
  }

  /** What an error of any method here says to whoever asked: that the journal is damaged, where it is, which `state` says from then on; any other as it is. */
  explain(error: unknown): unknown {
    return this.#journal.explain(error)
  }

  /** Has metrics told of what happens. Gives the way to stop. */
  observe(observer: HostObserver): () => void {
    return this.#runs.observe(observer)
  }

  importBars(paths: readonly string[], options: ImportOptions = {}, onProgress?: OnImport): Promise<ImportReport> {
    return this.#markets.importBars(paths, options, onProgress)
  }

  importChains(paths: readonly string[], options: ChainImportOptions = {}, onProgress?: OnImport): Promise<ChainImportReport> {
    return this.#markets.chains().importChains(paths, options, onProgress)
  }

  importNews(paths: readonly string[], options: NewsImportOptions = {}, onProgress?: OnImport): Promise<NewsImportReport> {
    return this.#markets.news().importNews(paths, options, onProgress)
  }

  /** The imported option chains as they are now, for the provider of files; null where there are none. */
  chainSource(): ChainSource | null {
    return this.#markets.chainSource()
  }

  /** What a run would see: the imported market, else the simulated one, which is made where it is not there yet. */
  market(): Promise<MarketReport> {
    return this.#markets.report()
  }

  /** Forgets all market data; runs and their rows stay, with the snapshots that they stand on. */
  resetMarket(): Promise<ResetReport> {
    return this.#housekeeping.resetMarket()
  }

  /** Symbols of the market in order, those that begin with `prefix`. @throws cursor_invalid */
  async symbols(query: PageQuery & { readonly prefix?: string | undefined }): Promise<Page<SymbolView>> {
    return symbolPage(await this.#markets.open(null), query)
  }

  /** Daily bars of a symbol, both dates included. @throws symbol_unknown, dates_invalid, dates_inverted */
  async bars(symbol: string, range: { from?: string | undefined; to?: string | undefined }): Promise<BarView[]> {
    return barsOf(await this.#markets.open(null), symbol, range)
  }

  /**
   * The expirations of a symbol, and the chain of one of them (the nearest where none is named).
   * @throws explore_…, chain_…, expiration_unknown
   */
  async chain(symbol: string, expiration?: string): Promise<ChainView> {
    return chainOf(this.#maker.explorationDeps(), { simulated: this.#markets.isSimulated }, symbol, expiration)
  }

  /**
   * The prefilter's funnel without a run, of a scanner's own symbols and screen where one is named.
   * @throws prefilter_…, symbols_none, dates_…, scanner_unknown
   */
  async previewPrefilter({ scannerId, ...request }: PreviewRequest): Promise<PrefilterPreview> {
    const wishes = scannerId === undefined ? null : await this.#scanners.wishes(scannerId)
    return this.#markets.preview({ ...request, symbols: request.symbols ?? wishes?.symbols ?? undefined }, wishes?.universe)
  }

  /** What Strikescan makes of a script, without running it. A refused one has `report: null` and says why in `diagnostics`. */
  async inspect(file: { filename: string; source: Uint8Array }): Promise<Inspection> {
    const { report, diagnostics } = await this.#scriptReader.read(file)
    return { report, diagnostics }
  }

  /** Reads an upload, and keeps it where it can run. */
  saveScanner(file: { filename: string; source: Uint8Array }): Promise<ScannerUpload> {
    return this.#scanners.save(file)
  }

  /** Newest first, hidden ones left out. @throws cursor_invalid */
  scanners(query: PageQuery): Page<ScannerRecord> {
    return this.#scanners.list(query)
  }

  /** Hidden ones included, so that their runs stay readable. @throws scanner_unknown */
  scanner(id: string): ScannerRecord {
    return this.#scanners.record(id)
  }

  /** The bytes as they were uploaded. @throws scanner_unknown */
  scannerSource(id: string): { filename: string; source: Uint8Array } {
    return this.#scanners.source(id)
  }

  /** Takes a scanner out of the list and starts no further run of it; the runs that there are stay. @throws scanner_unknown */
  hideScanner(id: string): void {
    refuseWhenBusy(this.#journal, () => this.#scanners.hide(id))
  }

  /** Runs a scanner that is at hand in this process, for tests: no isolate, nothing stored. @throws symbols_…, dates_…, param_… */
  async runHere(scanner: unknown, request: HereOptions['request']): Promise<HereRun> {
    return runHere({ scanner, request, config: this.#config, snapshot: await this.#markets.open(null) })
  }

  /** Stores the script, registers a run of it and starts it. */
  startRun(request: RunRequest): RunHandle {
    return this.#starter.startRun(request)
  }

  /**
   * Registers a run of a stored scanner and puts it into the queue.
   * @throws what the request is refused for, scanner_unknown, scanner_deleted, queue_full, host_draining
   */
  submitRun(request: SubmitRunRequest): Run {
    return refuseWhenBusy(this.#journal, () => this.#starter.submitRun(request))
  }

  /**
   * Goes on with a scan that was interrupted, or whose process died; its rows stay. `id` may be a unique beginning, or `last`: the newest
   * of those that can be gone on with. @throws run_unknown, run_none_to_resume, run_other_kind, run_finished, run_busy, snapshot_gone
   */
  resumeRun(id: string): RunHandle {
    return this.#starter.resumeRun(id, 'scan')
  }

  /**
   * Does again what a run did, over the same market, once that was found to be as it was. `id` may be a unique beginning, or `last`:
   * the newest that can be replayed. @throws replay_…, run_unknown, run_none_to_replay, snapshot_gone, snapshot_damaged: no run is then registered
   */
  startReplay(id: string): Promise<RunHandle> {
    return this.#starter.startReplay(id)
  }

  /** The same through the queue, by a whole id. @throws as `startReplay`, queue_full, host_draining */
  async submitReplay(id: string): Promise<Run> {
    await this.#starter.checkReplay(id)
    return refuseWhenBusy(this.#journal, () => this.#starter.submitReplay(id))
  }

  /** Holds a replay's rows against those of its run. @throws replay_rows_missing, run_unknown */
  compareReplay({ id, replayOf: original }: Run): RunComparison {
    return compareRows(id, this.rows(original!), this.rows(id))
  }

  /**
   * The same of a replay that is completed, by its id and beside others' turns.
   * @throws run_unknown, replay_none, replay_not_completed, replay_rows_missing
   */
  replayComparison(id: string): Promise<RunComparison> {
    return this.#reader.replayComparison(id)
  }

  /**
   * What became of a run's hits in another: by symbol where the two have no date in common, else row by row, unless one is asked for. Lists at
   * most `most` changes of each kind. @throws run_unknown, compare_no_scan
   */
  compareHits(before: string, after: string, by: ComparedBy | null, most: number): Promise<HitComparison> {
    return this.#reader.compareHits(before, after, by, most)
  }

  /**
   * Stores the rows of a strategies file, registers an exploration of them and starts it.
   * @throws strategies_…, explore_…: nothing is then registered
   */
  startExploration(request: ExplorationRequest): Promise<RunHandle> {
    return this.#starter.startExploration(request)
  }

  /**
   * Registers an exploration of strategies that are at hand and puts it into the queue.
   * @throws strategies_…, explore_…, queue_full, host_draining
   */
  submitExploration(request: SubmitExplorationRequest): Promise<Run> {
    return this.#starter.submitExploration(request)
  }

  /** The same of an exploration. */
  resumeExploration(id: string): RunHandle {
    return this.#starter.resumeRun(id, 'exploration')
  }

  /** Newest first. @throws cursor_invalid */
  runs(query: RunQuery): Page<Run> {
    return this.#reader.list(query)
  }

  /** The run as it is now. @throws run_unknown; ids may not be shortened here and below */
  run(id: string): Run {
    return this.#runs.run(id)
  }

  /** What a scan was asked for, as `submitRun` takes it. @throws run_unknown, run_no_scan */
  requestOf(id: string): SubmitRunRequest {
    return this.#reader.request(id)
  }

  /** A run by its id, a unique beginning of it, or `last`. @throws run_unknown */
  findRun(idOrBeginning: string): Run {
    return this.#runs.run(this.#reader.find(idOrBeginning).id)
  }

  /** Gives up what is not done, within a second, whatever the script does. @throws run_unknown, run_finished, run_busy */
  cancel(id: string): Run {
    return refuseWhenBusy(this.#journal, () => this.#runs.cancel(id))
  }

  /** Stops and keeps what is done. @throws as `cancel` */
  pause(id: string): Run {
    return refuseWhenBusy(this.#journal, () => this.#runs.pause(id))
  }

  /** Puts a paused run back into the queue. @throws as `cancel`, run_not_paused, queue_full, host_draining */
  resume(id: string): Run {
    return refuseWhenBusy(this.#journal, () => this.#runs.resume(id))
  }

  /** Finished rows of a run's exploration in the order handed over, read as they are taken. */
  explorationRows(id: string): Iterable<ExplorationRow> {
    return this.#reader.explorationRows(id)
  }

  explorationPage(id: string, query: ExplorationQuery): Page<ExplorationRow> {
    return this.#reader.explorationPage(id, query)
  }

  /** Columns that a run's strategy rows came with, in order. */
  explorationColumns(id: string): readonly string[] {
    return this.#reader.explorationColumns(id)
  }

  /** Rows in the order asked for, read as they are taken. */
  rows(id: string, filter: { status?: RowStatus } = {}): Iterable<Row> {
    return this.#reader.rows(id, filter.status === undefined ? [] : [filter.status])
  }

  /** The same for a reader who serves others as well: undefined stands where these may have a turn, some milliseconds apart. */
  pacedRows(id: string, filter: { status?: RowStatus } = {}): Iterable<Row | undefined> {
    return this.#reader.pacedRows(id, filter.status === undefined ? [] : [filter.status])
  }

  /** A page of rows; it may be short, or empty, and have one behind it. @throws cursor_invalid */
  rowPage(id: string, query: RowQuery): Promise<Page<Row>> {
    return this.#reader.rowPage(id, query)
  }

  /** Events after a number, as they stand in the journal, read as they are taken. */
  events(id: string, afterSeq = 0): Iterable<RunEvent> {
    return this.#reader.events(id, afterSeq)
  }

  /** Number of the last event, 0 where there is none. */
  lastSeq(id: string): number {
    return this.#reader.lastSeq(id)
  }

  /** Events as they happen from now on, those of one write together. Gives the way to stop. */
  watch(id: string, listener: (events: readonly RunEvent[]) => void): () => void {
    return this.#runs.watch(id, listener)
  }

  /** The bytes of a run's script, exactly as they came. */
  source(id: string): Uint8Array {
    return this.#reader.source(id)
  }

  /** Takes a run that is over away, with its rows and all that is of it. @throws run_unknown */
  forgetRun(id: string): void {
    refuseWhenBusy(this.#journal, () => this.#housekeeping.forget(this.#runs.stored(id).number, id))
  }

  /** Forgets finished runs and the market data that only they stood on. */
  prune(wishes: PruneWishes): Promise<PruneReport> {
    return this.#housekeeping.prune(wishes)
  }

  /** Goes on with the runs that a death of the process broke off, and keeps processes ready from now on. Gives the number of runs. */
  recover(): number {
    this.#journal.serve(this.#warn)
    const recovered = this.#recoverRuns()
    // Made once per process, and before the first run waits for it.
    const guest = guestBundle(join(this.home, 'cache')).catch((error: Error) => {
      this.#warn(`The guest's code can not be made: ${error.message}`)
      return null
    })
    this.#preparation = guest
    this.#markets.whenOpened((snapshot) => void guest.then((bundle) => !this.#isClosed && this.#warmth.warm(snapshot, bundle)))
    this.#markets.open(null).catch((error: Error) => this.#warn(`The market can not be opened: ${error.message}`))
    return recovered
  }

  /** A server over a damaged journal answers, and says what is wrong. */
  #recoverRuns(): number {
    try {
      this.#journal.look()
      return this.#runs.recover()
    } catch (error) {
      const problem = this.explain(error)
      if (!(problem instanceof StrikescanError) || problem.code !== 'journal_damaged') throw error
      this.#warn(`${problem.message} ${problem.hint}`)
      return 0
    }
  }

  /** Takes no further run, lets running batches end for at most `graceMs`, hands the rest back to be resumed, and closes. */
  async drain(graceMs: number): Promise<void> {
    await this.#runs.drain(graceMs)
    await this.close()
  }

  /** Leaves what is running, so that it can be resumed, and closes the state folder. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#runs.drain(0)
    this.#warmth.close()
    endAhead()
    await this.#exploration?.close()
    await this.#preparation
    this.#journal.close()
    this.#markets.close()
  }

  /** Shared by all explorations of the process: the chain cache and the pace of calls. Most runs need neither. */
  #openExploration(): ExplorationService {
    const { values: settings } = this.#config
    this.#exploration ??= new ExplorationService({ settings, home: this.home, store: this.#journal.explorations, warn: this.#warn })
    return this.#exploration
  }
}

export * from './host-exports.ts'
