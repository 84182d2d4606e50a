import { systemClock, type Clock } from '../clock.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import type { Journal, StoredRun } from '../journal/journal.ts'
import type { LeftRun } from '../journal/run-list.ts'
import type { WorkerEnd } from '../pool/worker-process.ts'
import { ledgerOf } from '../scan/row.ts'
import { markFailed } from '../scan/run-closing.ts'
import type { Run, RunEvent } from '../scan/run.ts'
import { isSqliteError } from '../sqlite/wal-database.ts'
import { causeOf, type HostObserver } from './observers.ts'
import { isInterrupted, isOwnedElsewhere, shownRun } from './ownership.ts'
import { afterDeath } from './recovery.ts'
import { checkOpen, checkResumable, reopenExplored } from './reopening.ts'
import { isExploration, isOver, type RunHandle, type RunPlan, type RunWork } from './run-work.ts'
import { nextTurn, type WaitingRun } from './turns.ts'
import { Watchers, type EventListener } from './watchers.ts'

export interface RunServiceOptions {
  readonly journal: Journal
  readonly maxQueued: number
  readonly maxRunning: number
  /** Makes what carries a stored run out; `isShared` where it shares the workers with others. */
  make(number: number, run: Run, plan: RunPlan, isShared: boolean): RunWork
  /** Throws where a run can not have the market or the source of chains any more that it began with. */
  checkCarriedOn(run: Run, plan: RunPlan): void
  warn(message: string): void
  readonly clock?: Clock
}

interface Waiting extends WaitingRun {
  readonly number: number
  readonly run: Run
  readonly plan: RunPlan
  /** Epoch milliseconds. */
  readonly since: number
}

interface Active {
  readonly number: number
  readonly work: RunWork
  readonly plan: RunPlan
  readonly done: Promise<Run>
  /** Whether it had a turn of the queue, and so holds a place among those that run at once. */
  readonly isQueued: boolean
  /** What it was told to do, and what is to be done once it has. */
  stopping: 'pause' | 'cancel' | 'hand_back' | null
  then: 'resume' | 'cancel' | null
}

const EXPLORATIONS = 'explorations'
/** After this long a run whose turn came while the journal could not be written is tried again. */
const RETRY_MS = 1_000

/** Every run of this process: those that wait, whose turn it is, those under way, and who watches. */
export class RunService {
  readonly #options: RunServiceOptions
  readonly #waiting = new Map<string, Waiting>()
  readonly #active = new Map<string, Active>()
  /** Runs that stopped since the journal could not be written: it does not say so yet. */
  readonly #unsaved = new Map<string, { number: number; run: Run }>()
  readonly #lastTurns = new Map<string, number>()
  readonly #watchers: Watchers
  readonly #clock: Clock
  readonly #observers = new Set<HostObserver>()
  #turns = 0
  /** Null until a run is queued: a journal that is damaged is to be opened all the same. */
  #lastPlace: number | null = null
  #isDraining = false
  #isDue = false
  #cancelRetry: () => void = () => {}

  constructor(options: RunServiceOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#watchers = new Watchers(options.warn)
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  get queued(): number {
    return this.#waiting.size
  }

  get running(): number {
    return this.#active.size
  }

  /** Workers of all runs, with whose they are. */
  workers(): { pid: number; rssBytes: number; runId: string }[] {
    return [...this.#active].flatMap(([runId, { work }]) => work.workers().map((worker) => ({ ...worker, runId })))
  }

  /** Gives the way to stop. */
  observe(observer: HostObserver): () => void {
    this.#observers.add(observer)
    return () => void this.#observers.delete(observer)
  }

  /** Events as they happen from now on. Gives the way to stop. @throws run_unknown */
  watch(id: string, listener: EventListener): () => void {
    return this.#watchers.watch(this.stored(id).id, listener)
  }

  /** Has observers told of a worker that was killed; `wasWorking` where it had something to do then. */
  workerEnded(end: WorkerEnd, wasWorking: boolean): void {
    const cause = causeOf(end, wasWorking)
    if (cause !== null) this.#tellObservers((observer) => observer.workerKilled?.(cause))
  }

  /** A run by its whole id. @throws run_unknown */
  stored(id: string): StoredRun {
    const stored = this.#options.journal.run(id)
    if (stored === null || stored.id !== id) throw new StrikescanError('run_unknown', { run: id.slice(0, 80) })
    return stored
  }

  /** The run as it is now, the caller's own. */
  run(id: string): Run {
    const here = this.#here(id)
    return here === null ? shownRun(this.stored(id)) : structuredClone(here)
  }

  /** The run as this process has it, null where it is neither waiting nor under way here. */
  now(id: string): Run | null {
    const here = this.#here(id)
    return here === null ? null : structuredClone(here)
  }

  /** @throws host_draining, queue_full */
  checkRoom(): void {
    if (this.#isDraining) throw new StrikescanError('host_draining')
    const { maxQueued } = this.#options
    if (this.#waiting.size >= maxQueued) throw new StrikescanError('queue_full', { queued: this.#waiting.size, limit: maxQueued })
  }

  /** Registers a new run and puts it into the queue, both or neither. */
  submit(run: Run, plan: RunPlan): Run {
    return this.#queue(() => this.#options.journal.createRun(run, plan), run, plan, this.#clock.now())
  }

  /** Puts a registered run into the queue and tells so. */
  enqueue(number: number, run: Run, plan: RunPlan, since = this.#clock.now()): Run {
    return this.#queue(() => number, run, plan, since)
  }

  #queue(register: () => number, run: Run, plan: RunPlan, since: number): Run {
    const { journal } = this.#options
    const place = (this.#lastPlace ?? Math.max(0, journal.runList.lastPlace())) + 1
    this.#lastPlace = place
    run.status = 'queued'
    const { number, events } = journal.transaction(() => {
      const registered = register()
      journal.runList.enqueue(registered, place, new Date(since).toISOString())
      return { number: registered, events: this.#write(registered, run) }
    })
    this.#publish(events)
    this.#waiting.set(run.id, { id: run.id, party: run.scannerId ?? EXPLORATIONS, place, number, run, plan, since })
    this.#tellObservers((observer) => observer.runQueued?.(structuredClone(run)))
    this.#startSoon()
    return structuredClone(run)
  }

  /** Carries a run out at once, beside the queue. */
  begin(number: number, run: Run, plan: RunPlan): RunHandle {
    const { work, done } = this.#start(number, this.#options.make(number, run, plan, false), plan, false)
    return {
      id: run.id,
      run: () => work.run,
      subscribe: (listener, afterSeq) => work.subscribe(listener, afterSeq),
      done,
      cancel: () => work.cancel(),
      interrupt: () => work.interrupt(),
    }
  }

  /** Whether the run waits or is under way in this process. */
  isHere(id: string): boolean {
    return this.#waiting.has(id) || this.#active.has(id)
  }

  /** Stops a run and keeps what is done. @throws run_unknown, run_finished, run_busy, and what the journal throws */
  pause(id: string): Run {
    const active = this.#active.get(id)
    if (active !== undefined) {
      active.then = null
      // One that is handed back may still be waiting for its batches.
      if (active.stopping === null || active.stopping === 'hand_back') {
        active.stopping = 'pause'
        active.work.interrupt()
      }
      return structuredClone(active.work.run)
    }
    const { number, run } = this.#waiting.get(id) ?? this.#claim(id)
    if (run.status === 'paused') return run
    const paused: Run = { ...run, status: 'paused', message: 'paused before it had its turn' }
    // First: a run that the journal can not be told of keeps its place in the queue.
    this.#tell(number, paused)
    this.#waiting.delete(id)
    this.#options.journal.releaseRun(number)
    return structuredClone(paused)
  }

  /** Has a resume try again what failed for what can pass: see `reopenExplored`. For whoever has claimed the run. */
  reopen(number: number, run: Run): void {
    const event = reopenExplored(this.#options.journal, number, run, this.#clock.now())
    if (event !== null) this.#publish([event])
  }

  /** Puts a run that is paused or interrupted, or can be reopened, back into the queue. @throws run_unknown, run_finished, run_not_paused, run_busy, snapshot_gone, queue_full, host_draining */
  resume(id: string): Run {
    const active = this.#active.get(id)
    if (active?.stopping === 'pause') {
      active.then = 'resume'
      return structuredClone(active.work.run)
    }
    this.#save(id)
    const stored = this.stored(id)
    const { number, state, plan } = stored
    checkResumable(this.#options.journal, number, state)
    const isAtRest = state.status === 'paused' || isOver(state) || isInterrupted(stored)
    if (!isAtRest || this.isHere(id)) throw new StrikescanError('run_not_paused', { run: id, status: state.status })
    this.checkCarriedOn(state, plan as RunPlan)
    this.checkRoom()
    this.#options.journal.claimRun(number)
    this.reopen(number, state)
    state.message = 'queued'
    state.error = null
    return this.enqueue(number, state, plan as RunPlan)
  }

  /** Whether all is there that a run needs to be gone on with. @throws explore_incomplete, snapshot_gone, explore_source_changed, explore_no_… */
  checkCarriedOn(run: Run, plan: RunPlan): void {
    checkComplete(run, plan)
    this.#options.checkCarriedOn(run, plan)
  }

  /** Gives up what is not done; its rows become `cancelled`. @throws as `pause` */
  cancel(id: string): Run {
    const active = this.#active.get(id)
    if (active === undefined) {
      const { number, run, plan } = this.#waiting.get(id) ?? this.#claim(id)
      const given = this.#giveUp(number, run, plan)
      this.#waiting.delete(id)
      return structuredClone(given)
    }
    if (active.stopping === null || active.stopping === 'hand_back') {
      active.stopping = 'cancel'
      active.work.cancel()
    } else if (active.stopping === 'pause') active.then = 'cancel'
    return structuredClone(active.work.run)
  }

  /** Goes on with runs whose process died before they ended; gives their number. */
  recover(): number {
    const { journal } = this.#options
    let recovered = 0
    for (const left of journal.runList.left()) {
      if (this.isHere(left.id) || isOwnedElsewhere(left)) continue
      const stored = this.stored(left.id)
      journal.claimRun(left.number)
      if (this.#recoverOne(left, stored)) recovered++
    }
    return recovered
  }

  /** Starts nothing any more, and leaves what is under way to the next process, after at most `graceMs`. */
  async drain(graceMs: number): Promise<void> {
    this.#isDraining = true
    this.#cancelRetry()
    await Promise.all(
      [...this.#active.values()].map(async (active) => {
        active.then = null
        if (active.stopping === null) {
          active.stopping = 'hand_back'
          if (active.isQueued) await active.work.handBack(graceMs)
          else active.work.interrupt()
        }
        await active.done
      }),
    )
    for (const { id, number } of this.#waiting.values()) this.#release(id, number)
    this.#waiting.clear()
  }

  /** Where the journal can not be told, the death of this process releases the run as well. */
  #release(id: string, number: number): void {
    try {
      this.#options.journal.briefly(() => this.#options.journal.releaseRun(number))
    } catch (error) {
      if (!isSqliteError(error)) throw error
      this.#options.warn(`The run ${id} stays this process's own until its end: ${(error as Error).message}`)
    }
  }

  #here(id: string): Run | null {
    return this.#active.get(id)?.work.run ?? this.#waiting.get(id)?.run ?? this.#unsaved.get(id)?.run ?? null
  }

  /** A run that neither waits nor is under way here, this process's own from now on. @throws run_unknown, run_finished, run_busy */
  #claim(id: string): { number: number; run: Run; plan: RunPlan } {
    this.#save(id)
    const { number, state, plan } = this.stored(id)
    checkOpen(state)
    this.#options.journal.claimRun(number)
    return { number, run: state, plan: plan as RunPlan }
  }

  /** Settles what is open as cancelled, without a worker. */
  #giveUp(number: number, run: Run, plan: RunPlan): Run {
    const work = this.#options.make(number, run, plan, true)
    work.cancel()
    this.#start(number, work, plan, false).stopping = 'cancel'
    return work.run
  }

  /** After this turn of the event loop, so that whoever asks for a run gets it as it was queued. */
  #startSoon(): void {
    if (this.#isDue) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      this.#startDue()
    })
  }

  #startDue(): void {
    const { maxRunning } = this.#options
    while (!this.#isDraining && [...this.#active.values()].filter(({ isQueued }) => isQueued).length < maxRunning) {
      const next = nextTurn(this.#waiting.values(), this.#lastTurns)
      if (next === null) return
      try {
        this.#startNext(next)
      } catch (error) {
        if (!isSqliteError(error)) throw error
        this.#options.journal.explain(error)
        // The journal can not be written: the run keeps its place until it can.
        this.#active.delete(next.id)
        this.#waiting.set(next.id, next)
        return this.#retryLater()
      }
    }
  }

  #startNext({ id, party, number, run, plan, since }: Waiting): void {
    const { make, journal } = this.#options
    const queuedMs = Math.max(0, this.#clock.now() - since)
    try {
      const work = make(number, run, plan, true)
      journal.briefly(() => journal.runList.started(number))
      this.#waiting.delete(id)
      this.#lastTurns.set(party, this.#turns++)
      run.timings['queued'] = (run.timings['queued'] ?? 0) + queuedMs
      this.#start(number, work, plan, true)
      this.#tellObservers((observer) => observer.runStarted?.(structuredClone(run), queuedMs))
    } catch (error) {
      if (isSqliteError(error)) throw error
      journal.briefly(() => this.#fail(number, run, error))
      this.#waiting.delete(id)
    }
  }

  /** Once the journal can be written again, it is told what it missed, and whoever waits has a turn. */
  #retryLater(): void {
    this.#cancelRetry()
    this.#cancelRetry = this.#clock.after(RETRY_MS, () => {
      this.#startSoon()
      try {
        for (const id of [...this.#unsaved.keys()]) this.#options.journal.briefly(() => this.#save(id))
      } catch (error) {
        if (!isSqliteError(error)) throw error
        this.#retryLater()
      }
    })
  }

  #isSaved({ id, status }: Run): boolean {
    try {
      return this.stored(id).status === status
    } catch {
      return false
    }
  }

  /** Has the journal say what a run came to that could not be written then. @throws what the journal throws */
  #save(id: string): void {
    const unsaved = this.#unsaved.get(id)
    if (unsaved === undefined) return
    const { number, run } = unsaved
    // Only rows that were written are there.
    run.ledger = ledgerOf(run.ledger.detected, this.#options.journal.countRows(number))
    this.#tell(number, run)
    this.#options.journal.releaseRun(number)
    this.#unsaved.delete(id)
  }

  #start(number: number, work: RunWork, plan: RunPlan, isQueued: boolean): Active {
    const { id } = work.run
    const started = this.#clock.monotonic()
    work.subscribe((event) => this.#watchers.publish(event), Number.MAX_SAFE_INTEGER)
    const done = work.carryOut().then((run) => {
      this.#active.delete(id)
      if (!this.#isSaved(run)) this.#unsaved.set(id, { number, run })
      this.#tellObservers((observer) => observer.runEnded?.(structuredClone(run), this.#clock.monotonic() - started))
      if (!this.#isDraining) this.#after(active, run)
      return run
    })
    const active: Active = { number, work, plan, done, isQueued, stopping: null, then: null }
    this.#active.set(id, active)
    return active
  }

  /** What was asked for while the run was on its way to a stop; then whoever waits has a turn. */
  #after({ number, plan, then }: Active, run: Run): void {
    this.#startSoon()
    if (this.#unsaved.has(run.id)) return this.#retryLater()
    if (then === null || run.status !== 'paused') return
    const { journal, warn } = this.#options
    const goOn = (): void => {
      // Another process may have held the journal, and somebody else have asked for the run meanwhile.
      if (this.#isDraining || this.isHere(run.id) || this.stored(run.id).status !== 'paused') return
      journal.claimRun(number)
      if (then === 'cancel') this.#giveUp(number, run, plan)
      else this.enqueue(number, { ...run, message: 'queued', error: null }, plan)
    }
    journal.whenFree(goOn, this.#clock).catch((error: Error) => warn(`The run ${run.id} stays paused: ${error.message}`))
  }

  #recoverOne(left: LeftRun, { number, state, plan }: StoredRun): boolean {
    const known = plan as RunPlan
    const wasWaiting = left.status === 'queued' && left.place !== null && left.place > 0
    const since = wasWaiting && left.queuedAt !== null ? Date.parse(left.queuedAt) : this.#clock.now()
    try {
      checkComplete(state, known)
    } catch (error) {
      this.#fail(number, state, error)
      return false
    }
    const { isDue, plan: marked } = left.status === 'running' ? afterDeath(known, this.#settledRows(number, state)) : { isDue: true, plan: known }
    if (marked !== known) this.#options.journal.savePlan(number, marked)
    if (!isDue) {
      state.status = 'paused'
      state.message = 'paused: the process died each time it was carried out, without a row more'
      this.#tell(number, state)
      this.#options.journal.releaseRun(number)
      return false
    }
    state.message = wasWaiting ? 'queued' : 'queued again after a restart'
    this.enqueue(number, state, marked, since)
    return true
  }

  #settledRows(number: number, { ledger }: Run): number {
    const { detected, ...counts } = ledger
    const { rows, pending } = this.#options.journal.explorations.counts(number)
    return Object.values(counts).reduce((sum, count) => sum + count, 0) + rows - pending
  }

  #fail(number: number, run: Run, error: unknown): void {
    markFailed(run, error instanceof StrikescanError ? error : new StrikescanError('internal_error', { message: (error as Error).message }, { cause: error }))
    this.#tell(number, run, true)
    this.#options.journal.releaseRun(number)
  }

  /** Writes down, and tells, how a run is that nobody carries out. */
  #tell(number: number, run: Run, isEnd = false): void {
    this.#publish(this.#write(number, run, isEnd))
  }

  #write(number: number, run: Run, isEnd = false): RunEvent[] {
    const { journal } = this.#options
    const { id: runId, status, stage, percent, message, ledger, etaMs, market } = run
    const at = new Date(this.#clock.now()).toISOString()
    const seq = journal.lastSeq(number)
    const events: RunEvent[] = [{ seq: seq + 1, at, runId, type: 'run', status, stage, percent, message, ledger: { ...ledger }, etaMs, market: { ...market } }]
    if (isEnd) events.push({ seq: seq + 2, at, runId, type: 'end', run: structuredClone(run) })
    journal.record(number, { state: run, events: events.map((event) => ({ event })) })
    return events
  }

  #publish(events: readonly RunEvent[]): void {
    for (const event of events) this.#watchers.publish(event)
  }

  #tellObservers(tell: (observer: HostObserver) => void): void {
    for (const observer of this.#observers) tell(observer)
  }
}

/** @throws explore_incomplete where the strategies of an exploration were never all stored */
function checkComplete(run: Run, plan: RunPlan): void {
  if (isExploration(plan) && plan.rows === null) throw new StrikescanError('explore_incomplete', { run: run.id })
}
