import type { RunEvent } from '../../runtime/host.ts'
import type { ServerHost } from '../server/server-host.ts'
import { Chunk } from './chunk.ts'
import type { Replayer } from './replayer.ts'
import type { CloseCause, Counters, DeliveryListener } from './stats.ts'
import { Tail } from './tail.ts'
import { CLOSE } from './transport.ts'
import type { Watcher } from './watcher.ts'

/** The part of the host that the live side needs. */
export type LiveHost = Pick<ServerHost, 'events' | 'lastSeq' | 'watch' | 'run' | 'cancel' | 'pause' | 'resume'>

const CHUNK_BYTES = 64 * 1024
/** Longest that one turn of writing may hold the event loop. */
const SLICE_MS = 4
/** News waits this many times as long as writing the news before took, so writing leaves at least half of the time to the run, */
const REST = 1
/** but no longer than this. */
const MOST_REST_MS = 20

const ENDED: readonly string[] = ['completed', 'failed', 'cancelled']

/**
 * One run and those who watch it. Events come in order, are encoded once, and go out in one write per watcher and turn.
 * Whoever lacks more than the tail holds gets it from the journal, so there is no seam between replay and live: a
 * watcher's number alone says what comes next.
 */
export class Channel {
  readonly runId: string
  readonly tail: Tail
  readonly counters: Counters
  readonly watchers = new Set<Watcher>()
  readonly #host: LiveHost
  readonly #replayer: Replayer
  readonly #onEmpty: () => void
  readonly #delivered: DeliveryListener
  readonly #unwatch: () => void
  #head: number
  #news: RunEvent[] = []
  #heard: number
  #isPlanned = false
  #rests = 0
  #toWrite: Iterator<Watcher> | null = null
  #roundMs = 0
  /** Epoch milliseconds of the oldest event that this round brings, null where it brings none. */
  #roundFrom: number | null = null
  /** Whether it is worth asking if the run is over: at first, after an `end`, and when told to look. */
  #mayBeOver = true
  #endsAt = -1

  /** @throws run_unknown @param options.onEmpty the last watcher left: the channel is closed and of no further use */
  constructor(options: { host: LiveHost; runId: string; replayer: Replayer; counters: Counters; tailBytes: number; onEmpty: () => void; delivered: DeliveryListener }) {
    this.runId = options.runId
    this.#host = options.host
    this.#replayer = options.replayer
    this.counters = options.counters
    this.tail = new Tail(options.tailBytes)
    this.#onEmpty = options.onEmpty
    this.#delivered = options.delivered
    // Listening begins first: what is told twice is dropped by its number, what was told before is in the journal.
    this.#unwatch = this.#host.watch(this.runId, (events) => this.#hear(events))
    try {
      this.#heard = this.#head = this.#host.lastSeq(this.runId)
    } catch (error) {
      this.#unwatch()
      throw error
    }
  }

  /** Number of the last event that watchers may have. */
  get head(): number {
    return this.#head
  }

  join(watcher: Watcher): void {
    this.watchers.add(watcher)
    watcher.pump()
  }

  leave(watcher: Watcher, cause: CloseCause): void {
    if (!this.watchers.delete(watcher)) return
    this.counters.closed[cause]++
    if (this.watchers.size > 0) return
    this.#unwatch()
    this.#onEmpty()
  }

  askForPage(watcher: Watcher): void {
    this.#replayer.ask({ watcher, runId: this.runId, head: () => this.#head })
  }

  /** The watcher has everything there is: that may be all there will be. */
  caughtUp(watcher: Watcher): void {
    if (this.#isOver()) watcher.close(CLOSE.normal, 'the run has ended', 'finished')
  }

  /**
   * Looks into the journal for what nobody told: a run that another process carries out, or one that ended without a last
   * event. Called from time to time.
   */
  look(): void {
    if (this.#news.length > 0) return
    const last = this.#lastInJournal()
    this.#mayBeOver = true
    if (last > this.#heard) {
      this.#heard = last
      this.#plan()
    } else if (this.#isOver()) {
      for (const watcher of this.watchers) if (watcher.seq >= this.#head) this.caughtUp(watcher)
    }
  }

  /** Writes what was heard to all who can take it, without waiting for a turn. */
  flush(): void {
    this.#encode()
    for (const watcher of this.watchers) watcher.pump()
  }

  #isOver(): boolean {
    if (this.#news.length > 0) return false
    if (this.#endsAt === this.#head) return true
    if (!this.#mayBeOver) return false
    this.#mayBeOver = false
    try {
      if (ENDED.includes(this.#host.run(this.runId).status) && this.#lastInJournal() <= this.#head) this.#endsAt = this.#head
    } catch {
      // A state folder that is being closed: whoever closes it ends the connections.
    }
    return this.#endsAt === this.#head
  }

  #lastInJournal(): number {
    try {
      return this.#host.lastSeq(this.runId)
    } catch {
      // As above.
      return this.#heard
    }
  }

  #hear(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.seq <= this.#heard) continue
      this.#heard = event.seq
      this.#news.push(event)
    }
    if (this.#news.length > 0) this.#plan()
  }

  #plan(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    const wait = this.#rests - performance.now()
    if (wait > 1) setTimeout(() => this.#turn(), wait)
    else setImmediate(() => this.#turn())
  }

  /** One turn of writing; those it leaves over come first in the next. */
  #turn(): void {
    this.#isPlanned = false
    const started = performance.now()
    if (this.#toWrite === null) {
      this.#roundFrom = this.#news.length === 0 ? null : Date.parse(this.#news[0]!.at)
      this.#encode()
      this.#toWrite = this.watchers.values()
      this.#roundMs = 0
    }
    const isDone = this.#writeUntil(started + SLICE_MS)
    const spent = performance.now() - started
    this.#account(spent)
    if (!isDone) {
      this.#isPlanned = true
      return void setImmediate(() => this.#turn())
    }
    this.#toWrite = null
    if (this.#roundFrom !== null) this.#delivered(Math.max(0, Date.now() - this.#roundFrom))
    this.#rests = performance.now() + Math.min(MOST_REST_MS, REST * this.#roundMs)
    if (this.#news.length > 0) this.#plan()
  }

  #writeUntil(deadline: number): boolean {
    for (let count = 1; ; count++) {
      const { value: watcher, done } = this.#toWrite!.next()
      if (done === true) return true
      watcher.pump()
      if (count % 16 === 0 && performance.now() > deadline) return false
    }
  }

  #account(spentMs: number): void {
    this.#roundMs += spentMs
    const { fanOut } = this.counters
    fanOut.turns++
    fanOut.totalMs += spentMs
    fanOut.mostMs = Math.max(fanOut.mostMs, spentMs)
  }

  /** Turns what was heard into chunks of the tail. A number that was never told is left to the journal. */
  #encode(): void {
    let texts: string[] = []
    let from = 0
    let bytes = 0
    const close = (to: number): void => {
      if (to > from) this.tail.push(new Chunk(this.#news.slice(from, to), texts))
      texts = []
      from = to
      bytes = 0
    }
    this.#news.forEach((event, place) => {
      if (place > from && event.seq !== this.#news[place - 1]!.seq + 1) close(place)
      texts.push(JSON.stringify(event))
      bytes += texts.at(-1)!.length
      if (bytes >= CHUNK_BYTES) close(place + 1)
    })
    close(this.#news.length)
    if (this.#news.length > 0) this.#mayBeOver = this.#news.at(-1)!.type === 'end'
    this.#head = this.#heard
    this.#news = []
  }
}
