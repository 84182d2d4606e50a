import type { RowRecord } from './protocol.ts'

const RECORD_HEAD = 16

/** Collects row records until they are worth a frame. */
export class RowRecordWriter {
  #buffer = Buffer.allocUnsafe(64 * 1024)
  #length = 0

  get isEmpty(): boolean {
    return this.#length === 0
  }

  get bytes(): number {
    return this.#length
  }

  add(item: number, scriptMs: number, dataMs: number, text: string): void {
    this.#reserve(RECORD_HEAD + text.length * 3)
    const textBytes = text.length === 0 ? 0 : this.#buffer.write(text, this.#length + RECORD_HEAD)
    this.#buffer.writeUInt32LE(item, this.#length)
    this.#buffer.writeFloatLE(scriptMs, this.#length + 4)
    this.#buffer.writeFloatLE(dataMs, this.#length + 8)
    this.#buffer.writeUInt32LE(textBytes, this.#length + 12)
    this.#length += RECORD_HEAD + textBytes
  }

  take(): Buffer {
    const records = this.#buffer.subarray(0, this.#length)
    this.#length = 0
    return records
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.byteLength) return
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.byteLength * 2, this.#length + more))
    larger.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = larger
  }
}

/** The records of a payload; throws a RangeError where the lengths do not add up. */
export function* readRowRecords(payload: Buffer): Generator<RowRecord> {
  let at = 0
  while (at < payload.byteLength) {
    if (at + RECORD_HEAD > payload.byteLength) throw new RangeError('row record is cut short')
    const item = payload.readUInt32LE(at)
    const scriptMs = payload.readFloatLE(at + 4)
    const dataMs = payload.readFloatLE(at + 8)
    const length = payload.readUInt32LE(at + 12)
    const end = at + RECORD_HEAD + length
    if (end > payload.byteLength) throw new RangeError('row record is cut short')
    yield { item, scriptMs, dataMs, text: length === 0 ? '' : payload.toString('utf8', at + RECORD_HEAD, end) }
    at = end
  }
}
