import { StrikescanError } from '../../runtime/host.ts'
import { Channel, type LiveHost } from './channel.ts'
import { Pages } from './pages.ts'
import { Replayer } from './replayer.ts'
import { emptyCounters, type DeliveryListener, type LiveStats } from './stats.ts'
import { CLOSE, type Transport } from './transport.ts'
import { Watcher } from './watcher.ts'

export interface LiveLimits {
  /** Watchers of one run, and of all runs together. */
  readonly watchersPerRun: number
  readonly watchers: number
  /** Bytes of latest events held per run, encoded: who is further behind gets them from the journal, coalesced. */
  readonly tailBytes: number
}

const LOOK_MS = 1_000
const LOOKS_PER_BEAT = 15

/** All watchers of all runs: who may come, who is still there, and who is sent away. */
export class Hub {
  readonly pages: Pages
  readonly #host: LiveHost
  readonly #limits: LiveLimits
  readonly #delivered: DeliveryListener
  readonly #counters = emptyCounters()
  readonly #replayer: Replayer
  readonly #channels = new Map<string, Channel>()
  #looking: NodeJS.Timeout | null = null
  #looks = 0
  #isClosing = false

  constructor(host: LiveHost, limits: LiveLimits, delivered: DeliveryListener = () => {}) {
    this.#host = host
    this.#limits = limits
    this.#delivered = delivered
    this.pages = new Pages(host)
    this.#replayer = new Replayer(this.pages, this.#counters)
  }

  /** Refuses one watcher more of a run where there is no place. @throws live_closing, watchers_too_many */
  checkPlace(runId: string): void {
    const refusal = this.#refusal(runId)
    if (refusal === null) return
    this.#counters.refused++
    throw refusal
  }

  /** Takes a connection that was let in: it gets every event past `after`, then each as it happens. Null where it was closed instead. */
  admit(runId: string, transport: Transport, after: number): Watcher | null {
    // Others may have come while this one was being let in.
    if (this.#refusal(runId) !== null) {
      this.#counters.refused++
      transport.close(this.#isClosing ? CLOSE.goingAway : CLOSE.tryAgainLater, 'no place for another watcher')
      return null
    }
    const channel = this.#channel(runId)
    const watcher = new Watcher(channel, transport, after)
    transport.onClose(() => watcher.gone('left'))
    this.#counters.accepted++
    this.#looking ??= setInterval(() => this.#look(), LOOK_MS).unref()
    channel.join(watcher)
    return watcher
  }

  stats(): LiveStats {
    const stats: LiveStats = { ...structuredClone(this.#counters), watchers: { webSocket: 0, eventStream: 0 }, runs: this.#channels.size, behind: 0, backlogBytes: 0, mostEventsBehind: 0, heldBytes: this.pages.cachedBytes }
    for (const channel of this.#channels.values()) {
      stats.heldBytes += channel.tail.weight
      for (const watcher of channel.watchers) {
        stats.watchers[watcher.transport.wire]++
        stats.behind += watcher.isBehind ? 1 : 0
        stats.backlogBytes += watcher.transport.bufferedBytes
        stats.mostEventsBehind = Math.max(stats.mostEventsBehind, channel.head - watcher.seq)
      }
    }
    return stats
  }

  /**
   * Takes no more watchers, writes what is there to those who take it, and closes them all. Resolves when the last is
   * gone, at the latest when the grace that closing gives a peer is over.
   */
  async close(): Promise<void> {
    this.#isClosing = true
    const gone: Promise<void>[] = []
    for (const channel of [...this.#channels.values()]) {
      channel.flush()
      for (const watcher of [...channel.watchers]) {
        gone.push(new Promise((resolve) => watcher.transport.onClose(resolve)))
        watcher.close(CLOSE.goingAway, 'the server is shutting down', 'closing')
      }
    }
    if (this.#looking !== null) clearInterval(this.#looking)
    this.#looking = null
    await Promise.all(gone)
  }

  #refusal(runId: string): StrikescanError | null {
    if (this.#isClosing) return new StrikescanError('live_closing')
    const { watchers, watchersPerRun } = this.#limits
    if ((this.#channels.get(runId)?.watchers.size ?? 0) >= watchersPerRun) return new StrikescanError('watchers_too_many', { limit: watchersPerRun, scope: 'of one run' })
    let all = 0
    for (const channel of this.#channels.values()) all += channel.watchers.size
    return all < watchers ? null : new StrikescanError('watchers_too_many', { limit: watchers, scope: 'of all runs' })
  }

  #channel(runId: string): Channel {
    const known = this.#channels.get(runId)
    if (known !== undefined) return known
    const channel = new Channel({ host: this.#host, runId, replayer: this.#replayer, counters: this.#counters, tailBytes: this.#limits.tailBytes, delivered: this.#delivered, onEmpty: () => void this.#channels.delete(runId) })
    this.#channels.set(runId, channel)
    return channel
  }

  #look(): void {
    for (const channel of [...this.#channels.values()]) channel.look()
    if (++this.#looks % LOOKS_PER_BEAT === 0) this.#beat()
  }

  /** Every 15 s each peer is asked for a sign of life. */
  #beat(): void {
    for (const channel of this.#channels.values()) {
      for (const watcher of [...channel.watchers]) {
        if (watcher.transport.beat()) continue
        watcher.gone('dead')
        watcher.transport.destroy()
      }
    }
  }
}
