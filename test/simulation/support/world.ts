import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import type { Run } from '../../../runtime/scan/run.ts'
import { isOver } from '../../../runtime/service/run-work.ts'
import { seededRandom } from '../../../sdk/testing/random.ts'
import { newFolder, type Fixtures } from './fixtures.ts'
import { checkRuns } from './invariants.ts'
import type { Fault, Schedule } from './schedule.ts'
import { SimulatedServer, Watcher, type Outside } from './server.ts'
import { VirtualTime } from './time.ts'

export interface WorldOptions {
  /** Rows are not kept, to see that this would be noticed. */
  losesRows?: boolean
  /** Takes down what happened when. */
  story?: string[]
}

/** How long, in virtual milliseconds, everything may take once nothing goes wrong any more. */
const PATIENCE_MS = 2_000_000
const OPERATOR_MS = 1_000
const DRAIN_MS = 300

/** Plays a schedule to its end, and gives what is wrong with what came of it; nothing where all is as it must be. */
export async function play(schedule: Schedule, fixtures: Fixtures, options: WorldOptions = {}): Promise<string[]> {
  const home = newFolder()
  mkdirSync(join(home, 'cache'))
  const stray: string[] = []
  const hear = (error: unknown): void => void stray.push(`nobody took care of: ${(error as Error)?.stack ?? String(error)}`)
  process.on('unhandledRejection', hear)
  process.on('uncaughtException', hear)
  const before = openFiles()
  const world = new World(schedule, fixtures, home, options)
  try {
    await world.play()
    // What a process that was killed held, this one, which played it, still has.
    const left = world.wasKilled ? 0 : openFiles() - before
    return [...world.faults, ...stray, ...(left <= 0 ? [] : [`${left} file descriptors are left`])]
  } finally {
    await world.close()
    process.off('unhandledRejection', hear)
    process.off('uncaughtException', hear)
    rmSync(home, { recursive: true, force: true })
  }
}

const openFiles = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0)

class World {
  readonly faults: string[] = []
  wasKilled = false
  readonly #schedule: Schedule
  readonly #outside: Outside
  readonly #options: WorldOptions
  readonly #time = new VirtualTime()
  /** Owner of what the schedule itself waits for. */
  readonly #plot = {}
  readonly #ids = new Map<number, string>()
  readonly #watchers = new Map<string, Watcher>()
  readonly #cancelled = new Set<string>()
  readonly #troubled = new Set<string>()
  readonly #dead: SimulatedServer[] = []
  #server: SimulatedServer | null = null
  #end: Promise<void> | null = null

  constructor(schedule: Schedule, fixtures: Fixtures, home: string, options: WorldOptions) {
    this.#schedule = schedule
    this.#options = options
    this.#outside = { schedule, fixtures, home, time: this.#time, random: seededRandom(schedule.seed), touched: new Map(), faults: this.faults }
  }

  async play(): Promise<void> {
    const { runs, faults } = this.#schedule
    this.#boot()
    runs.forEach((_, place) => this.#at(runs[place]!.at, () => this.#submit(place)))
    for (const fault of faults) this.#at(fault.at, () => this.#happen(fault))
    await this.#time.until(() => this.#time.pending(this.#plot) === 0 && this.#end === null, PATIENCE_MS)
    this.#mend()
    const isDone = await this.#time.until(() => this.#isDone(), this.#time.now + PATIENCE_MS)
    if (!isDone) this.faults.push(`not done ${PATIENCE_MS} ms after everything went well: ${this.#runs().map(({ id, status, stage, message }) => `${id} ${status} ${stage} ${message}`).join('; ')}`)
    await this.#check(isDone)
  }

  /** Lets go of what the processes of the schedule have left. */
  async close(): Promise<void> {
    if (this.#server !== null) this.#dead.push(this.#server)
    for (const server of this.#dead) await server.close()
  }

  #at(ms: number, happen: () => void): void {
    this.#time.clockOf(this.#plot).after(ms, happen)
  }

  #boot(): void {
    const server = new SimulatedServer(this.#outside)
    server.disk.losesRows = this.#options.losesRows === true
    server.disk.onDeath = () => this.#die(server, this.#downMs)
    this.#server = server
    try {
      server.service.recover()
    } catch (error) {
      // A server that can not begin ends, and is started again.
      if (this.#server === server) this.#die(server, OPERATOR_MS)
      if (!isExpected(error)) this.faults.push(`recovering failed: ${(error as Error).stack}`)
      return
    }
    for (const watcher of this.#watchers.values()) watcher.connect(server)
  }

  #downMs = 0

  #submit(place: number): void {
    const server = this.#server
    if (server === null || this.#ids.has(place)) return
    try {
      const id = server.submit(this.#schedule.runs[place]!, place)
      this.#ids.set(place, id)
      const watcher = new Watcher(id, this.faults)
      this.#watchers.set(id, watcher)
      watcher.connect(server)
    } catch (error) {
      // Refused while the disk is full, or the server is going: asked for again later.
      if (!isExpected(error)) this.faults.push(`the server refused a run: ${(error as Error).stack}`)
    }
  }

  #happen(fault: Fault): void {
    const server = this.#server
    if (server === null) return
    const workers = [...server.workers].filter(({ isAlive }) => isAlive)
    const chosen = 'which' in fault ? workers[fault.which % Math.max(1, workers.length)] : undefined
    switch (fault.kind) {
      case 'kill_worker':
        return chosen?.struck()
      case 'kill_workers':
        return workers.forEach((worker) => worker.struck())
      case 'half_frame':
        return chosen?.struckHalfWay()
      case 'stall_worker':
        return chosen?.stall(fault.ms)
      case 'starts_fail':
        return void Object.assign(server.starts, { left: fault.count, how: fault.how })
      case 'disk_full':
      case 'disk_locked': {
        const what = fault.kind === 'disk_full' ? 'isFull' : 'isLocked'
        server.disk[what] = true
        return this.#at(fault.ms, () => (server.disk[what] = false))
      }
      case 'kill_server':
        return this.#die(server, fault.ms)
      case 'kill_server_at_write':
        this.#downMs = fault.ms
        server.disk.diesAfter = fault.writes
        return
      case 'drain_server':
        return this.#drain(server, fault.ms)
      case 'set_clock':
        return this.#time.setWall(fault.ms)
      case 'freeze':
        return this.#time.freeze(fault.ms, server.own)
      case 'provider':
        server.chains.trouble = fault.how
        return this.#at(fault.ms, () => (server.chains.trouble = null))
      default:
        return this.#order(server, fault)
    }
  }

  /** What a user asks for; what can not be done now is refused, and nothing else may come of it. */
  #order({ service }: SimulatedServer, { kind, run }: Extract<Fault, { run: number }>): void {
    const id = this.#ids.get(run)
    if (id === undefined) return
    try {
      service[kind](id)
      if (kind === 'cancel') this.#cancelled.add(id)
    } catch (error) {
      if (kind === 'cancel' && !(error instanceof StrikescanError)) this.#cancelled.add(id)
      if (!isExpected(error)) this.faults.push(`${kind} was refused: ${(error as Error).stack}`)
    }
  }

  #die(server: SimulatedServer, downMs: number): void {
    if (this.#server !== server) return
    this.#server = null
    this.wasKilled = true
    this.#dead.push(server)
    this.#gone(server)
    server.die()
    this.#at(downMs, () => this.#boot())
  }

  #drain(server: SimulatedServer, downMs: number): void {
    this.#server = null
    this.#end = server.service
      .drain(DRAIN_MS)
      .then(() => server.close())
      .catch((error: unknown) => void (isExpected(error) ? this.#dead.push(server) : this.faults.push(`draining failed: ${(error as Error).stack}`)))
      .finally(() => {
        this.#end = null
        this.#gone(server)
        this.#at(downMs, () => this.#boot())
      })
  }

  #gone(server: SimulatedServer): void {
    for (const ticker of server.chains.troubled) this.#troubled.add(ticker)
  }

  /** All goes well from now on; an operator goes on with what is paused and asks again for what was refused. */
  #mend(): void {
    if (this.#server === null) return
    Object.assign(this.#server.disk, { isFull: false, isLocked: false, diesAfter: null })
    this.#server.starts.left = 0
    this.#server.chains.trouble = null
    const look = (): void => {
      this.#schedule.runs.forEach((_, place) => this.#submit(place))
      for (const { id, status } of this.#runs()) {
        if (status === 'paused') this.#order(this.#server!, { kind: 'resume', at: 0, run: [...this.#ids].find(([, known]) => known === id)?.[0] ?? -1 })
      }
      if (!this.#isDone()) this.#at(OPERATOR_MS, look)
    }
    look()
  }

  #runs(): Run[] {
    return [...this.#ids.values()].map((id) => this.#server!.service.run(id))
  }

  #isDone(): boolean {
    return this.#ids.size === this.#schedule.runs.length && this.#runs().every(isOver) && this.#server!.service.running === 0
  }

  /** What every run came to, and the time that took; numbers of runs and processes are new each time. */
  #tell({ journal }: SimulatedServer): void {
    const { story } = this.#options
    if (story === undefined) return
    for (const [place, id] of this.#ids) {
      const { number } = journal.run(id)!
      for (const event of journal.events(number)) {
        const what = event.type === 'run' ? `${event.status} ${event.stage} ${event.percent}` : event.type === 'symbols' ? event.symbols.map(({ symbol, date, status }) => `${symbol} ${date} ${status}`).join() : ''
        story.push(`${place} ${event.seq} ${event.at} ${event.type} ${what}`)
      }
    }
    story.push(`at ${this.#time.now}`)
  }

  async #check(isDone: boolean): Promise<void> {
    const server = this.#server
    if (server === null) return void this.faults.push('no server is left')
    this.#gone(server)
    if (isDone) {
      this.#tell(server)
      checkRuns({ journal: server.journal, ids: this.#ids, schedule: this.#schedule, watchers: this.#watchers, cancelled: this.#cancelled, troubled: this.#troubled, touched: this.#outside.touched, faults: this.faults })
      if (server.service.queued + server.service.running > 0) this.faults.push('runs are left in the queue')
      const alive = [...server.workers].filter(({ isAlive }) => isAlive)
      if (alive.length > 0) this.faults.push(`${alive.length} workers are left`)
    }
    this.#time.drop(this.#plot)
    const drained = server.service.drain(DRAIN_MS)
    await this.#time.until(() => server.workers.size === 0 && this.#time.pending(server.own) === 0, this.#time.now + PATIENCE_MS)
    await drained
    if (this.#time.pending(server.own) > 0) this.faults.push(`${this.#time.pending(server.own)} timers are left`)
    await server.close()
    this.#server = null
  }
}

/** What a server may answer while things go wrong: refusals of the registry, and what the disk says. */
function isExpected(error: unknown): boolean {
  return error instanceof StrikescanError ? error.code !== 'internal_error' : (error as { code?: unknown }).code === 'ERR_SQLITE_ERROR'
}
