import type { Wire } from '../../../../../api/live/chunk.ts'
import type { LiveMessage } from '../../../../../api/live/coalesce.ts'
import type { CloseCode, Transport } from '../../../../../api/live/transport.ts'

/** A connection whose peer takes what is written, or nothing, as a test tells it. */
export class FakeTransport implements Transport {
  readonly wire: Wire
  readonly messages: LiveMessage[] = []
  writes = 0
  mostBuffered = 0
  closed: { code: CloseCode; reason: string } | null = null
  isStalled = false
  #buffered: Buffer[] = []
  readonly #onDrain: (() => void)[] = []
  readonly #onClose: (() => void)[] = []

  constructor(wire: Wire = 'webSocket') {
    this.wire = wire
  }

  get bufferedBytes(): number {
    return this.#buffered.reduce((sum, { length }) => sum + length, 0)
  }

  write(buffers: readonly Buffer[]): boolean {
    this.writes++
    if (!this.isStalled) {
      for (const buffer of buffers) this.messages.push(...decode(buffer, this.wire))
      return true
    }
    this.#buffered.push(...buffers)
    this.mostBuffered = Math.max(this.mostBuffered, this.bufferedBytes)
    return false
  }

  /** The peer takes everything that waits for it. */
  drain(): void {
    this.isStalled = false
    if (this.#buffered.length === 0) return
    for (const buffer of this.#buffered.splice(0)) this.messages.push(...decode(buffer, this.wire))
    for (const listener of this.#onDrain) listener()
  }

  /** The connection breaks: what waited is lost. */
  break(): void {
    for (const listener of this.#onClose.splice(0)) listener()
  }

  onDrain(listener: () => void): void {
    this.#onDrain.push(listener)
  }

  onClose(listener: () => void): void {
    this.#onClose.push(listener)
  }

  beat(): boolean {
    return !this.isStalled
  }

  close(code: CloseCode, reason: string): void {
    this.closed = { code, reason }
    this.break()
  }

  destroy(): void {
    this.break()
  }
}

/** Messages in what was written, which holds whole ones only. */
export function decode(bytes: Buffer, wire: Wire): LiveMessage[] {
  return (wire === 'webSocket' ? frameTexts(bytes) : recordTexts(bytes.toString())).map((text) => JSON.parse(text) as LiveMessage)
}

/** RFC 6455, section 5.2: final text frames without a mask. */
function frameTexts(bytes: Buffer): string[] {
  const texts: string[] = []
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== 0x81) throw new Error(`no text frame at ${at}: ${bytes[at]}`)
    const short = bytes[at + 1]!
    const [head, length] = short < 126 ? [2, short] : short === 126 ? [4, bytes.readUInt16BE(at + 2)] : [10, Number(bytes.readBigUInt64BE(at + 2))]
    texts.push(bytes.toString('utf8', at + head, at + head + length))
    at += head + length
  }
  return texts
}

function recordTexts(text: string): string[] {
  if (!text.endsWith('\n\n')) throw new Error('a record is cut')
  return text.slice(0, -2).split('\n\n').map((record) => {
    const [, id, data] = /^id: (\d+)\ndata: (.*)$/.exec(record) ?? []
    if ((JSON.parse(data!) as LiveMessage).seq !== Number(id)) throw new Error(`id ${id} is not the message's`)
    return data!
  })
}
