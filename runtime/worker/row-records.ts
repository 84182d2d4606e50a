import type { RowRecord } from './protocol.ts'

const RECORD_HEAD = 16

/** Collects row records until they are worth a frame. */
export class RowRecordWriter {
  #buffer = Buffer.alloc(64 * 1024)
  #view = viewOf(this.#buffer)
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
    this.#view.setUint32(this.#length, item, true)
    this.#view.setFloat32(this.#length + 4, scriptMs, true)
    this.#view.setFloat32(this.#length + 8, dataMs, true)
    this.#view.setUint32(this.#length + 12, textBytes, true)
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
    this.#view = viewOf(larger)
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView => new DataView(buffer, byteOffset, byteLength)

/**
 * The records of a payload. Throws a RangeError where the lengths do not add up, and where there are more or larger ones than asked for.
 * @param mostCharacters of one record's text
 */
export function readRowRecords(payload: Buffer, most = Number.MAX_SAFE_INTEGER, mostCharacters = Number.MAX_SAFE_INTEGER): RowRecord[] {
  const records: RowRecord[] = []
  const view = viewOf(payload)
  let at = 0
  while (at < payload.byteLength) {
    if (at + RECORD_HEAD > payload.byteLength) throw new RangeError('row record is cut short')
    const item = view.getUint32(at, true)
    const scriptMs = view.getFloat32(at + 4, true)
    const dataMs = view.getFloat32(at + 8, true)
    const length = view.getUint32(at + 12, true)
    const end = at + RECORD_HEAD + length
    if (end > payload.byteLength) throw new RangeError('row record is cut short')
    if (records.length >= most) throw new RangeError('more rows than were asked for')
    // A character takes three bytes at most.
    if (length > 3 * mostCharacters) throw new RangeError('a row that is larger than a row may be')
    records.push({ item, scriptMs, dataMs, text: length === 0 ? '' : payload.toString('utf8', at + RECORD_HEAD, end) })
    at = end
  }
  return records
}
