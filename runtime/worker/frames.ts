import { readSync, writeSync } from 'node:fs'

/**
 * Frames are how a worker and its parent talk: `u32 length | u8 type | payload`, little endian, over pipes.
 * The worker reads and writes synchronously, so what it reported is out before the next line of a script runs.
 */
export const HEADER_BYTES = 5

/** A larger frame than this is never sent, and is taken as an attack when received. */
export const MAX_FRAME_BYTES = 32 * 1024 * 1024

export interface Frame {
  type: number
  payload: Buffer
}

/** The bytes of a frame; `type` is below 256. */
export function encodeFrame(type: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.byteLength)
  frame.writeUInt32LE(payload.byteLength, 0)
  frame.writeUInt8(type, 4)
  frame.set(payload, HEADER_BYTES)
  return frame
}

/** The same of a value as JSON. */
export function encodeJsonFrame(type: number, value: unknown): Buffer {
  return encodeFrame(type, Buffer.from(JSON.stringify(value)))
}

/** Writes all of a frame; blocks while the reader is behind, which is what slows a flood down. */
export function writeFrameSync(fd: number, frame: Uint8Array): void {
  let written = 0
  while (written < frame.byteLength) {
    try {
      written += writeSync(fd, frame, written, frame.byteLength - written)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      pause(1)
    }
  }
}

/** The next frame, or null where the writer is gone. Blocks. */
export function readFrameSync(fd: number): Frame | null {
  const header = readExactly(fd, HEADER_BYTES)
  if (header === null) return null
  const length = header.readUInt32LE(0)
  if (length > MAX_FRAME_BYTES) throw new RangeError(`frame of ${length} bytes`)
  const payload = readExactly(fd, length)
  return payload === null ? null : { type: header.readUInt8(4), payload }
}

function readExactly(fd: number, length: number): Buffer | null {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    try {
      const read = readSync(fd, buffer, filled, length - filled, null)
      if (read === 0) return null
      filled += read
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      pause(1)
    }
  }
  return buffer
}

const sleeper = new Int32Array(new SharedArrayBuffer(4))
function pause(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms)
}

/** Cuts a stream of chunks into frames; throws a RangeError at a frame that is too long, before it is buffered. */
export class FrameSplitter {
  readonly #mostBytes: (type: number) => number
  #chunks: Buffer[] = []
  #buffered = 0
  #wanted = HEADER_BYTES

  /** @param mostBytes most bytes of a frame of each type */
  constructor(mostBytes: (type: number) => number = () => MAX_FRAME_BYTES) {
    this.#mostBytes = mostBytes
  }

  /** The frames that the chunk completes. */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = []
    this.#chunks.push(chunk)
    this.#buffered += chunk.byteLength
    if (this.#buffered < this.#wanted) return frames
    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    while (bytes.byteLength >= HEADER_BYTES) {
      const length = bytes.readUInt32LE(0)
      if (length > this.#mostBytes(bytes.readUInt8(4))) throw new RangeError(`a frame of type ${bytes.readUInt8(4)} with ${length} bytes`)
      this.#wanted = HEADER_BYTES + length
      if (bytes.byteLength < this.#wanted) break
      frames.push({ type: bytes.readUInt8(4), payload: bytes.subarray(HEADER_BYTES, this.#wanted) })
      bytes = bytes.subarray(this.#wanted)
      this.#wanted = HEADER_BYTES
    }
    this.#chunks = bytes.byteLength === 0 ? [] : [bytes]
    this.#buffered = bytes.byteLength
    return frames
  }
}
