import { realSurroundings, type Surroundings } from '../pool/surroundings.ts'
import type { PreparedSpare } from '../pool/spares.ts'
import type { WorkerLease } from '../pool/worker-budget.ts'
import type { WorkerEnd, WorkerListener } from '../pool/worker-process.ts'
import { ReplyCheck } from '../pool/reply-check.ts'
import { parseReply, type ScriptAsk, type WorkerReply } from '../worker/replies.ts'
import {
  REQUEST,
  type LoadReply,
  type LoadRequest,
  type LogEntry,
  type NoteEntry,
  type ProbeReply,
  type UnitDone,
  type WrittenFile,
} from '../worker/protocol.ts'
import type { Frame } from '../worker/frames.ts'
import { dataLimitOf } from './run-limits.ts'
import { takeAsk } from './script-asks.ts'
import { holdsGuest, newSlot, RETIREMENT, type Slot } from './slot.ts'
import { rowsOf, type Unit } from './units.ts'
import { tellDropped, tellLastWords } from './unsent-lines.ts'
import type { WorkQueue } from './work-queue.ts'
import { detailOf, faultOfEnd, noteOfEnd } from './worker-ends.ts'
import { WorkerWatch, type WorkerSample } from './worker-watch.ts'

export interface ExecutorSettings {
  workers: number
  symbolTimeoutMs: number
  /** Milliseconds that the top level of a script may take. */
  loadTimeoutMs: number
  /** Resident MB of one worker, at which it is killed. */
  memoryMb: number
  /** Resident MB of all workers, at which memory is given back and workers are replaced. */
  softMemoryMb: number
  batchTargetMs: number
}

export interface ExecutorEvents {
  /** A worker's state changed or was sampled. */
  worker(sample: WorkerSample): void
  log(entry: LogEntry, unit: Unit | null): void
  /** So many log lines will never be told. */
  dropped(lines: number): void
  note(entry: NoteEntry, unit: Unit | null): void
  /** Files that the script wrote. */
  files(files: WrittenFile[], unit: Unit | null): void
  /** A script wants to know of a ticker's options: the text of a ChainAnswer, whatever happens. */
  ask(ask: ScriptAsk, unit: Unit | null): Promise<string>
  /** A worker is gone; `wasWorking` where a script was in it. */
  ended?(end: WorkerEnd, wasWorking: boolean): void
}

/** Gives a process that stands by with the files of the run and this limit, null where there is none. */
export type TakeSpare = (dataLimitMb: number) => PreparedSpare | null

type LoadedWorker = Extract<LoadReply, { ok: true }>

/** Starts that fail in a row before a run without a working process is given up, and the wait after the first, which doubles. */
const MAX_START_FAILURES = 5
const START_RETRY_MS = 50
/** How long a worker that is to go may go on with the symbol it is at; what it has not done then is done again. */
const RETIRE_GRACE_MS = 500

/**
 * Keeps the worker processes of one run busy, watched and replaced. It knows nothing of rows: a WorkQueue hands out
 * units and takes what came of them.
 */
export class Executor {
  readonly #settings: ExecutorSettings
  readonly #files: number[]
  readonly #events: ExecutorEvents
  readonly #surroundings: Surroundings
  readonly #lease: WorkerLease | null
  readonly #takeSpare: TakeSpare
  readonly #slots = new Set<Slot>()
  readonly #watch: WorkerWatch
  readonly #firstLoad = Promise.withResolvers<LoadReply>()
  readonly #probe = Promise.withResolvers<ProbeReply>()
  #load: LoadRequest | null = null
  #finished = Promise.withResolvers<void>()
  #queue: WorkQueue | null = null
  #wanted = 1
  #nextWorker = 1
  #startFailures = 0
  /** The lists are wanted, and no worker is asked. */
  #isProbeDue = false
  #cancelRetry: (() => void) | null = null
  #isStopped = false
  /** What it was stopped for where that was a fault. */
  #problem: unknown = null
  #isQuiet: (() => void) | null = null
  /** A worker that stood by is loading: others, which are still to be started, would only be in its way. */
  #isFirstLoading = false

  /** @param options.files descriptors of the snapshot's bars and index, which stay the caller's */
  constructor(options: {
    settings: ExecutorSettings
    files: number[]
    events: ExecutorEvents
    lease?: WorkerLease | undefined
    takeSpare?: TakeSpare | undefined
    surroundings?: Surroundings | undefined
  }) {
    this.#settings = options.settings
    this.#files = options.files
    this.#events = options.events
    this.#surroundings = options.surroundings ?? realSurroundings
    this.#lease = options.lease ?? null
    this.#takeSpare = options.takeSpare ?? (() => null)
    this.#lease?.onChange(() => this.#adjust())
    this.#probe.promise.catch(() => {})
    this.#firstLoad.promise.catch(() => {})
    this.#watch = new WorkerWatch({
      slots: this.#slots,
      queue: () => this.#queue,
      settings: this.#settings,
      surroundings: this.#surroundings,
      worker: (sample) => this.#events.worker(sample),
    })
  }

  /** Starts all workers, while the scanner may still be under inspection. */
  start(): void {
    this.#wanted = this.#settings.workers
    this.#fill()
  }

  /** Gives the scanner to the workers; resolves with what the first says of it once its top level has run. */
  load(request: LoadRequest): Promise<LoadReply> {
    this.#load = request
    for (const slot of this.#slots) if (slot.state === 'waiting') this.#sendLoad(slot)
    return this.#firstLoad.promise
  }

  /** Gives every worker a fresh isolate of the request as it is now, so that nothing of what ran before is left in it. */
  reload(): void {
    for (const slot of this.#slots) {
      if (slot.state === 'idle') this.#sendLoad(slot)
      else if (slot.state === 'loading') slot.isLoadStale = true
    }
  }

  /** The lists that the script declares. Only after `load`, before `execute`. */
  probe(): Promise<ProbeReply> {
    this.#isProbeDue = true
    for (const slot of this.#slots) this.#sendProbe(slot)
    return this.#probe.promise
  }

  /** Works the queue off; after a trial, more will follow. Rejects where workers cannot be kept running. */
  async execute(queue: WorkQueue, isTrial = false): Promise<void> {
    this.#queue = queue
    this.#wanted = Math.min(this.#settings.workers, Math.max(1, queue.usefulWorkers))
    if (this.#isStopped) throw this.#problem ?? new ExecutorStopped()
    // What this run has no use for, another may have.
    if (!isTrial) this.#lease?.want(this.#wanted)
    this.#finished = Promise.withResolvers<void>()
    this.#fill()
    this.#feedAll()
    await this.#finished.promise
  }

  /** Hands out no more; resolves once no worker is at work. What is left stays in the queue. */
  async quiesce(): Promise<void> {
    const quiet = Promise.withResolvers<void>()
    this.#isQuiet = quiet.resolve
    for (const slot of this.#slots) if (slot.unit?.kind === 'scan') slot.process.askYield(slot.unit.id)
    this.#feedAll()
    await quiet.promise
  }

  /** Workers that are alive. */
  workers(): { pid: number; rssBytes: number }[] {
    return [...this.#slots].map(({ process, rssBytes }) => ({ pid: process.pid, rssBytes }))
  }

  /** Ends all workers at once; what is awaited of this executor rejects with ExecutorStopped. */
  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#isQuiet?.()
    this.#watch.stop()
    this.#cancelRetry?.()
    this.#lease?.close()
    for (const slot of this.#slots) slot.process.kill({ kind: 'killed', cause: 'stopped' })
    const stopped = new ExecutorStopped()
    this.#firstLoad.reject(stopped)
    this.#probe.reject(stopped)
    this.#finished.promise.catch(() => {})
    this.#finished.reject(stopped)
  }

  /** Ends all workers because of a fault that is none of theirs; `execute` rejects with it. */
  abort(problem: unknown): void {
    this.#problem ??= problem
    this.#finished.promise.catch(() => {})
    for (const awaited of [this.#firstLoad, this.#probe, this.#finished]) awaited.reject(problem)
    this.stop()
  }

  #now(): number {
    return this.#surroundings.clock.monotonic()
  }

  get #target(): number {
    return Math.min(this.#wanted, this.#lease?.limit ?? Number.MAX_SAFE_INTEGER)
  }

  #fill(): void {
    const isKept = (): boolean => this.#isStopped || this.#isFirstLoading || this.#cancelRetry !== null
    while (!isKept() && this.#slots.size < this.#target && (this.#lease?.take() ?? true)) {
      try {
        this.#spawn()
      } catch (error) {
        // Out of processes, memory or descriptors: for now, perhaps.
        this.#lease?.giveBack()
        return this.#startFailed((error as Error).message)
      }
    }
  }

  /** Follows a change of what this run may hold. */
  #adjust(): void {
    if (this.#isStopped) return
    const staying = [...this.#slots].filter(({ process, retiresAt }) => process.isAlive && retiresAt === null)
    const surplus = staying.length - Math.max(1, this.#lease!.limit)
    if (surplus <= 0) return this.#fill()
    // The newest of those that do the least go first; the first of an ordered queue holds its state.
    const going = staying.toReversed().filter(({ state }) => state !== 'probing').sort((a, b) => RETIREMENT[a.state] - RETIREMENT[b.state])
    for (const slot of going.slice(0, surplus)) this.#retire(slot)
  }

  #retire(slot: Slot): void {
    if (slot.retiresAt !== null) return
    if (slot.unit === null) return slot.process.kill({ kind: 'killed', cause: 'stopped' })
    slot.retiresAt = this.#now() + RETIRE_GRACE_MS
    slot.afterUnit = 'recycle'
    if (slot.unit.kind === 'scan') slot.process.askYield(slot.unit.id)
  }

  #spawn(): void {
    const slot = newSlot(this.#now())
    const listener: WorkerListener = {
      frame: (frame) => this.#onFrame(slot, frame),
      ended: (end) => this.#onEnded(slot, end),
      failed: (problem) => this.abort(problem),
    }
    const dataLimitMb = dataLimitOf(this.#settings.memoryMb)
    const spare = this.#takeSpare(dataLimitMb)
    const id = this.#nextWorker++
    slot.process = spare?.process ?? this.#surroundings.startWorker(id, dataLimitMb, this.#files, listener)
    if (this.#lease !== null) slot.process.giveWay()
    this.#slots.add(slot)
    if (spare === null) return
    spare.process.adopt(id, listener)
    slot.guest = spare.guest
    if (!spare.isReady) return
    this.#isFirstLoading = this.#slots.size === 1
    this.#onReady(slot)
  }

  #onReady(slot: Slot): void {
    this.#setState(slot, 'waiting')
    if (this.#load !== null) this.#sendLoad(slot)
  }

  #onFrame(slot: Slot, frame: Frame): void {
    if (slot.askedAt !== null) throw new RangeError('a reply before the answer that it waits for')
    // Before it has a script, it has nothing to say but that it is ready.
    const reply = slot.check === null ? parseReply(frame) : slot.check.take(frame, slot.unit === null ? null : rowsOf(slot.unit))
    if (slot.check === null && reply.type !== 'ready') throw new RangeError(`a reply "${reply.type}" out of turn`)
    if (reply.type === 'logs') {
      for (const entry of reply.entries) this.#events.log(entry, slot.unit)
      return
    }
    if (reply.type === 'notes') {
      for (const entry of reply.entries) this.#events.note(entry, slot.unit)
      return
    }
    if (reply.type === 'files') return this.#events.files(reply.files, slot.unit)
    if (reply.type === 'ask') return takeAsk(slot, () => this.#events.ask(reply.ask, slot.unit), () => this.#now())
    this.#onStep(slot, reply)
  }

  /** Every reply that moves a worker on is accepted only in the state in which an honest worker sends it. */
  #onStep(slot: Slot, reply: Exclude<WorkerReply, { type: 'logs' | 'notes' | 'files' | 'ask' }>): void {
    if (reply.type === 'ready' && slot.state === 'starting') {
      this.#onReady(slot)
    } else if (reply.type === 'loaded' && slot.state === 'loading') {
      this.#onLoaded(slot, reply.reply)
    } else if (reply.type === 'probed' && slot.state === 'probing') {
      this.#probe.resolve(reply.reply)
      this.#setState(slot, 'idle')
      this.#feedAll()
    } else if (reply.type === 'rows' && slot.unit?.id === reply.unit) {
      this.#queue?.rows(slot.unit, reply.records, this.#workOf(slot))
    } else if (reply.type === 'unitDone' && slot.unit?.id === reply.done.unit) {
      this.#onUnitDone(slot, slot.unit, reply.done)
    } else {
      throw new RangeError(`a reply "${reply.type}" out of turn`)
    }
  }

  #onLoaded(slot: Slot, reply: LoadReply): void {
    this.#startFailures = 0
    this.#isFirstLoading = false
    tellDropped(slot, this.#events)
    if (slot.isLoadStale) return this.#sendLoad(slot)
    if (!reply.ok) {
      this.#firstLoad.resolve(reply)
      // The same text loaded elsewhere: a failure here alone is the machine's, and counts as a start that failed.
      if (this.#queue !== null) slot.process.kill({ kind: 'exited', detail: reply.error.message })
      return
    }
    this.#firstLoad.resolve(reply satisfies LoadedWorker)
    this.#setState(slot, 'idle')
    this.#sendProbe(slot)
    this.#feed(slot)
    this.#fill()
  }

  #onUnitDone(slot: Slot, unit: Unit, done: UnitDone): void {
    tellDropped(slot, this.#events)
    // First, so that a unit whose end is refused is still this worker's when it is stopped for it.
    this.#queue?.unitDone(unit, done, this.#workOf(slot))
    slot.unit = null
    this.#setState(slot, 'idle')
    if (done.isFatal) return slot.process.kill({ kind: 'killed', cause: 'stopped' })
    if (slot.afterUnit === 'recycle') return slot.process.kill({ kind: 'killed', cause: 'stopped' })
    if (slot.afterUnit === 'collect') {
      slot.afterUnit = null
      slot.collectedAt = this.#now()
      return this.#sendLoad(slot)
    }
    this.#feedAll()
  }

  #onEnded(slot: Slot, end: WorkerEnd): void {
    this.#slots.delete(slot)
    this.#isFirstLoading = false
    this.#lease?.giveBack()
    if (!this.#isStopped) tellLastWords(slot, end, this.#events)
    this.#events.ended?.(end, slot.unit !== null || slot.state === 'loading' || slot.state === 'probing')
    if (this.#isStopped) return
    const wasStarting = slot.state === 'starting' || slot.state === 'waiting' || slot.state === 'loading' || slot.state === 'probing'
    if (slot.unit !== null) {
      this.#queue?.workerLost(slot.unit, end, slot.process.progress(), this.#workOf(slot))
      this.#watch.tell(slot, noteOfEnd(end))
    }
    const fault = slot.state !== 'starting' && wasStarting ? faultOfEnd(end) : null
    if (fault !== null) {
      this.#firstLoad.resolve({ ok: false, error: fault })
      this.#probe.resolve({ symbols: null, dates: null, error: fault })
    } else if (slot.state === 'probing') this.#isProbeDue = true
    if (wasStarting && (end.kind !== 'killed' || (end.cause === 'timeout' && slot.state === 'starting'))) this.#startFailed(detailOf(end))
    if (this.#isStopped) return
    this.#fill()
    this.#feedAll()
  }

  /** Tries again a little later; where nothing else is at work, only a few times. */
  #startFailed(detail: string): void {
    const isAtWork = this.#queue !== null && [...this.#slots].some(({ state }) => state === 'idle' || state === 'busy')
    if (++this.#startFailures >= MAX_START_FAILURES && !isAtWork) return this.abort(new WorkersUnusable(detail))
    const waitMs = START_RETRY_MS * 2 ** Math.min(this.#startFailures - 1, MAX_START_FAILURES)
    this.#cancelRetry ??= this.#surroundings.clock.after(waitMs, () => {
      this.#cancelRetry = null
      this.#fill()
    })
  }

  #feedAll(): void {
    for (const slot of this.#slots) this.#feed(slot)
    if ([...this.#slots].some(({ unit }) => unit !== null)) return
    if (this.#queue?.isDone === true && !this.#isStopped) this.#finished.resolve()
    this.#isQuiet?.()
  }

  #feed(slot: Slot): void {
    if (slot.state !== 'idle' || this.#queue === null || this.#isStopped || this.#isQuiet !== null || !slot.process.isAlive) return
    // State that a scanner keeps is in one isolate: as long as that worker lives, it alone is fed.
    if (this.#queue.isOrdered && slot !== this.#slots.values().next().value) return
    const assignment = this.#queue.next(this.#target)
    if (assignment === null) return
    slot.unit = assignment.unit
    slot.dispatchedAt = this.#now()
    slot.asked = false
    slot.check?.begin()
    this.#setState(slot, 'busy')
    slot.process.send(REQUEST[assignment.unit.kind], assignment.request)
  }

  #setState(slot: Slot, state: Slot['state']): void {
    slot.state = state
    slot.watch.stepSince = this.#now()
  }

  #sendLoad(slot: Slot): void {
    this.#setState(slot, 'loading')
    const load = this.#load!
    slot.check = new ReplyCheck(load.limits)
    slot.isLoadStale = false
    const isKnown = load.guest === null || holdsGuest(slot, load.guest)
    slot.process.send(REQUEST.load, isKnown ? { ...load, guest: null } : load)
    if (!isKnown) slot.guest = load.guest
  }

  /** Asks one worker for the lists; another where that one is gone. */
  #sendProbe(slot: Slot): void {
    if (!this.#isProbeDue || slot.state !== 'idle' || !slot.process.isAlive) return
    this.#isProbeDue = false
    this.#setState(slot, 'probing')
    slot.process.send(REQUEST.probe, null)
  }

  #workOf(slot: Slot): { workerId: number; dispatchedAt: number; at: number } {
    return { workerId: slot.process.id, dispatchedAt: slot.dispatchedAt, at: this.#now() }
  }
}

/** The executor was stopped by its owner before it was done. */
export class ExecutorStopped extends Error {}

/** Workers cannot be started, or die before they can work. */
export class WorkersUnusable extends Error {}
