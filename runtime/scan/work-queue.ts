import type { Progress } from '../worker/cell.ts'
import type { WorkerEnd } from '../pool/worker-process.ts'
import type { RankRequest, RowRecord, ScanRequest, UnitDone, WholeRequest } from '../worker/protocol.ts'
import { nextBatchSize } from './batching.ts'
import { failedOutcome, hostOutcome, outOfMemoryOutcome, readOutcome, type LocateFault, type Outcome } from './outcome.ts'
import { rankedOutcome, RankStage } from './rank-stage.ts'
import { divideUnit, ScanBacklog, unitPositions, type RankUnit, type ScanUnit, type Unit, type WholeUnit } from './units.ts'

/** What the queue needs to know of a run. Rows are numbered by `positionOf`. */
export interface QueuePlan {
  symbols: readonly string[]
  /** Place of each symbol in the snapshot, -1 for unknown ones (which are never queued). */
  snapshotIndexes: readonly number[]
  dates: readonly string[]
  /** Days since 1970-01-01. */
  days: readonly number[]
}

export interface QueueLimits {
  symbolTimeoutMs: number
  runTimeoutMs: number
  batchTargetMs: number
  batchMaxSymbols: number
  /**
   * In a trial even a script that takes its symbols at once may not stand still for longer than at one symbol, and no
   * group of rows is cut into parts.
   */
  isTrial?: boolean
}

/** Where and when a row came about; milliseconds. */
export interface RowOrigin {
  batchId: number
  workerId: number
  attempt: number
  queueMs: number
  dataMs: number
  scriptMs: number
}

export interface QueueEvents {
  settled(position: number, outcome: Outcome, origin: RowOrigin): void
  dispatched(unit: Unit, positions: number[]): void
  strays(count: number, samples: string[], unit: Unit): void
  /** The worker of a scanner that keeps state is gone, and its state with it. */
  stateLost(): void
}

export interface WorkOf {
  workerId: number
  dispatchedAt: number
  at: number
}

interface Outstanding {
  positions: number[]
  isSettled: Uint8Array
  settledCount: number
}

const MAX_ATTEMPTS = 2
const PARTS_PER_WORKER = 2
/** Workers in a row, without a row between, that may be gone before they began what they were given. */
const MAX_UNBEGUN = 8

/** Work of one run, handed out in units; makes sure that every row of it is settled exactly once. */
export class WorkQueue {
  readonly #plan: QueuePlan
  readonly #limits: QueueLimits
  readonly #events: QueueEvents
  readonly #locate: LocateFault
  readonly #backlog: ScanBacklog
  readonly #wholes: WholeUnit[]
  readonly #outstanding = new Map<number, Outstanding>()
  readonly #attempts: Uint8Array
  /** By position: a whole unit that is run again may bring rows that are there already. */
  readonly #isSettled: Uint8Array
  readonly #startedAt: number
  readonly #oneWorker: boolean
  readonly #ranks: RankStage<RowOrigin> | null
  #isGivenUp = false
  #nextId = 1
  #unbegun = 0
  #busyMs = 0
  #busyCount = 0

  constructor(options: {
    plan: QueuePlan
    scans: { dateIndex: number; positions: number[] }[]
    wholes: Omit<WholeUnit, 'id'>[]
    limits: QueueLimits
    events: QueueEvents
    locate: LocateFault
    /** One worker takes everything in order, for a scanner that keeps state from symbol to symbol. */
    oneWorker?: boolean
    /** The hits of each date go through a rank step before they are rows. */
    ranks?: boolean
    now: number
  }) {
    this.#plan = options.plan
    this.#limits = options.limits
    this.#events = options.events
    this.#locate = options.locate
    this.#startedAt = options.now
    this.#oneWorker = options.oneWorker ?? false
    this.#backlog = new ScanBacklog(options.scans)
    this.#ranks = options.ranks === true ? new RankStage(options.plan, options.scans) : null
    // Taken from the end.
    this.#wholes = options.wholes.map((unit) => ({ ...unit, id: this.#newId() })).reverse()
    this.#attempts = new Uint8Array(options.plan.symbols.length * options.plan.dates.length)
    this.#isSettled = new Uint8Array(this.#attempts.length)
  }

  /** Workers that could have something to do at once. */
  get usefulWorkers(): number {
    if (this.#oneWorker) return 1
    if (this.#wholes.length === 0) return this.#backlog.size
    return this.#wholes.some(({ isDivisible }) => isDivisible) ? Number.MAX_SAFE_INTEGER : this.#wholes.length
  }

  /** True where one worker takes everything in order. */
  get isOrdered(): boolean {
    return this.#oneWorker
  }

  /** True where nothing is left to hand out. */
  get isEmpty(): boolean {
    return this.#isGivenUp || (this.#backlog.size === 0 && this.#wholes.length === 0 && this.#ranks?.isDue !== true)
  }

  get isDone(): boolean {
    return this.isEmpty && this.#outstanding.size === 0
  }

  next(workers: number): { unit: Unit; request: ScanRequest | RankRequest | WholeRequest } | null {
    if (this.#isGivenUp || (this.#oneWorker && this.#outstanding.size > 0)) return null
    // First, so that a scanner that keeps state ranks a date before it goes on to the next.
    const rank = this.#nextRank()
    if (rank !== null) return rank
    const whole = this.#wholes.pop()
    if (whole !== undefined) return this.#dispatch(whole, this.#wholeRequest(whole))
    const size = nextBatchSize({
      remaining: this.#backlog.size,
      // What one worker takes in order is not cut into parts.
      workers: this.#oneWorker || this.#limits.isTrial === true ? 1 / Number.MAX_SAFE_INTEGER : workers,
      meanSymbolMs: this.#busyCount === 0 ? null : this.#busyMs / this.#busyCount,
      targetMs: this.#limits.batchTargetMs,
      maxSymbols: this.#limits.batchMaxSymbols,
    })
    const unit = this.#backlog.take(this.#newId(), size)
    return unit === null ? null : this.#dispatch(unit, this.#scanRequest(unit))
  }

  /** Milliseconds that a worker may stay at one step of the unit. */
  deadlineMs(unit: Unit): number {
    const { symbolTimeoutMs, runTimeoutMs, isTrial } = this.#limits
    if (unit.kind !== 'whole' || unit.isDivisible || isTrial === true) return symbolTimeoutMs
    return Math.min(runTimeoutMs, symbolTimeoutMs * unit.symbolIndexes.length)
  }

  /** Milliseconds that a script which takes its symbols at once may take for all of them, however busily it moves from step to step. */
  totalDeadlineMs({ symbolIndexes }: WholeUnit): number {
    return Math.min(this.#limits.runTimeoutMs, this.#limits.symbolTimeoutMs * symbolIndexes.length)
  }

  /** Settles rows; throws a RangeError at one that was not asked for or came before. */
  rows(unit: Unit, records: RowRecord[], work: WorkOf): void {
    const outstanding = this.#outstanding.get(unit.id)
    if (outstanding === undefined) throw new RangeError('rows of a unit that is not out')
    this.#unbegun = 0
    for (const { item, scriptMs, dataMs, text } of records) {
      if (item >= outstanding.positions.length || outstanding.isSettled[item] === 1) throw new RangeError('a row not asked for, or sent twice')
      if (unit.kind === 'rank') {
        this.#settle(unit, outstanding, item, rankedOutcome(text, (found) => readOutcome(found, this.#locate)), work, scriptMs, 0)
        continue
      }
      this.#busyMs += scriptMs + dataMs
      this.#busyCount++
      const outcome = readOutcome(text, this.#locate)
      if (this.#ranks !== null && outcome.status === 'hit') this.#hold(unit, outstanding, item, text, work, scriptMs, dataMs)
      else this.#settle(unit, outstanding, item, outcome, work, scriptMs, dataMs)
    }
  }

  /** Takes the end of a unit; what it leaves undone goes back. Throws a RangeError, and the unit stays out, where its rows are missing. */
  unitDone(unit: Unit, done: UnitDone, work: WorkOf): void {
    const outstanding = this.#outstanding.get(unit.id)
    if (outstanding === undefined) throw new RangeError('the end of a unit that is not out')
    if (done.strayHits > 0) this.#events.strays(done.strayHits, done.straySamples, unit)
    if (unit.kind !== 'scan' && done.error !== null) {
      const outcome = failedOutcome(done.error, this.#locate)
      this.#outstanding.delete(unit.id)
      if (unit.kind === 'rank') return this.#failRank(unit, outstanding, outcome, work)
      return this.#failWhole(unit, outstanding, outcome, null, work)
    }
    // A unit that is run whole ends whole.
    const ended = unit.kind === 'scan' ? done.done : outstanding.positions.length
    for (let item = 0; item < ended; item++) {
      if (outstanding.isSettled[item] !== 1) throw new RangeError('the end of a unit before its rows')
    }
    this.#outstanding.delete(unit.id)
    if (unit.kind === 'rank') return this.#ranks!.done(unit)
    this.#giveBack(unit, outstanding)
  }

  /** Accounts for the unit of a worker that is gone: the row at fault gets its status, the others go back. */
  workerLost(unit: Unit, end: WorkerEnd, progress: Progress, work: WorkOf): void {
    const outstanding = this.#outstanding.get(unit.id)
    if (outstanding === undefined) return
    this.#outstanding.delete(unit.id)
    if (this.#oneWorker) this.#events.stateLost()
    // Gone before it began: that says nothing of the symbols, unless it happens time and again.
    const isStopped = (end.kind === 'killed' && end.cause === 'stopped') || (progress.unit !== unit.id && ++this.#unbegun <= MAX_UNBEGUN)
    if (unit.kind === 'rank') return isStopped ? void this.#ranks!.again(unit, false) : this.#loseRank(unit, outstanding, end, work)
    if (isStopped) return this.#giveBack(unit, outstanding)
    const item = progress.unit === unit.id && progress.item >= 0 && progress.item < outstanding.positions.length ? progress.item : null
    if (unit.kind === 'whole') return this.#loseWhole(unit, outstanding, end, item, work)
    const culprit = item !== null && outstanding.isSettled[item] === 0 ? item : outstanding.isSettled.indexOf(0)
    if (culprit >= 0) this.#blame(unit, outstanding, culprit, end, work)
    this.#giveBack(unit, outstanding)
  }

  /** Hands out nothing more; the rows that are out still come. */
  giveUpRest(): void {
    this.#isGivenUp = true
  }

  /** Every row not settled, handed out or not, with which the run must still do something. */
  *unsettled(): Generator<number> {
    const isOpen = (position: number): boolean => this.#isSettled[position] === 0 && this.#ranks?.originOf(position) === undefined
    yield* this.#ranks?.held() ?? []
    for (const { positions } of this.#outstanding.values()) yield* positions.filter(isOpen)
    this.#outstanding.clear()
    for (const whole of this.#wholes.splice(0)) yield* unitPositions(whole, this.#plan.dates.length).filter(isOpen)
    yield* this.#backlog.drain()
  }

  #dispatch<R>(unit: Unit, request: R): { unit: Unit; request: R } {
    const positions = unitPositions(unit, this.#plan.dates.length)
    this.#outstanding.set(unit.id, { positions, isSettled: new Uint8Array(positions.length), settledCount: 0 })
    this.#events.dispatched(unit, positions)
    return { unit, request }
  }

  /** The next date to rank. One whose hits are more than a worker takes at once is settled here. */
  #nextRank(): { unit: Unit; request: RankRequest } | null {
    for (let next = this.#ranks?.next(this.#newId()) ?? null; next !== null; next = this.#ranks!.next(this.#newId())) {
      const { unit, request, refused } = next
      if (refused === null) return this.#dispatch(unit, request)
      const outstanding = { positions: unit.positions, isSettled: new Uint8Array(unit.positions.length), settledCount: 0 }
      const now = this.#startedAt
      this.#failRank(unit, outstanding, refused, { workerId: 0, dispatchedAt: now, at: now })
    }
    return null
  }

  #hold(unit: Unit, outstanding: Outstanding, item: number, text: string, work: WorkOf, scriptMs: number, dataMs: number): void {
    const position = outstanding.positions[item]!
    outstanding.isSettled[item] = 1
    outstanding.settledCount++
    this.#ranks!.scanned(position, { text, origin: this.#originOf(unit, position, work, scriptMs, dataMs) })
  }

  #loseRank(unit: RankUnit, outstanding: Outstanding, end: WorkerEnd, work: WorkOf): void {
    const isLate = end.kind === 'killed' && end.cause === 'timeout'
    const outcome = isLate ? this.#ranks!.timeout(unit, this.deadlineMs(unit) / 1000) : this.#outcomeOfEnd(end, unit, null)
    if (outcome === null && this.#ranks!.again(unit, true)) return
    this.#failRank(unit, outstanding, outcome ?? hostOutcome('failed', 'worker_lost', { detail: end.kind === 'exited' ? end.detail : end.kind }), work)
  }

  /** Ends a date whose rank step failed: every hit that it has not settled gets its outcome. */
  #failRank(unit: RankUnit, outstanding: Outstanding, outcome: Outcome, work: WorkOf): void {
    for (let item = 0; item < outstanding.positions.length; item++) {
      if (outstanding.isSettled[item] === 0) this.#settle(unit, outstanding, item, outcome, work, 0, 0)
    }
    this.#ranks!.done(unit)
  }

  #scanRequest(unit: ScanUnit): ScanRequest {
    const dateCount = this.#plan.dates.length
    const symbolIndexes = unit.positions.map((position) => this.#plan.snapshotIndexes[Math.floor(position / dateCount)]!)
    return { unit: unit.id, day: this.#plan.days[unit.dateIndex]!, symbolIndexes }
  }

  #wholeRequest(unit: WholeUnit): WholeRequest {
    return {
      unit: unit.id,
      symbols: unit.symbolIndexes.map((index) => this.#plan.symbols[index]!),
      dates: unit.dateIndexes.map((index) => this.#plan.dates[index]!),
      asOfDay: Math.max(...unit.dateIndexes.map((index) => this.#plan.days[index]!)),
    }
  }

  #blame(unit: Unit, outstanding: Outstanding, item: number, end: WorkerEnd, work: WorkOf): void {
    const position = outstanding.positions[item]!
    const outcome = this.#outcomeOfEnd(end, unit, null)
    this.#attempts[position]!++
    if (outcome === null && this.#attempts[position]! < MAX_ATTEMPTS) return
    const lost = outcome ?? hostOutcome('failed', 'worker_lost', { detail: end.kind === 'exited' ? end.detail : end.kind })
    // The attempt that failed is counted already: the row's own number starts at 1.
    this.#attempts[position]!--
    this.#settle(unit, outstanding, item, lost, work, work.at - work.dispatchedAt, 0)
  }

  /** The status that the end of a worker stands for, or null where it may have been chance. */
  #outcomeOfEnd(end: WorkerEnd, unit: Unit, suspect: string | null): Outcome | null {
    switch (end.kind) {
      case 'killed':
        return end.cause === 'memory' ? outOfMemoryKill() : this.#timeoutOutcome(unit, suspect)
      case 'out_of_memory':
        return outOfMemoryKill()
      case 'broke':
        return hostOutcome('failed', 'worker_broke_protocol', { detail: end.problem })
      case 'exited':
        return null
    }
  }

  #timeoutOutcome(unit: Unit, suspect: string | null): Outcome {
    const seconds = this.deadlineMs(unit) / 1000
    if (unit.kind !== 'whole' || unit.symbolIndexes.length === 1) return hostOutcome('timed_out', 'symbol_timeout', { seconds })
    return hostOutcome('timed_out', 'whole_timeout', { seconds, suspect: suspect === null ? '' : ` (it was at ${suspect})` })
  }

  #loseWhole(unit: WholeUnit, outstanding: Outstanding, end: WorkerEnd, item: number | null, work: WorkOf): void {
    const suspect = item === null ? null : unit.symbolIndexes[Math.floor(item / unit.dateIndexes.length)] ?? null
    const outcome = this.#outcomeOfEnd(end, unit, suspect === null ? null : this.#plan.symbols[suspect]!)
    if (outcome === null) {
      for (const position of outstanding.positions) this.#attempts[position]!++
      if (this.#attempts[outstanding.positions[0]!]! < MAX_ATTEMPTS) {
        this.#wholes.push(unit)
        return
      }
      // The attempt that failed is counted already, as in #blame.
      for (const position of outstanding.positions) this.#attempts[position]!--
    }
    const settled = outcome ?? hostOutcome('failed', 'worker_lost', { detail: end.kind === 'exited' ? end.detail : end.kind })
    this.#failWhole(unit, outstanding, settled, suspect, work)
  }

  #failWhole(unit: WholeUnit, outstanding: Outstanding, outcome: Outcome, suspect: number | null, work: WorkOf): void {
    const parts = divideUnit(unit, suspect, () => this.#newId())
    if (parts !== null) {
      // What was lost with others says nothing of a symbol that stands alone from here on.
      for (const part of parts.filter(({ symbolIndexes }) => symbolIndexes.length === 1)) {
        for (const position of unitPositions(part, this.#plan.dates.length)) this.#attempts[position] = 0
      }
      this.#wholes.push(...parts)
      return
    }
    outstanding.positions.forEach((_, item) => {
      if (outstanding.isSettled[item] === 0) this.#settle(unit, outstanding, item, outcome, work, work.at - work.dispatchedAt, 0)
    })
  }

  #giveBack(unit: Unit, outstanding: Outstanding): void {
    if (outstanding.settledCount === outstanding.positions.length) return
    if (unit.kind === 'whole') {
      this.#wholes.push(unit)
      return
    }
    this.#backlog.putBack(unit.dateIndex, outstanding.positions.filter((_, item) => outstanding.isSettled[item] === 0))
  }

  #settle(unit: Unit, outstanding: Outstanding, item: number, outcome: Outcome, work: WorkOf, scriptMs: number, dataMs: number): void {
    const position = outstanding.positions[item]!
    outstanding.isSettled[item] = 1
    outstanding.settledCount++
    if (this.#isSettled[position] === 1) return
    this.#isSettled[position] = 1
    const scanned = unit.kind === 'rank' ? this.#ranks!.originOf(position) : undefined
    const origin = scanned === undefined ? this.#originOf(unit, position, work, scriptMs, dataMs) : { ...scanned, scriptMs: scanned.scriptMs + scriptMs }
    this.#events.settled(position, outcome, origin)
    if (unit.kind === 'scan') this.#ranks?.scanned(position, null)
  }

  #originOf(unit: Unit, position: number, work: WorkOf, scriptMs: number, dataMs: number): RowOrigin {
    return {
      batchId: unit.id,
      workerId: work.workerId,
      attempt: this.#attempts[position]! + 1,
      queueMs: Math.max(0, work.dispatchedAt - this.#startedAt),
      dataMs,
      scriptMs,
    }
  }

  #newId(): number {
    return this.#nextId++
  }
}

/** Slices for a scanner that takes its symbols at once but may be divided: enough for all workers, none too large. */
export function divideSymbols(count: number, workers: number, most: number): { from: number; to: number }[] {
  const size = Math.max(1, Math.min(most, Math.ceil(count / (workers * PARTS_PER_WORKER))))
  return Array.from({ length: Math.ceil(count / size) }, (_, part) => ({ from: part * size, to: Math.min(count, (part + 1) * size) }))
}

function outOfMemoryKill(): Outcome {
  const message = 'its worker process passed the memory limit and was stopped'
  return { ...outOfMemoryOutcome(), ...hostOutcome('out_of_memory', 'script_out_of_memory', { message }) }
}
