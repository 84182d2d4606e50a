/** The one door to the runtime: opens a state folder and does, with its market and its journal, what the ways in ask for. */
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'

import { runDoctor } from './config/doctor.ts'
import { detectHardware } from './config/hardware.ts'
import { prepareHome, resolveHome } from './config/home.ts'
import { loadConfig, readSettingsFile, writeSettingsFile, type Config } from './config/load.ts'
import { parseSettingText } from './config/parse.ts'
import { SETTING_KEYS, settingInfo, type SettingKey } from './config/schema.ts'
import { registry, type ErrorCode } from './errors/registry.ts'
import { StrikescanError } from './errors/strikescan-error.ts'
import { inspectScript } from './intake/inspect.ts'
import type { ModuleTable } from './intake/modules.ts'
import { Journal, newRunId, type StoredRun, type StoredScanner } from './journal/journal.ts'
import { dayFromIso, isoFromDay } from './market/days.ts'
import type { ImportOptions, ImportProgress, ImportReport } from './market/import/report.ts'
import type { ImportRecord } from './market/catalogue.ts'
import { findProvider } from './market/providers.ts'
import { BarStore } from './market/store.ts'
import type { Snapshot } from './market/snapshot.ts'
import { checkRowFile, writeRowFile } from './output/row-file.ts'
import { encodeRows } from './output/formats.ts'
import { emptyLedger, type Row, type RowStatus } from './scan/row.ts'
import type { Diagnostic, IntakeReport, PrefilterSettings, Run, RunEvent, RunRequest } from './scan/run.ts'
import { ScanRun, type StoredPlan } from './scan/scan-run.ts'
import { STAND_INS } from './intake/stand-ins.ts'

export interface HostOptions {
  /** State folder; made where it does not exist. */
  home: string
  /** Settings from the command line by dotted key. */
  overrides: Record<string, unknown>
  env: Record<string, string | undefined>
}

export interface MarketReport {
  source: string
  simulated: boolean
  snapshot: string
  symbols: number
  bars: number
  sessions: number
  firstDate: string | null
  lastDate: string | null
  imports: ImportRecord[]
}

/** What intake says of a file: `report` is null where it is refused, and `diagnostics` then say why. */
export interface Inspection {
  report: IntakeReport | null
  diagnostics: Diagnostic[]
}

/** A run under way, or just finished. */
export interface RunHandle {
  readonly id: string
  run(): Run
  /** Events after `afterSeq` (default: from the start), then each as it happens, in order of `seq`. Gives the way to stop. */
  subscribe(listener: (event: RunEvent) => void, afterSeq?: number): () => void
  readonly done: Promise<Run>
  /** Gives up: rows not reached become `cancelled`. */
  cancel(): void
  /** Stops and keeps what is done; `resumeRun` goes on from there. */
  interrupt(): void
}

const SIMULATED = 'simulated'
const PREFILTER_SETTINGS = ['minVolume', 'minPrice', 'maxPrice', 'limit', 'activateAbove', 'window'] as const

/** A package that is allowed but not there is treated as one that is not allowed: intake then says so. */
function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
}

/** Opens a state folder. Throws `home_…`, `config_…`, `store_…` or `journal_…` errors of the registry. */
export async function openHost(options: HostOptions): Promise<Host> {
  prepareHome(options.home)
  const config = loadSettings(options)
  const store = BarStore.open(options.home)
  try {
    return new Host(options.home, config, store, Journal.open(options.home))
  } catch (error) {
    store.close()
    throw error
  }
}

/** Settings in force, without opening or creating anything. */
export function loadSettings(options: HostOptions): Config {
  return loadConfig({
    file: readSettingsFile(options.home),
    env: options.env,
    overrides: options.overrides,
    hardware: detectHardware(options.home),
  })
}

export class Host {
  readonly home: string
  readonly #config: Config
  readonly #store: BarStore
  readonly #journal: Journal
  readonly #active = new Set<RunHandle>()

  constructor(home: string, config: Config, store: BarStore, journal: Journal) {
    this.home = home
    this.#config = config
    this.#store = store
    this.#journal = journal
  }

  settings(): Config {
    return this.#config
  }

  importBars(paths: readonly string[], options: ImportOptions = {}, onProgress?: (progress: ImportProgress) => void): Promise<ImportReport> {
    return this.#store.importBars(paths, options, onProgress)
  }

  /** What a run would see: the imported market, else the simulated one, which is made where it is not there yet. */
  async market(): Promise<MarketReport> {
    const snapshot = await this.#openSnapshot(null, () => {})
    const { sessions } = snapshot
    return {
      source: snapshot.provider,
      simulated: snapshot.simulated,
      snapshot: snapshot.id,
      symbols: snapshot.symbols.length,
      bars: snapshot.barCount,
      sessions: sessions.length,
      firstDate: sessions.length === 0 ? null : isoFromDay(sessions[0]!),
      lastDate: sessions.length === 0 ? null : isoFromDay(sessions.at(-1)!),
      imports: this.#store.summary().imports,
    }
  }

  /** Forgets all market data; runs and their rows stay. */
  resetMarket(): Promise<void> {
    return this.#store.reset()
  }

  /** What Strikescan makes of a script, without running it. A refused one has `report: null` and says why in `diagnostics`. */
  async inspect(file: { filename: string; source: Uint8Array }): Promise<Inspection> {
    const { values } = this.#config
    const { report, diagnostics } = await inspectScript({
      filename: file.filename,
      bytes: file.source,
      modules: this.#modules(),
      maxBytes: values['intake.maxBytes'],
      deadlineMs: values['intake.deadlineMs'],
    })
    return { report, diagnostics }
  }

  /** Stores the script, registers a run of it and starts it. */
  startRun(request: RunRequest): RunHandle {
    const { source, ...rest } = request
    const scanner = this.#saveScanner(request.filename, source)
    const run: Run = {
      id: newRunId(),
      scannerId: scanner.id,
      filename: request.filename,
      status: 'queued',
      stage: 'integrity',
      percent: 0,
      message: 'queued',
      etaMs: null,
      createdAt: new Date().toISOString(),
      startedAt: null,
      finishedAt: null,
      market: { source: '', simulated: false, snapshot: '', asOf: null },
      prefilter: null,
      split: null,
      ledger: emptyLedger(0),
      warnings: [],
      timings: {},
      explore: null,
      error: null,
    }
    // The seed hangs on the script alone, so that two runs over one snapshot give the same rows.
    const plan: StoredPlan = { request: rest, seed: scanner.sha256, snapshot: null, scope: null }
    const number = this.#journal.createRun(run, plan)
    return this.#carryOut(number, run, scanner, plan)
  }

  /** Goes on with a run that was interrupted, or whose process died. Rows that are there stay as they are. */
  resumeRun(id: string): RunHandle {
    const stored = this.#storedRun(id)
    if (stored.status === 'completed' || stored.status === 'failed' || stored.status === 'cancelled') {
      throw new StrikescanError('run_finished', { run: stored.id, status: stored.status })
    }
    if ([...this.#active].some(({ id: active }) => active === stored.id)) throw new StrikescanError('run_busy', { run: stored.id, pid: process.pid })
    this.#journal.claimRun(stored.number)
    const scanner = this.#journal.scanner(stored.scannerId)
    if (scanner === null) throw new StrikescanError('scanner_unknown', { scanner: stored.scannerId })
    return this.#carryOut(stored.number, stored.state, scanner, stored.plan as StoredPlan)
  }

  /** Rows in the order asked for, read as they are taken. `id` may be a unique beginning, or `last`. */
  rows(id: string, filter: { status?: RowStatus } = {}): Iterable<Row> {
    return this.#journal.rows(this.#storedRun(id).number, filter.status === undefined ? {} : { status: [filter.status] })
  }

  events(id: string, afterSeq = 0): Iterable<RunEvent> {
    return this.#journal.events(this.#storedRun(id).number, afterSeq)
  }

  run(id: string): Run {
    return this.#storedRun(id).state
  }

  /** The bytes of a run's script, exactly as they came. */
  source(id: string): Uint8Array {
    const { scannerId } = this.#storedRun(id)
    const scanner = this.#journal.scanner(scannerId)
    if (scanner === null) throw new StrikescanError('scanner_unknown', { scanner: scannerId })
    return scanner.source
  }

  /** Interrupts what is running, so that it can be resumed, and closes the state folder. */
  async close(): Promise<void> {
    for (const handle of this.#active) handle.interrupt()
    await Promise.all([...this.#active].map(({ done }) => done))
    this.#journal.close()
    this.#store.close()
  }

  #saveScanner(filename: string, source: Uint8Array): StoredScanner {
    const sha256 = createHash('sha256').update(source).digest('hex')
    const scanner: StoredScanner = { id: sha256.slice(0, 16), sha256, filename, source, createdAt: new Date().toISOString() }
    this.#journal.saveScanner(scanner)
    return scanner
  }

  #storedRun(id: string): StoredRun {
    const stored = this.#journal.run(id)
    if (stored === null) throw new StrikescanError('run_unknown', { run: id })
    return stored
  }

  #carryOut(number: number, run: Run, scanner: StoredScanner, plan: StoredPlan): RunHandle {
    const deps = {
      journal: this.#journal,
      settings: this.#config.values,
      chosenPrefilter: this.#chosenPrefilter(),
      home: this.home,
      modules: this.#modules(),
      openSnapshot: (id: string | null, onBuilding: (message: string) => void) => this.#openSnapshot(id, onBuilding),
    }
    const scanRun = new ScanRun({ deps, number, run, scanner: { ...scanner, filename: run.filename }, plan })
    const handle: RunHandle = {
      id: run.id,
      run: () => scanRun.run,
      subscribe: (listener, afterSeq) => scanRun.subscribe(listener, afterSeq),
      done: scanRun.carryOut().finally(() => this.#active.delete(handle)),
      cancel: () => scanRun.cancel(),
      interrupt: () => scanRun.interrupt(),
    }
    this.#active.add(handle)
    return handle
  }

  async #openSnapshot(id: string | null, onBuilding: (message: string) => void): Promise<Snapshot> {
    if (id !== null) return this.#store.snapshot(id)
    const imported = this.#store.currentOf('imported')
    if (imported !== null) return imported
    const plugin = await findProvider(SIMULATED)
    if (plugin === null) throw new StrikescanError('market_empty')
    const { values } = this.#config
    const provider = plugin.create({ seed: values['market.simulatedSeed'], symbols: values['market.simulatedSymbols'] } as never)
    return this.#store.buildFromProvider(provider, ({ symbolsDone }) => onBuilding(`making the simulated market: ${symbolsDone} symbols`))
  }

  #chosenPrefilter(): Partial<PrefilterSettings> {
    const { values, origins } = this.#config
    const chosen = PREFILTER_SETTINGS.filter((name) => !['default', 'preset'].includes(origins[`prefilter.${name}`].source))
    return Object.fromEntries(chosen.map((name) => [name, values[`prefilter.${name}`]]))
  }

  #modules(): ModuleTable {
    const table: Record<string, ModuleTable[string]> = { strikescan: 'sdk' }
    for (const name of STAND_INS) table[name] = 'standin'
    for (const name of this.#config.values['imports.allow']) if (isInstalled(name)) table[name] = 'bundled'
    return table
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
  parseSettingText,
  resolveHome,
  runDoctor,
  SETTING_KEYS,
  settingInfo,
  StrikescanError,
  writeRowFile,
  writeSettingsFile,
}
export type { Config, ImportOptions, ImportProgress, ImportReport, IntakeReport, Row, RowStatus, Run, RunEvent, RunRequest, SettingKey }
