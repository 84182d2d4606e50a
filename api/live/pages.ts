import { LRUCache } from 'lru-cache'

import type { RunEvent } from '../../runtime/host.ts'
import { Chunk } from './chunk.ts'
import { coalesce } from './coalesce.ts'

/** Where events are read: the part of the host that holds the journal. */
export interface EventSource {
  events(id: string, afterSeq?: number): Iterable<RunEvent>
}

const PAGE_BYTES = 64 * 1024
const PAGE_EVENTS = 256
const CACHE_BYTES = 16 * 2 ** 20
/** What one coalesced page may stand for, and may come to, at most. */
const COALESCED_EVENTS = 1_024
const COALESCED_CHANGES = 4_096
const COALESCED_BYTES = 64 * 1024
/** Length of a symbol's change as JSON, about. */
const CHANGE_BYTES = 56

/** A journal that does not hold what the run said: the watcher can not be served. */
class JournalGap extends Error {}

/**
 * Reads the journal page by page, so no reader holds more than one in memory, whatever the length of the log. Pages are
 * kept for a while: a thousand watchers that come back at once after a restart read each page once between them.
 */
export class Pages {
  readonly #source: EventSource
  readonly #cache = new LRUCache<string, Chunk>({ maxSize: CACHE_BYTES, sizeCalculation: ({ weight }) => weight })

  constructor(source: EventSource) {
    this.#source = source
  }

  get cachedBytes(): number {
    return this.#cache.calculatedSize
  }

  /** The events past `seq` as they stand, up to a page of them and to `head`, which must be past `seq`. @throws JournalGap */
  exact(runId: string, seq: number, head: number): Chunk {
    const key = `${runId} ${seq}`
    const cached = this.#cache.get(key)
    if (cached !== undefined && (cached.lastSeq >= head || isFull(cached.messageCount, cached.weight))) return cached
    const events: RunEvent[] = []
    const texts: string[] = []
    let weight = 0
    for (const event of this.#read(runId, seq, head)) {
      const text = JSON.stringify(event)
      events.push(event)
      texts.push(text)
      weight += 3 * text.length + 128
      if (isFull(events.length, weight)) break
    }
    const chunk = new Chunk(events, texts)
    if (chunk.weight <= CACHE_BYTES) this.#cache.set(key, chunk)
    return chunk
  }

  /** As `exact`, over a longer stretch of the log, coalesced. `events` is how many it stands for. */
  coalesced(runId: string, seq: number, head: number): { chunk: Chunk; events: number; logsDropped: number } {
    const events: RunEvent[] = []
    const names = new Set<string>()
    let changes = 0
    let bytes = 0
    for (const event of this.#read(runId, seq, head)) {
      events.push(event)
      if (event.type === 'symbols') {
        changes += event.symbols.length
        for (const { symbol, date } of event.symbols) names.add(`${date} ${symbol}`)
      } else if (event.type === 'explore' || event.type === 'end') {
        bytes += JSON.stringify(event).length
      }
      if (events.length >= COALESCED_EVENTS || changes >= COALESCED_CHANGES || bytes + CHANGE_BYTES * names.size >= COALESCED_BYTES) break
    }
    const messages = coalesce(events)
    return { chunk: new Chunk(messages), events: events.length, logsDropped: messages.reduce((sum, { logsDropped = 0 }) => sum + logsDropped, 0) }
  }

  /** Events past `seq` up to `head`, at least one. */
  *#read(runId: string, seq: number, head: number): Generator<RunEvent> {
    let last = seq
    for (const event of this.#source.events(runId, seq)) {
      if (event.seq !== last + 1) break
      yield event
      last = event.seq
      if (last >= head) return
    }
    throw new JournalGap(`The journal of ${runId} holds no event ${last + 1}, but the run has come to ${head}.`)
  }
}

function isFull(events: number, weight: number): boolean {
  return events >= PAGE_EVENTS || weight >= 3 * PAGE_BYTES
}
