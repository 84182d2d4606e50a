/** The one door to the runtime: opens a state folder and does, with its market and its journal, what the ways in ask for. */
import { join } from 'node:path'

import type { ChainSource } from '../sdk/chain-source.ts'
import type { MarketProvider } from '../sdk/market.ts'

import { endAhead } from './ahead.ts'
import { runDoctor } from './config/doctor.ts'
import { detectHardware } from './config/hardware.ts'
import { prepareHome, resolveHome } from './config/home.ts'
import { loadConfig, readSettingsFile, writeSettingsFile, type Config } from './config/load.ts'
import { parseSettingText } from './config/parse.ts'
import { SETTING_KEYS, settingInfo, type SettingKey } from './config/schema.ts'
import { explorationRecord, writeExplorationFile, type ExplorationFileOptions } from './explore/columns.ts'
import { checkOptionSource, chooseOptionSource } from './explore/option-source.ts'
import type { ExplorationReport } from './explore/report.ts'
import type { ExplorationRow } from './explore/row.ts'
import { ExplorationService } from './explore/service.ts'
import { registry, type ErrorCode } from './errors/registry.ts'
import { StrikescanError } from './errors/strikescan-error.ts'
import { guestBundle } from './isolate/guest-bundle.ts'
import { Journal } from './journal/journal.ts'
import type { ScannerRecord } from './journal/scanner-table.ts'
import { dayFromIso } from './market/days.ts'
import type { ImportOptions, ImportProgress, ImportReport } from './market/import/report.ts'
import type { ChainSummary } from './market/chains/chain-store.ts'
import type { ChainImportOptions, ChainImportReport } from './market/chains/report.ts'
import { BarStore } from './market/store.ts'
import { checkRowFile, writeRowFile } from './output/row-file.ts'
import { encodeRows } from './output/formats.ts'
import type { Row, RowStatus } from './scan/row.ts'
import { runHere, type HereOptions, type HereRun } from './scan/run-here.ts'
import type { Diagnostic, IntakeReport, Run, RunEvent, RunRequest } from './scan/run.ts'
import { chosenPrefilter } from './prefilter/layers.ts'
import type { Page, PageQuery } from './service/cursors.ts'
import { registerFile, registerRecords } from './service/explorations.ts'
import { Housekeeping, type PruneReport, type PruneWishes } from './service/housekeeping.ts'
import { barsOf, chainOf, symbolPage, type BarView, type ChainView, type SymbolView } from './service/market-views.ts'
import { Markets, type MarketReport } from './service/markets.ts'
import { moduleTable } from './service/module-table.ts'
import { newScan } from './service/new-run.ts'
import type { HostObserver } from './service/observers.ts'
import type { PrefilterPreview } from './service/prefilter-preview.ts'
import { replayOf } from './service/replay.ts'
import { compareRows, type RunComparison } from './service/run-comparison.ts'
import { RunMaker } from './service/run-maker.ts'
import { RunReader, type ExplorationQuery, type RowQuery, type RunQuery } from './service/run-reader.ts'
import { checkRunRequest } from './service/run-requests.ts'
import { checkComplete, RunService } from './service/run-service.ts'
import { isOver, type RunHandle, type RunPlan } from './service/run-work.ts'
import { Scanners, type ScannerUpload } from './service/scanners.ts'
import { ScriptReader } from './service/script-reader.ts'
import { Warmth } from './service/warmth.ts'

export interface HostOptions {
  /** State folder; made where it does not exist. */
  home: string
  /** Settings from the command line by dotted key. */
  overrides: Record<string, unknown>
  env: Record<string, string | undefined>
  /** Told in one sentence, once each, what the host has to do without. */
  warn?: (message: string) => void
  /** The market that runs see, in place of what is stored or simulated. */
  market?: MarketProvider | undefined
}

export interface ExplorationRequest {
  /** Path of the strategies file. */
  file: string
  /** Computes rows that tier 0 would skip. */
  forceFull: boolean
  /** Fetches every chain anew. */
  refresh: boolean
}

/** What intake says of a file: `report` is null where it is refused, and `diagnostics` then say why. */
export interface Inspection {
  report: IntakeReport | null
  diagnostics: Diagnostic[]
}

/** As `RunRequest`, with a stored scanner in place of the bytes. */
export type SubmitRunRequest = Omit<RunRequest, 'filename' | 'source'> & { scannerId: string }

export interface SubmitExplorationRequest {
  /** Records with the column names of a strategies file, in order. */
  readonly strategies: readonly Readonly<Record<string, unknown>>[]
  readonly forceFull?: boolean | undefined
  readonly refresh?: boolean | undefined
}

export interface HostState {
  /** False where no run may be started: the reason says why. */
  readonly ready: boolean
  readonly reason: string | null
  readonly draining: boolean
  readonly queued: number
  readonly running: number
  /** Worker processes alive now; those that stand by are of no run. */
  readonly workers: readonly { readonly pid: number; readonly rssBytes: number; readonly runId: string | null }[]
}

/** Opens a state folder. Throws `home_…`, `config_…`, `store_…` or `journal_…` errors of the registry. */
export async function openHost(options: HostOptions): Promise<Host> {
  prepareHome(options.home)
  const config = loadSettings(options)
  const store = BarStore.open(options.home)
  try {
    return new Host(options.home, config, store, Journal.open(options.home), options.warn ?? (() => {}), options.market ?? null)
  } catch (error) {
    store.close()
    throw error
  }
}

/** Settings in force, without opening or creating anything. */
export function loadSettings(options: HostOptions): Config {
  return loadConfig({ file: readSettingsFile(options.home), env: options.env, overrides: options.overrides, hardware: detectHardware(options.home) })
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
  readonly #housekeeping: Housekeeping
  #exploration: ExplorationService | null = null
  #isClosed = false

  constructor(home: string, config: Config, store: BarStore, journal: Journal, warn: (message: string) => void, market: MarketProvider | null = null) {
    const { values } = config
    this.home = home
    this.#config = config
    this.#journal = journal
    this.#warn = warn
    this.#markets = new Markets(home, config, store, market)
    this.#warmth = new Warmth(values)
    this.#scriptReader = new ScriptReader({ settings: values, modules: moduleTable(values['imports.allow']), spares: { takeSpare: () => this.#warmth.takeIntake(), takeCompiler: (loader) => this.#warmth.takeCompiler(loader) }, folder: join(home, 'cache', 'intake') })
    this.#scanners = new Scanners(journal, this.#scriptReader)
    this.#maker = new RunMaker({
      journal, config, home, reader: this.#scriptReader, warmth: this.#warmth,
      openSnapshot: (id, onBuilding) => this.#markets.open(id, onBuilding),
      isMarketSimulated: () => this.#markets.isSimulated,
      chainSource: () => this.chainSource(),
      exploration: () => this.#openExploration(),
      workerEnded: (end, wasWorking) => this.#runs.workerEnded(end, wasWorking),
    })
    const atOnce = values['queue.maxRunning'] === 'auto' ? values['workers.count'] : values['queue.maxRunning']
    this.#runs = new RunService({
      journal, warn, maxQueued: values['queue.maxQueued'],
      // A run without a worker would only wait elsewhere.
      maxRunning: Math.min(atOnce, values['workers.count']),
      make: (number, run, plan, isShared) => this.#maker.make(number, run, plan, isShared),
    })
    this.#reader = new RunReader(journal, this.#runs)
    this.#housekeeping = new Housekeeping(home, journal, store)
  }

  settings(): Config {
    return this.#config
  }

  /** Whether runs may be started, and what there is of them. */
  state(): HostState {
    const draining = this.#runs.isDraining
    const reason = this.#isClosed ? 'the state folder is closed' : draining ? 'shutting down' : this.#journal.problem()
    const spares = this.#warmth.processes().map((spare) => ({ ...spare, runId: null }))
    return { ready: reason === null, reason, draining, queued: this.#runs.queued, running: this.#runs.running, workers: [...this.#runs.workers(), ...spares] }
  }

  /** Has metrics told of what happens. Gives the way to stop. */
  observe(observer: HostObserver): () => void {
    return this.#runs.observe(observer)
  }

  importBars(paths: readonly string[], options: ImportOptions = {}, onProgress?: (progress: ImportProgress) => void): Promise<ImportReport> {
    return this.#markets.importBars(paths, options, onProgress)
  }

  importChains(paths: readonly string[], options: ChainImportOptions = {}, onProgress?: (progress: ImportProgress) => void): Promise<ChainImportReport> {
    return this.#markets.chains().importChains(paths, options, onProgress)
  }

  /** The imported option chains as they are now, for the provider of files; null where there are none. */
  chainSource(): ChainSource | null {
    return this.#markets.chainSource()
  }

  /** What a run would see: the imported market, else the simulated one, which is made where it is not there yet. */
  market(): Promise<MarketReport> {
    return this.#markets.report()
  }

  /** Forgets all market data; runs and their rows stay. */
  resetMarket(): Promise<void> {
    return this.#markets.reset()
  }

  /** Symbols of the market in order, those that begin with `prefix`. @throws cursor_invalid */
  async symbols(query: PageQuery & { readonly prefix?: string | undefined }): Promise<Page<SymbolView>> {
    return symbolPage(await this.#markets.open(null), query)
  }

  /** Daily bars of a symbol, both dates included. @throws symbol_unknown, dates_invalid, dates_inverted */
  async bars(symbol: string, range: { from?: string | undefined; to?: string | undefined }): Promise<BarView[]> {
    return barsOf(await this.#markets.open(null), symbol, range)
  }

  /** The expirations of a symbol, and the chain of one of them (the nearest where none is named). @throws explore_…, chain_…, expiration_unknown */
  async chain(symbol: string, expiration?: string): Promise<ChainView> {
    return chainOf(this.#maker.explorationDeps(), { simulated: this.#markets.isSimulated }, symbol, expiration)
  }

  /** The prefilter's funnel without a run, of a scanner's own symbols and screen where one is named. @throws prefilter_…, symbols_none, dates_…, scanner_unknown */
  async previewPrefilter({ scannerId, ...request }: Pick<RunRequest, 'symbols' | 'universe' | 'asOf' | 'prefilter'> & { scannerId?: string | undefined }): Promise<PrefilterPreview> {
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

  /** Takes a scanner out of the list; its runs stay. @throws scanner_unknown */
  hideScanner(id: string): void {
    this.#scanners.hide(id)
  }

  /** Runs a scanner that is at hand in this process, for tests: no isolate, nothing stored. @throws symbols_…, dates_…, param_invalid */
  async runHere(scanner: unknown, request: HereOptions['request']): Promise<HereRun> {
    return runHere({ scanner, request, config: this.#config, snapshot: await this.#markets.open(null) })
  }

  /** Stores the script, registers a run of it and starts it. */
  startRun(request: RunRequest): RunHandle {
    const { source, ...rest } = request
    const scanner = this.#scanners.keep(request.filename, source)
    const { run, plan } = newScan(scanner, rest)
    return this.#runs.begin(this.#journal.createRun(run, plan), run, plan)
  }

  /** Registers a run of a stored scanner and puts it into the queue. @throws what the request is refused for, scanner_unknown, queue_full, host_draining */
  submitRun({ scannerId, ...asked }: SubmitRunRequest): Run {
    this.#runs.checkRoom()
    const { report } = this.#scanners.record(scannerId)
    const imported = this.#markets.imported()
    const text = new TextDecoder().decode(this.#scanners.source(scannerId).source)
    checkRunRequest({ request: asked, report, text, settings: this.#config.values, chosenPrefilter: chosenPrefilter(this.#config), snapshot: imported ?? this.#markets.provided() })
    if (asked.explore) chooseOptionSource(this.#maker.explorationDeps(), { simulated: imported === null })
    const { run, plan } = newScan({ id: scannerId, sha256: report.sha256 }, { ...asked, filename: report.filename })
    return this.#runs.submit(run, plan)
  }

  /** Goes on with a run that was interrupted, or whose process died. Rows that are there stay as they are. `id` may be a unique beginning, or `last`. */
  resumeRun(id: string): RunHandle {
    const { id: runId, number, state, plan } = this.#reader.find(id)
    if (isOver(state)) throw new StrikescanError('run_finished', { run: runId, status: state.status })
    if (this.#runs.isHere(runId)) throw new StrikescanError('run_busy', { run: runId, pid: process.pid })
    checkComplete(state, plan as RunPlan)
    this.#journal.claimRun(number)
    return this.#runs.begin(number, state, plan as RunPlan)
  }

  /** Does again what a run did, over the same market. `id` may be a unique beginning, or `last`. @throws replay_…, run_unknown */
  startReplay(id: string): RunHandle {
    const { run, plan } = replayOf(this.#reader.find(id))
    return this.#runs.begin(this.#journal.createRun(run, plan), run, plan)
  }

  /** The same through the queue, by a whole id. @throws as `startReplay`, queue_full, host_draining */
  submitReplay(id: string): Run {
    this.#runs.checkRoom()
    const { run, plan } = replayOf(this.#runs.stored(id))
    return this.#runs.submit(run, plan)
  }

  /** Holds a replay's rows against those of its run. @throws replay_rows_missing, run_unknown */
  compareReplay({ id, replayOf: original }: Run): RunComparison {
    return compareRows(id, this.rows(original!), this.rows(id))
  }

  /** The same of a replay that is completed, by its id and beside others' turns. @throws run_unknown, replay_none, replay_not_completed, replay_rows_missing */
  replayComparison(id: string): Promise<RunComparison> {
    return this.#reader.replayComparison(id)
  }

  /** Stores the rows of a strategies file, registers an exploration of them and starts it. @throws strategies_…, explore_…: nothing is then registered */
  async startExploration({ file, ...wishes }: ExplorationRequest): Promise<RunHandle> {
    await checkOptionSource(this.#maker.explorationDeps(), { simulated: this.#markets.isSimulated })
    const { number, run, plan } = await registerFile(this.#journal, file, wishes)
    return this.#runs.begin(number, run, plan)
  }

  /** Registers an exploration of strategies that are at hand and puts it into the queue. @throws strategies_…, explore_…, queue_full, host_draining */
  async submitExploration({ strategies, ...wishes }: SubmitExplorationRequest): Promise<Run> {
    this.#runs.checkRoom()
    chooseOptionSource(this.#maker.explorationDeps(), { simulated: this.#markets.isSimulated })
    const { number, run, plan } = await registerRecords(this.#journal, strategies, wishes)
    try {
      // Others may have come meanwhile.
      this.#runs.checkRoom()
      return this.#runs.enqueue(number, run, plan)
    } catch (error) {
      this.#journal.dropRun(number)
      throw error
    }
  }

  resumeExploration(id: string): RunHandle {
    return this.resumeRun(id)
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
    return this.#runs.cancel(id)
  }

  /** Stops and keeps what is done. @throws as `cancel` */
  pause(id: string): Run {
    return this.#runs.pause(id)
  }

  /** Puts a paused run back into the queue. @throws as `cancel`, run_not_paused, queue_full, host_draining */
  resume(id: string): Run {
    return this.#runs.resume(id)
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

  /** Forgets finished runs and the market data that only they stood on. */
  prune(wishes: PruneWishes): Promise<PruneReport> {
    return this.#housekeeping.prune(wishes)
  }

  /** Goes on with the runs that a death of the process broke off, and keeps processes ready from now on. Gives the number of runs. */
  recover(): number {
    this.#journal.serve(this.#warn)
    const recovered = this.#runs.recover()
    // Made once per process, and before the first run waits for it.
    const guest = guestBundle(join(this.home, 'cache')).catch((error: Error) => void this.#warn(`The guest's code can not be made: ${error.message}`))
    this.#markets.whenOpened((snapshot) => void guest.then((bundle) => !this.#isClosed && this.#warmth.warm(snapshot, bundle ?? null)))
    this.#markets.open(null).catch((error: Error) => this.#warn(`The market can not be opened: ${error.message}`))
    return recovered
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
    this.#journal.close()
    this.#markets.close()
  }

  /** Shared by all explorations of the process: the chain cache and the pace of calls. Most runs need neither. */
  #openExploration(): ExplorationService {
    this.#exploration ??= new ExplorationService({ settings: this.#config.values, home: this.home, store: this.#journal.explorations, warn: this.#warn })
    return this.#exploration
  }
}

/** Whose fault an error is: `user`, `script` or `system`. */
export function faultOf(code: string): 'user' | 'script' | 'system' {
  return Object.hasOwn(registry, code) ? registry[code as ErrorCode].fault : 'system'
}

export {
  checkRowFile,
  dayFromIso,
  encodeRows,
  explorationRecord,
  parseSettingText,
  resolveHome,
  runDoctor,
  SETTING_KEYS,
  settingInfo,
  StrikescanError,
  writeExplorationFile,
  writeRowFile,
  writeSettingsFile,
}
export type { HostObserver, MarketReport, PruneReport, RunComparison, RunHandle }
export type { ExplorationFileOptions, ExplorationReport, ExplorationRow, ChainImportOptions, ChainImportReport, ChainSummary, Config, ImportOptions, ImportProgress, ImportReport, IntakeReport, Row, RowStatus, Run, RunEvent, RunRequest, SettingKey }
export { openSimulatedOptions } from './market/option-providers.ts'
export { settingRange } from './config/schema.ts'
export { encodeExploration } from './explore/columns.ts'
export { EXPLORATION_STATUSES } from './explore/row.ts'
export { ROW_STATUSES } from './scan/row.ts'
export { RUN_STATUSES, STAGE_PERCENT } from './scan/run.ts'
export { statusOf } from './errors/strikescan-error.ts'
export { codeFrame } from './intake/code-frame.ts'
export { gatherScript } from './intake/gather.ts'
export { readArtifact } from './scan/artifacts.ts'
export { listBuiltInScanners, readBuiltInScanner } from './scan/built-in-scanners.ts'
