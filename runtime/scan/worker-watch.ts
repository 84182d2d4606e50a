import { softLimit, watch, type WatchLimits } from '../pool/limits.ts'
import type { ProcessSample } from '../pool/samples.ts'
import type { Surroundings } from '../pool/surroundings.ts'
import type { Slot } from './slot.ts'
import type { Unit } from './units.ts'
import type { WorkQueue } from './work-queue.ts'

/** How a worker is at a moment; memory in bytes, `cpuPercent` of one core. */
export interface WorkerSample {
  readonly id: number
  readonly pid: number
  readonly rssBytes: number
  readonly cpuPercent: number
  /** The unit it is at and the place in it, null where no single one is known. */
  readonly item: { unit: Unit; item: number } | null
  /** What happened to it, null where this is only how it is. */
  readonly note: string | null
}

/** Of an executor's settings, those that its workers are watched by; see ExecutorSettings. */
export interface WatchSettings {
  symbolTimeoutMs: number
  loadTimeoutMs: number
  memoryMb: number
  softMemoryMb: number
  batchTargetMs: number
}

export interface WorkerWatchOptions {
  /** The workers there are; whoever starts and ends them keeps it up to date. */
  readonly slots: ReadonlySet<Slot>
  readonly queue: () => WorkQueue | null
  readonly settings: WatchSettings
  readonly surroundings: Surroundings
  readonly worker: (sample: WorkerSample) => void
}

const TICK_MS = 50
/** A look at the workers that comes later than this after the one before has itself been kept from it. */
const LATE_TICK_MS = 250
const SAMPLE_EVENT_MS = 250
/** Memory that was let go shows in the resident size only after a while. */
const COLLECT_GRACE_MS = 1_000

/**
 * Looks at the workers of one run every few hundredths of a second, from when it is made until `stop`: kills those that stay too long
 * at one step or hold too much memory, has memory given back, and takes back what a slow batch has not begun.
 */
export class WorkerWatch {
  readonly #slots: ReadonlySet<Slot>
  readonly #queue: () => WorkQueue | null
  readonly #settings: WatchSettings
  readonly #surroundings: Surroundings
  readonly #worker: (sample: WorkerSample) => void
  #isStopped = false
  #isSampling = false
  #lastSampleEvent = 0
  #lastTick: number
  #samples = new Map<number, ProcessSample>()
  #cancelTick: () => void

  constructor({ slots, queue, settings, surroundings, worker }: WorkerWatchOptions) {
    this.#slots = slots
    this.#queue = queue
    this.#settings = settings
    this.#surroundings = surroundings
    this.#worker = worker
    this.#lastTick = this.#now()
    this.#cancelTick = this.#tickLater()
  }

  /** Looks no more; nothing is told from now on but what is asked for by `tell`. */
  stop(): void {
    this.#isStopped = true
    this.#cancelTick()
  }

  /** Tells how a worker is, and what is to be noted of it. */
  tell(slot: Slot, note: string | null): void {
    const progress = slot.process.progress()
    const isAtItem = slot.unit !== null && progress.unit === slot.unit.id && progress.item >= 0
    const item = isAtItem ? { unit: slot.unit!, item: progress.item } : null
    const cpuPercent = this.#samples.get(slot.process.pid)?.cpuPercent ?? 0
    this.#worker({ id: slot.process.id, pid: slot.process.pid, rssBytes: slot.rssBytes, cpuPercent, item, note })
  }

  #now(): number {
    return this.#surroundings.clock.monotonic()
  }

  #tickLater(): () => void {
    return this.#surroundings.clock.after(TICK_MS, () => {
      this.#cancelTick = this.#tickLater()
      void this.#tick()
    })
  }

  /** Time in which this process, and perhaps the whole machine, stood still is held against nobody. */
  #forgive(): void {
    const now = this.#now()
    const lost = now - this.#lastTick - LATE_TICK_MS
    this.#lastTick = now
    if (lost <= 0) return
    for (const { watch } of this.#slots) watch.stepSince = Math.min(now, watch.stepSince + lost)
    for (const slot of this.#slots) slot.dispatchedAt = Math.min(now, slot.dispatchedAt + lost)
  }

  async #tick(): Promise<void> {
    this.#forgive()
    if (this.#isSampling || this.#isStopped) return
    this.#isSampling = true
    try {
      this.#samples = await this.#surroundings.sampleProcesses([...this.#slots].map(({ process }) => process.pid))
    } finally {
      this.#isSampling = false
    }
    if (this.#isStopped) return
    for (const slot of [...this.#slots]) this.#watchSlot(slot)
    this.#watchTotal()
    this.#reclaim()
    this.#tellSamples()
  }

  #watchSlot(slot: Slot): void {
    // For a script that waits for an answer the time stands still.
    const now = slot.askedAt ?? this.#now()
    const sample = this.#samples.get(slot.process.pid)
    if (sample !== undefined) slot.rssBytes = sample.rssBytes
    const isWorking = slot.state === 'starting' || slot.state === 'busy' || slot.state === 'loading' || slot.state === 'probing'
    const verdict = watch(slot.watch, now, slot.process.progress(), isWorking, sample?.rssBytes ?? null, this.#limitsOf(slot))
    if (verdict.action === 'warn') this.tell(slot, `memory is at ${megabytes(verdict.rssBytes)} MB of ${this.#settings.memoryMb} MB`)
    if (verdict.action === 'kill') return slot.process.kill({ kind: 'killed', cause: verdict.cause })
    // Another run waits for its place, whatever it waits for itself.
    if (slot.retiresAt !== null && this.#now() > slot.retiresAt) return slot.process.kill({ kind: 'killed', cause: 'stopped' })
    const queue = this.#queue()
    if (slot.unit?.kind === 'whole' && queue !== null && now - slot.dispatchedAt > queue.totalDeadlineMs(slot.unit)) {
      slot.process.kill({ kind: 'killed', cause: 'timeout' })
    }
  }

  #limitsOf(slot: Slot): WatchLimits {
    const memoryBytes = this.#settings.memoryMb * 2 ** 20
    if (slot.unit === null) return { symbolTimeoutMs: this.#settings.loadTimeoutMs, memoryBytes }
    return { symbolTimeoutMs: this.#queue()?.deadlineMs(slot.unit) ?? this.#settings.symbolTimeoutMs, memoryBytes }
  }

  #watchTotal(): void {
    const slots = [...this.#slots]
    const total = slots.reduce((sum, { rssBytes }) => sum + rssBytes, 0)
    const largest = slots.toSorted((a, b) => b.rssBytes - a.rssBytes)[0]
    if (largest === undefined || largest.afterUnit !== null) return
    const now = this.#now()
    if (largest.collectedAt !== null && now - largest.collectedAt < COLLECT_GRACE_MS) return
    const verdict = softLimit(total, this.#settings.softMemoryMb * 2 ** 20, largest.collectedAt !== null)
    if (verdict === 'none') return
    largest.afterUnit = verdict
    if (largest.unit?.kind === 'scan') largest.process.askYield(largest.unit.id)
    const fate = verdict === 'collect' ? 'give memory back' : 'be replaced'
    this.tell(largest, `workers hold ${megabytes(total)} MB of ${this.#settings.softMemoryMb} MB together: this one will ${fate}`)
  }

  /** Takes back what a slow batch has not begun, once another worker has nothing to do: no tail behind one worker. */
  #reclaim(): void {
    const queue = this.#queue()
    if (queue === null || !queue.isEmpty || ![...this.#slots].some(({ state }) => state === 'idle')) return
    const now = this.#now()
    for (const slot of this.#slots) {
      if (slot.unit?.kind !== 'scan' || slot.asked || slot.unit.positions.length < 2) continue
      if (now - slot.dispatchedAt < this.#settings.batchTargetMs) continue
      slot.asked = true
      slot.process.askYield(slot.unit.id)
    }
  }

  #tellSamples(): void {
    const now = this.#now()
    if (now - this.#lastSampleEvent < SAMPLE_EVENT_MS) return
    this.#lastSampleEvent = now
    for (const slot of this.#slots) if (slot.state === 'busy') this.tell(slot, null)
  }
}

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20)
