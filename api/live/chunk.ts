import type { LiveMessage } from './coalesce.ts'

/** The two ways in which a watcher is written to. */
export type Wire = 'webSocket' | 'eventStream'

interface Encoded {
  bytes: Buffer
  /** Where each message begins in `bytes`, and at last its length. */
  offsets: Uint32Array
}

/**
 * Messages without a gap between them, turned into bytes once per wire, whoever gets them: every watcher is handed
 * views of the same memory.
 */
export class Chunk {
  /** The first event that it stands for, and the last. */
  readonly firstSeq: number
  readonly lastSeq: number
  readonly messageCount: number
  /** Bytes that it may come to hold, roughly: its text and both wires. */
  readonly weight: number
  readonly #seqs: Uint32Array
  readonly #texts: readonly string[]
  readonly #encoded: Partial<Record<Wire, Encoded>> = {}

  /** @param messages at least one */
  constructor(messages: readonly LiveMessage[], texts: readonly string[] = messages.map((message) => JSON.stringify(message))) {
    this.#texts = texts
    this.#seqs = Uint32Array.from(messages, ({ seq }) => seq)
    this.messageCount = messages.length
    this.firstSeq = messages[0]!.seqFrom ?? messages[0]!.seq
    this.lastSeq = messages.at(-1)!.seq
    this.weight = texts.reduce((sum, text) => sum + 3 * text.length + 128, 0)
  }

  /** Bytes of the messages past `seq`; all of them where none is before it. */
  bytesAfter(seq: number, wire: Wire): Buffer {
    const encoded = (this.#encoded[wire] ??= ENCODERS[wire](this.#texts, this.#seqs))
    if (seq < this.firstSeq) return encoded.bytes
    const place = this.#seqs.findIndex((one) => one > seq)
    return encoded.bytes.subarray(place < 0 ? encoded.bytes.length : encoded.offsets[place]!)
  }

  /** How many of its messages are past `seq`. */
  countAfter(seq: number): number {
    if (seq < this.firstSeq) return this.messageCount
    const place = this.#seqs.findIndex((one) => one > seq)
    return place < 0 ? 0 : this.messageCount - place
  }

  /** The messages as JSON, in order. */
  get texts(): readonly string[] {
    return this.#texts
  }
}

const ENCODERS: Record<Wire, (texts: readonly string[], seqs: Uint32Array) => Encoded> = { webSocket: encodeFrames, eventStream: encodeRecords }

const FINAL_TEXT_FRAME = 0x81
const LENGTH_16 = 126
const LENGTH_64 = 127

/** Each text as one unmasked WebSocket frame: RFC 6455, section 5.2. The bytes are the same for every watcher. */
function encodeFrames(texts: readonly string[]): Encoded {
  const lengths = texts.map((text) => Buffer.byteLength(text))
  const offsets = new Uint32Array(texts.length + 1)
  lengths.forEach((length, place) => (offsets[place + 1] = offsets[place]! + headLength(length) + length))
  const bytes = Buffer.allocUnsafeSlow(offsets[texts.length]!)
  texts.forEach((text, place) => {
    const length = lengths[place]!
    let at = bytes.writeUInt8(FINAL_TEXT_FRAME, offsets[place]!)
    if (length < LENGTH_16) at = bytes.writeUInt8(length, at)
    else if (length < 2 ** 16) at = bytes.writeUInt16BE(length, bytes.writeUInt8(LENGTH_16, at))
    else at = bytes.writeBigUInt64BE(BigInt(length), bytes.writeUInt8(LENGTH_64, at))
    bytes.write(text, at)
  })
  return { bytes, offsets }
}

function headLength(length: number): number {
  if (length < LENGTH_16) return 2
  return length < 2 ** 16 ? 4 : 10
}

/** Each text as one record of `text/event-stream`, its number as the id that a browser comes back with. */
function encodeRecords(texts: readonly string[], seqs: Uint32Array): Encoded {
  const records = texts.map((text, place) => `id: ${seqs[place]}\ndata: ${text}\n\n`)
  const offsets = new Uint32Array(texts.length + 1)
  records.forEach((record, place) => (offsets[place + 1] = offsets[place]! + Buffer.byteLength(record)))
  // Memory of its own: a part of the pool would keep the whole of the pool for as long as the page is kept.
  const bytes = Buffer.allocUnsafeSlow(offsets[texts.length]!)
  records.forEach((record, place) => bytes.write(record, offsets[place]!))
  return { bytes, offsets }
}
