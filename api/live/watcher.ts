import type { Channel } from './channel.ts'
import type { Chunk } from './chunk.ts'
import type { CloseCause } from './stats.ts'
import { CLOSE, type CloseCode, type Transport } from './transport.ts'

/** Chunks of the tail that are written at once. */
const MOST_CHUNKS = 32

/**
 * One watcher: a connection and the number of the last event that was written to it. It holds no events: what it lacks
 * is the tail's, shared by all, or the journal's. While its peer takes nothing it is given nothing.
 */
export class Watcher {
  readonly transport: Transport
  readonly #channel: Channel
  /** Events up to here were there when it came, and are replayed as they stand. */
  readonly #replayUntil: number
  #seq: number
  #isBehind = false
  /** Something was published while it was behind. */
  #isLate = false
  #isReplaying = false
  #isClosed = false

  constructor(channel: Channel, transport: Transport, after: number) {
    this.#channel = channel
    this.transport = transport
    this.#seq = after
    this.#replayUntil = channel.head
    transport.onDrain(() => {
      this.#isBehind = false
      this.pump()
    })
  }

  /** Number of the last event that was written. */
  get seq(): number {
    return this.#seq
  }

  get isBehind(): boolean {
    return this.#isBehind
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** True where what it lacks was published while it took nothing: that may be coalesced. */
  get isCoalescible(): boolean {
    return this.#isLate && this.#seq >= this.#replayUntil
  }

  /** Writes what it lacks, until it has everything or its peer takes no more. */
  pump(): void {
    if (this.#isBehind && this.#seq < this.#channel.head) this.#isLate = true
    while (!this.#isClosed && !this.#isBehind && !this.#isReplaying) {
      if (this.#seq >= this.#channel.head) {
        this.#isLate = false
        return this.#channel.caughtUp(this)
      }
      const chunks = this.#channel.tail.after(this.#seq, MOST_CHUNKS)
      if (chunks.length === 0) {
        this.#isReplaying = true
        return this.#channel.askForPage(this)
      }
      this.#write(chunks)
    }
  }

  /** Takes the page it asked for. */
  takePage(chunk: Chunk): void {
    this.#isReplaying = false
    if (this.#isClosed) return
    this.#write([chunk])
    this.pump()
  }

  /** Ends the connection in good order; the channel is told when it is gone. */
  close(code: CloseCode, reason: string, cause: CloseCause): void {
    if (this.#isClosed) return
    this.gone(cause)
    this.transport.close(code, reason)
  }

  fail(reason: string): void {
    this.close(CLOSE.internalError, reason, 'failed')
  }

  /** Stops writing and leaves the channel. */
  gone(cause: CloseCause): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#channel.leave(this, cause)
  }

  #write(chunks: readonly Chunk[]): void {
    const { counters } = this.#channel
    const buffers = chunks.map((chunk) => chunk.bytesAfter(this.#seq, this.transport.wire))
    for (const chunk of chunks) counters.messages += chunk.countAfter(this.#seq)
    for (const { length } of buffers) counters.bytes += length
    this.#seq = chunks.at(-1)!.lastSeq
    this.#isBehind = !this.transport.write(buffers)
  }
}
