import type { FastifyReply } from 'fastify'
import type { ServerResponse } from 'node:http'

import type { CloseCode, Transport } from './transport.ts'

const CLOSE_GRACE_MS = 2_000
const RECONNECT_MS = 2_000
/** A comment, which clients pass over. */
const BEAT = Buffer.from(': still here\n\n')

/** A watcher over server-sent events. Headers that hooks have set on the reply are kept. */
export class EventStreamTransport implements Transport {
  readonly wire = 'eventStream'
  readonly #response: ServerResponse
  #taken = 0

  constructor(reply: FastifyReply) {
    reply.hijack()
    this.#response = reply.raw
    this.#response.on('error', () => {})
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) this.#response.setHeader(name, value as string)
    // Proxies are asked to pass each event on as it comes.
    this.#response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    this.#response.write(`retry: ${RECONNECT_MS}\n\n`)
  }

  get bufferedBytes(): number {
    return this.#response.writableLength
  }

  write(buffers: readonly Buffer[]): boolean {
    if (this.#response.writableEnded) return false
    this.#response.cork()
    for (const buffer of buffers) this.#response.write(buffer)
    this.#response.uncork()
    return !this.#response.writableNeedDrain
  }

  onDrain(listener: () => void): void {
    this.#response.on('drain', listener)
  }

  onClose(listener: () => void): void {
    this.#response.once('close', listener)
  }

  /** The peer never answers; only one that has a backlog and takes none of it can be told to be dead. */
  beat(): boolean {
    const socket = this.#response.socket
    if (socket === null) return false
    const taken = socket.bytesWritten - socket.writableLength
    if (this.#response.writableNeedDrain) {
      const isAlive = taken > this.#taken
      this.#taken = taken
      return isAlive
    }
    this.#taken = taken
    this.#response.write(BEAT)
    return true
  }

  /** Server-sent events have no codes: the stream ends, and a client that still wants more comes back with `Last-Event-ID`. */
  close(_code: CloseCode, _reason: string): void {
    this.#response.end()
    const force = setTimeout(() => this.#response.destroy(), CLOSE_GRACE_MS)
    this.#response.once('close', () => clearTimeout(force))
  }

  destroy(): void {
    this.#response.destroy()
  }
}
