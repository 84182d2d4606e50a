import type { RedisClientType } from '@redis/client'

import type { Clock } from '../../clock.ts'
import type { EncodedEntry } from './entry.ts'
import { keyText, type EntryKey } from './entry-key.ts'

/** Longest that one answer waits for Redis; a connection that was slower once is left alone for a while. */
const COMMAND_MS = 250
const CONNECT_MS = 1_000
const REST_MS = 30_000
/** Rests double from trouble to trouble, up to this. */
const LONGEST_REST_MS = 16 * REST_MS
const FLUSH_MS = 1_000
const SLICES = 5
/** Writes on their way; more are not kept. */
const MAX_PENDING_WRITES = 256
const KEY_PREFIX = 'strikescan:chains:'

export interface RedisTierOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string
  readonly clock: Clock
  /** Told once, at the first trouble. */
  readonly warn: (message: string) => void
}

/** A connection and its state, both at once. */
type State =
  | { readonly kind: 'connecting'; readonly attempt: Promise<void>; /** The first one is waited for. */ readonly isFirst: boolean }
  | { readonly kind: 'ready'; readonly client: RedisClient; /** Settles when the connection is given up. */ readonly lost: Promise<null> }
  | { readonly kind: 'resting'; readonly until: number }
  | { readonly kind: 'closed' }

type RedisClient = Pick<RedisClientType, 'destroy' | 'on' | 'connect'> & {
  get(key: string): Promise<Uint8Array | null>
  set(key: string, value: Buffer, options: { expiration: { type: 'PX'; value: number } }): Promise<unknown>
}

/**
 * Entries in a Redis that several machines share. Never throws: a Redis that is down, slow or lost costs one short wait and one warning,
 * and is then tried again in the background now and then.
 */
export class RedisTier {
  readonly #options: RedisTierOptions
  readonly #writes = new Set<Promise<unknown>>()
  #state: State = { kind: 'resting', until: -Infinity }
  #giveUp: (() => void) | null = null
  #troubles = 0
  #isFirst = true

  constructor(options: RedisTierOptions) {
    this.#options = options
    this.#connect()
  }

  /** The bytes last written for a key, null where there are none or Redis does not answer soon. */
  async read(key: EntryKey): Promise<Uint8Array | null> {
    const client = await this.#client()
    return client && this.#ask(client, () => client.get(redisKey(key)).catch(ofOtherType))
  }

  /** Writes in the background. `ttlMs` from now, the entry is of no use any more. */
  write({ key, bytes }: EncodedEntry, ttlMs: number): void {
    if (ttlMs < 1 || this.#writes.size >= MAX_PENDING_WRITES) return
    const write = this.#client().then((client) => client && this.#ask(client, () => client.set(redisKey(key), Buffer.from(bytes), { expiration: { type: 'PX', value: Math.round(ttlMs) } })))
    this.#writes.add(write)
    void write.then(() => this.#writes.delete(write))
  }

  /** Waits, not for long, until what was written has arrived. */
  async flush(): Promise<void> {
    await within(FLUSH_MS, Promise.all(this.#writes), this.#options.clock)
  }

  close(): void {
    const wasReady = this.#state
    this.#state = { kind: 'closed' }
    this.#giveUp?.()
    if (wasReady.kind === 'ready') wasReady.client.destroy()
  }

  /** The connection where there is one: only the very first attempt to connect is waited for. */
  async #client(): Promise<RedisClient | null> {
    if (this.#state.kind === 'resting' && this.#state.until <= this.#options.clock.monotonic()) this.#connect()
    if (this.#state.kind === 'connecting' && this.#state.isFirst) await this.#state.attempt
    return this.#state.kind === 'ready' ? this.#state.client : null
  }

  #connect(): void {
    const isFirst = this.#isFirst
    this.#isFirst = false
    this.#state = { kind: 'connecting', isFirst, attempt: this.#attempt() }
  }

  async #attempt(): Promise<void> {
    let client: RedisClient | null = null
    try {
      client = await openClient(this.#options.url)
      const opened = client
      client.on('error', (error: Error) => this.#rest(opened, error.message))
      const isConnected = await within(CONNECT_MS, opened.connect().then(() => true), this.#options.clock)
      if (isConnected === null) return this.#rest(opened, `no connection within ${CONNECT_MS / 1_000} s`)
      if (this.#state.kind !== 'connecting') return destroy(opened)
      const lost = new Promise<null>((resolve) => (this.#giveUp = () => resolve(null)))
      this.#state = { kind: 'ready', client: opened, lost }
    } catch (error) {
      this.#rest(client, (error as Error).message)
    }
  }

  /** The command's answer; null, with the connection given up, where it fails or takes too long. */
  async #ask<T>(client: RedisClient, command: () => Promise<T>): Promise<T | null> {
    if (this.#state.kind !== 'ready') return null
    const { lost } = this.#state
    try {
      const answer = await within(COMMAND_MS, Promise.race([Promise.try(command).then((value) => ({ value })), lost]), this.#options.clock)
      // Others may have found out while this one waited.
      if (answer !== null) return answer.value
      this.#rest(client, `no answer within ${COMMAND_MS} ms`)
    } catch (error) {
      this.#rest(client, (error as Error).message)
    }
    return null
  }

  #rest(client: RedisClient | null, problem: string): void {
    if (client) destroy(client)
    // A connection that was given up before may still complain.
    if (this.#state.kind === 'closed' || this.#state.kind === 'resting') return
    if (this.#state.kind === 'ready' && this.#state.client !== client) return
    const restMs = Math.min(REST_MS * 2 ** this.#troubles++, LONGEST_REST_MS)
    this.#state = { kind: 'resting', until: this.#options.clock.monotonic() + restMs }
    this.#giveUp?.()
    if (this.#troubles > 1) return
    this.#options.warn(`The Redis of the chain cache, ${placeOf(this.#options.url)}, does not serve (${problem}): it is done without, and tried again now and then.`)
  }
}

async function openClient(url: string): Promise<RedisClient> {
  // Loaded only where it is asked for: it takes as long as the rest of the program.
  const { createClient, RESP_TYPES } = await import('@redis/client')
  const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: CONNECT_MS, reconnectStrategy: false } })
  return client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }) as unknown as RedisClient
}

function destroy(client: RedisClient): void {
  try {
    client.destroy()
  } catch {
    // It is closed already.
  }
}

/** The work's result, null after `ms`. Work that fails later fails silently. */
async function within<T>(ms: number, work: Promise<T>, clock: Clock): Promise<T | null> {
  work.catch(() => undefined)
  let cancel: (() => void) | undefined
  const late = new Promise<null>((resolve) => {
    // In slices: where this process itself was busy all the time, the event loop gets some turns to read what has come in.
    const wait = (slices: number): void => {
      cancel = clock.after(ms / SLICES, () => (slices === 1 ? resolve(null) : wait(slices - 1)))
    }
    wait(SLICES)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    cancel?.()
  }
}

/** What stands there and is no text is none of ours, and is overwritten by the next entry: as damaged as bytes that are none. */
function ofOtherType(error: unknown): Uint8Array {
  if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return new Uint8Array()
  throw error
}

function redisKey(key: EntryKey): string {
  return KEY_PREFIX + keyText(key)
}

/** Host and port of a URL, and nothing that could be secret. */
function placeOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'named by a URL that is none'
}
