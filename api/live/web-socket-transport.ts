import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

import { CLOSE, type CloseCode, type Transport } from './transport.ts'

const MOST_SILENT_BEATS = 2
const CLOSE_GRACE_MS = 2_000
/** A peer that is closed for what it sent has no claim on patience. */
const ABUSE_GRACE_MS = 250

/**
 * A watcher over WebSocket. Messages go to the socket as frames that were made once for everybody, past the library,
 * which would frame and write each of them for each watcher; between its own writes, which are whole frames too.
 */
export class WebSocketTransport implements Transport {
  readonly wire = 'webSocket'
  readonly #ws: WebSocket
  readonly #socket: Socket
  #isHeard = true
  #silentBeats = 0
  #taken = 0

  /** @param socket what `ws` writes to */
  constructor(ws: WebSocket, socket: Socket) {
    this.#ws = ws
    this.#socket = socket
    // Without this, a lost connection in the middle of a message would end the process.
    ws.on('error', () => {})
    ws.on('pong', () => void (this.#isHeard = true))
    ws.on('message', () => void (this.#isHeard = true))
    // Answered here and not by the library, which would pile answers up for a peer that asks and does not read.
    ws.on('ping', (data) => {
      this.#isHeard = true
      if (ws.readyState === ws.OPEN && !socket.writableNeedDrain) ws.pong(data)
    })
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  write(buffers: readonly Buffer[]): boolean {
    if (this.#ws.readyState !== this.#ws.OPEN) return false
    return writeTogether(this.#socket, buffers)
  }

  /** A short message to this watcher alone; left out where it is behind. */
  tell(text: string): void {
    if (this.#ws.readyState === this.#ws.OPEN && !this.#socket.writableNeedDrain) this.#ws.send(text)
  }

  onDrain(listener: () => void): void {
    this.#socket.on('drain', listener)
  }

  onClose(listener: () => void): void {
    this.#ws.once('close', listener)
  }

  beat(): boolean {
    const taken = this.#socket.bytesWritten - this.#socket.writableLength
    const isBehind = this.#socket.writableNeedDrain
    // Behind a backlog an answer comes late, if at all: that the backlog is taken is the sign.
    this.#silentBeats = this.#isHeard || (isBehind && taken > this.#taken) ? 0 : this.#silentBeats + 1
    this.#taken = taken
    this.#isHeard = false
    if (this.#ws.readyState === this.#ws.OPEN && !isBehind) this.#ws.ping()
    return this.#silentBeats < MOST_SILENT_BEATS
  }

  close(code: CloseCode, reason: string): void {
    this.#ws.close(code, reason)
    const isAbuse = code === CLOSE.policyViolation || code === CLOSE.unsupportedData
    const force = setTimeout(() => this.#ws.terminate(), isAbuse ? ABUSE_GRACE_MS : CLOSE_GRACE_MS)
    this.#ws.once('close', () => clearTimeout(force))
  }

  destroy(): void {
    this.#ws.terminate()
  }
}

/** Several buffers in one system call. */
function writeTogether(stream: Socket, buffers: readonly Buffer[]): boolean {
  if (buffers.length === 1) return stream.write(buffers[0]!)
  stream.cork()
  for (const buffer of buffers) stream.write(buffer)
  stream.uncork()
  return !stream.writableNeedDrain
}
