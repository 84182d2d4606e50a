import { createHash } from 'node:crypto'
import { closeSync } from 'node:fs'

import { detectHardware } from '../../../runtime/config/hardware.ts'
import { loadConfig, type Config } from '../../../runtime/config/load.ts'
import { ExplorationService, type ServiceOptions } from '../../../runtime/explore/service.ts'
import type { StrategyBook } from '../../../runtime/explore/strategies.ts'
import type { Analysis } from '../../../runtime/intake/analyze.ts'
import type { InjectionPlan } from '../../../runtime/intake/plan.ts'
import { Journal } from '../../../runtime/journal/journal.ts'
import type { PreparedSpare } from '../../../runtime/pool/spares.ts'
import { WorkerProcess, type WorkerListener } from '../../../runtime/pool/worker-process.ts'
import type { RunEvent } from '../../../runtime/scan/run.ts'
import { newScan } from '../../../runtime/service/new-run.ts'
import { RunMaker } from '../../../runtime/service/run-maker.ts'
import { RunService } from '../../../runtime/service/run-service.ts'
import type { ScriptReader } from '../../../runtime/service/script-reader.ts'
import type { Warmth } from '../../../runtime/service/warmth.ts'
import { FakeChains } from './fake-chains.ts'
import { FakeWorker, type FakeScript } from './fake-worker.ts'
import { Disk } from './faulty-database.ts'
import { lastDates, symbolAt, type Fixtures } from './fixtures.ts'
import type { RunSpec, Schedule } from './schedule.ts'
import type { VirtualTime } from './time.ts'

const SYMBOL_TIMEOUT_MS = 1_000
export const MEMORY_MB = 256

/** What outlives a server: the disk, the time, the vendor, and what is remembered to judge by. */
export interface Outside {
  readonly schedule: Schedule
  readonly fixtures: Fixtures
  readonly home: string
  readonly time: VirtualTime
  readonly random: () => number
  /** Rows, as `script symbol`, whose worker died by chance, each as often as that happened. */
  readonly touched: Map<string, number>
  readonly faults: string[]
}

/** How many worker processes fail to start, and how. */
export interface Starts {
  left: number
  how: 'throws' | 'refused' | 'dies' | 'slow' | 'hangs'
}

/** One life of the server's process: the real queue, scheduling, journal and exploration, over workers that are not. */
export class SimulatedServer {
  readonly disk = new Disk()
  readonly service: RunService
  readonly journal: Journal
  readonly chains: FakeChains
  readonly workers = new Set<FakeWorker>()
  readonly starts: Starts = { left: 0, how: 'dies' }
  readonly #outside: Outside
  readonly #cells = new Set<number>()
  /** Owners of timers: what the process waits for, and what the world around it does. */
  readonly own = {}
  readonly around = {}
  #exploration: ExplorationService | null = null

  constructor(outside: Outside) {
    const { time, home, schedule, random } = outside
    this.#outside = outside
    this.chains = new FakeChains(time.clockOf(this.around))
    this.journal = Journal.open(home, this.disk.connect)
    const config = configOf(schedule)
    const clock = time.clockOf(this.own)
    const maker = new RunMaker({
      journal: this.journal,
      config,
      home: outside.fixtures.home,
      reader: { read: ({ source }: { source: Uint8Array }) => Promise.resolve(analysisOf(new TextDecoder().decode(source))) } as unknown as ScriptReader,
      warmth: { takeWorker: () => this.#spare() } as unknown as Warmth,
      openSnapshot: () => Promise.resolve(outside.fixtures.snapshot),
      isMarketSimulated: () => true,
      chainSource: () => null,
      checkKept: () => {},
      news: { currentNews: () => null, newsSource: () => null },
      exploration: () => (this.#exploration ??= new PreparedExploration(outside.fixtures.book, { settings: config.values, home, store: this.journal.explorations, warn: () => {}, clock, random })),
      workerEnded: (end, wasWorking) => this.service.workerEnded(end, wasWorking),
      surroundings: { clock, startWorker: (id, dataLimitMb, files, listener) => this.#startWorker(id, dataLimitMb, files, listener), sampleProcesses: (pids) => this.#sample(pids) },
      findPlugin: () => Promise.resolve({ kind: 'option-provider', name: 'fake', open: () => this.chains }),
    })
    this.service = new RunService({
      journal: this.journal,
      maxQueued: 50,
      maxRunning: Math.min(schedule.maxRunning, schedule.workers),
      make: (number, run, plan, isShared) => maker.make(number, run, plan, isShared),
      checkCarriedOn: (run, plan) => maker.checkCarriedOn(run, plan),
      warn: () => {},
      clock,
    })
  }

  /** Asks for a run as a client does. @throws what the server refuses it for */
  submit(spec: RunSpec, place: number): string {
    const { service, journal } = this
    service.checkRoom()
    const source = new TextEncoder().encode(JSON.stringify(scriptOf(spec, place)))
    const sha256 = createHash('sha256').update(source).digest('hex')
    journal.scanners.save({ id: `scanner-${place}`, sha256, filename: `${place}.js`, source, createdAt: '2026-11-20T12:00:00.000Z' })
    const { run, plan } = newScan({ id: `scanner-${place}`, sha256 }, { filename: `${place}.js`, ...requestOf(spec) }, { source: 'simulated', simulated: true })
    return service.submit(run, plan).id
  }

  /** Ends the process as a SIGKILL does: at once, with all that it started. */
  die(): void {
    this.disk.isGone = true
    for (const worker of this.workers) worker.vanish()
    this.workers.clear()
    this.#outside.time.drop(this.own)
    this.#outside.time.drop(this.around)
  }

  /** Lets go of everything that the process held, once it has ended well. */
  async close(): Promise<void> {
    await this.#exploration?.close()
    this.die()
    for (const cell of this.#cells) closeSync(cell)
    this.journal.close()
  }

  #startWorker(id: number, dataLimitMb: number, files: number[], listener: WorkerListener): WorkerProcess {
    const { random, time, fixtures, touched, schedule, faults } = this.#outside
    const how = this.starts.left > 0 ? this.starts.how : null
    if (how !== null) this.starts.left--
    return new WorkerProcess(id, 'scan', dataLimitMb, files, listener, (options) => {
      if (how === 'throws' || this.disk.isGone) throw Object.assign(new Error('spawn EACCES'), { code: 'EACCES' })
      const cell = options.descriptors[0]!
      const worker = new FakeWorker(
        {
          clock: time.clockOf(this.around),
          random,
          symbols: fixtures.snapshot.symbols,
          symbolTimeoutMs: SYMBOL_TIMEOUT_MS,
          memoryBytes: MEMORY_MB * 2 ** 20,
          touched: (script, symbols) => symbols.forEach((symbol) => touched.set(`${script} ${symbol}`, (touched.get(`${script} ${symbol}`) ?? 0) + 1)),
          over: (gone) => {
            this.workers.delete(gone)
            this.#cells.delete(cell)
          },
        },
        options,
        how,
      )
      this.#cells.add(cell)
      this.workers.add(worker)
      const most = schedule.workers + (schedule.spares ? 1 : 0)
      if ([...this.workers].filter(({ isAlive }) => isAlive).length > most) faults.push(`more than ${most} workers at once`)
      return worker.asChild()
    })
  }

  /** A process that stood by, where the schedule has some: already started, and given away at once. */
  #spare(): PreparedSpare | null {
    if (!this.#outside.schedule.spares || this.#outside.random() < 0.5) return null
    try {
      const process = this.#startWorker(0, MEMORY_MB, [], { frame: () => {}, ended: () => {} })
      return { process, isReady: false, guest: null }
    } catch {
      return null
    }
  }

  #sample(pids: number[]) {
    const alive = [...this.workers].filter(({ pid, isAlive }) => isAlive && pid !== undefined && pids.includes(pid))
    return Promise.resolve(new Map(alive.map(({ pid, rssBytes }) => [pid!, { rssBytes, cpuPercent: 50 }])))
  }
}

/** Loading the strategies takes real time, which does not pass here. */
class PreparedExploration extends ExplorationService {
  readonly #book: StrategyBook

  constructor(book: StrategyBook, options: ServiceOptions) {
    super(options)
    this.#book = book
  }

  override strategies(): Promise<StrategyBook> {
    return Promise.resolve(this.#book)
  }
}

/** Watches a run as a client does: what is kept, then what comes, without a gap; connects anew where the server is another. */
export class Watcher {
  readonly heard: RunEvent[] = []
  readonly #faults: string[]
  readonly runId: string

  constructor(runId: string, faults: string[]) {
    this.runId = runId
    this.#faults = faults
  }

  get lastSeq(): number {
    return this.heard.length
  }

  connect({ service, journal }: SimulatedServer): void {
    service.watch(this.runId, (events) => events.forEach((event) => this.#hear(event)))
    const { number } = service.stored(this.runId)
    for (const event of journal.events(number, this.lastSeq)) this.#hear(event)
  }

  #hear(event: RunEvent): void {
    if (event.seq <= this.lastSeq) return
    if (event.seq !== this.lastSeq + 1) this.#faults.push(`a watcher of ${this.runId} heard event ${event.seq} after ${this.lastSeq}`)
    this.heard.push(event)
  }
}

export function scriptOf(spec: RunSpec, place: number): FakeScript {
  return { name: `run ${place}${isScan(spec) ? '' : ' whole'}`, deeds: Object.fromEntries(spec.deeds.map((deed, at) => [symbolAt(at), deed])), symbolMs: spec.symbolMs, probes: spec.probes, rank: isScan(spec) ? spec.rank : 'none' }
}

export const isScan = ({ mode }: RunSpec): boolean => mode === 'batches' || mode === 'tried' || mode === 'ordered'

/** Symbols that a run asks for: those that the market has, and one that it does not have. */
export const symbolsOf = (spec: RunSpec): string[] => [...spec.deeds.map((_, at) => symbolAt(at)), 'NONE']

function requestOf(spec: RunSpec) {
  return {
    symbols: symbolsOf(spec),
    dates: lastDates(spec.dates),
    split: ({ batches: 'always', tried: 'auto', ordered: 'never', divided: 'always', together: 'never' } as const)[spec.mode],
    prefilter: spec.prefilter ? { activateAbove: 0 } : (false as const),
    explore: spec.explore,
    ...(spec.timeoutMs !== null && { limits: { timeoutMs: spec.timeoutMs } }),
  }
}

function analysisOf(code: string): Analysis {
  const { name, probes } = JSON.parse(code) as FakeScript
  const isWhole = name.endsWith('whole')
  const split = { mode: 'batch', reason: 'the script says so' }
  const plan = { filename: 'script.js', code, sourceMap: null, pattern: isWhole ? 'main' : 'scan', symbols: probes ? { name: 'SYMBOLS', form: 'array', field: null, staticValue: null } : null, dates: null, imports: [], requires: [], dynamicImports: [], split: { symbols: split, dates: split } }
  return { plan: plan as unknown as InjectionPlan, report: null, diagnostics: [] }
}

function configOf({ workers }: Schedule): Config {
  return loadConfig({
    file: null,
    env: {},
    overrides: {
      'workers.count': workers,
      'limits.symbolTimeoutMs': SYMBOL_TIMEOUT_MS,
      'limits.memoryMb': MEMORY_MB,
      'batch.maxSymbols': 5,
      'batch.targetMs': 60,
      'explore.provider': 'simulated',
      'explore.requestsPerSecond': 100,
      'explore.requestTimeoutMs': 1_000,
      'explore.tickerTimeoutMs': 6_000,
    },
    hardware: HARDWARE,
  })
}

const HARDWARE = detectHardware('.')
