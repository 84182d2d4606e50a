import { isUtf8 } from 'node:buffer'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { lineEndOf } from '../../market/import/line-end.ts'

const LF = 10
const CR = 13
const MAX_LINE_BYTES = 1 << 20

/**
 * The text of a file in pieces that end where a line ends. Lines that are not UTF-8 are read as Windows-1252, which is what
 * spreadsheets write otherwise; line ends of lone CRs become LF.
 */
export class LineText {
  readonly #file: string
  readonly #windows1252 = new TextDecoder('windows-1252')
  #carry: Uint8Array = new Uint8Array(0)
  #lineEnd: number | null = null
  #started = false

  /** Lines that were not UTF-8. */
  foreignLines = 0

  constructor(file: string) {
    this.#file = file
  }

  /** The whole lines that `chunk` completes; '' where it completes none. @throws strategies_not_a_table where lines do not end */
  push(chunk: Uint8Array): string {
    const data = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk])
    this.#lineEnd ??= lineEndOf(data, false)
    const end = this.#lineEnd === null ? 0 : data.lastIndexOf(this.#lineEnd) + 1
    this.#carry = data.slice(end)
    if (this.#carry.length > MAX_LINE_BYTES) {
      throw new StrikescanError('strategies_not_a_table', { file: this.#file, looksLike: 'something without lines', mend: 'write one strategy per line' })
    }
    return this.#text(data.subarray(0, end))
  }

  /** What is left: a last line without an end. */
  end(): string {
    const rest = this.#carry
    this.#carry = new Uint8Array(0)
    this.#lineEnd ??= lineEndOf(rest, true)
    return this.#text(rest)
  }

  #text(data: Uint8Array): string {
    if (data.length === 0) return ''
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.length)
    let text = isUtf8(bytes) ? bytes.toString('utf8') : this.#mixedText(bytes)
    if (!this.#started && text.startsWith('\ufeff')) text = text.slice(1)
    this.#started = true
    return this.#lineEnd === CR ? text.replaceAll('\r', '\n') : text
  }

  #mixedText(bytes: Buffer): string {
    const lineEnd = this.#lineEnd ?? LF
    let text = ''
    for (let start = 0; start < bytes.length; ) {
      const at = bytes.indexOf(lineEnd, start)
      const end = at < 0 ? bytes.length : at + 1
      const line = bytes.subarray(start, end)
      if (isUtf8(line)) text += line.toString('utf8')
      else {
        text += this.#windows1252.decode(line)
        this.foreignLines++
      }
      start = end
    }
    return text
  }
}
