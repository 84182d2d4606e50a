import { StrikescanError } from '../../errors/strikescan-error.ts'
import type { Chunks } from '../import/byte-source.ts'

/** Most characters of a line, and of a record with quotes. */
export interface CsvLimits {
  readonly line: number
  readonly record: number
}

const LIMITS: CsvLimits = { line: 1 << 20, record: 1 << 16 }

/** Takes what is in a CSV file. */
export interface CsvListener {
  /** The first line that is not blank. */
  header(fields: readonly string[]): void
  /** A record; `line` counts from 1. */
  record(fields: readonly string[], line: number, text: string): void
  /** A line with a quote that is not closed. */
  broken(line: number, text: string): void
}

/**
 * Reads a CSV file as texts, as it comes. Understood: comma, semicolon, tab or bar as delimiter; LF, CRLF or CR; a
 * byte-order mark; quoted fields with doubled quotes and line ends in them (up to 64 K characters a record, where no other limits are given); blank lines,
 * which are no records. Throws `import_file_empty` or `import_not_chains`.
 */
export async function readCsv(file: string, chunks: Chunks, listener: CsvListener, limits = LIMITS): Promise<void> {
  const reader = new CsvText(file, listener, limits)
  const decoder = new TextDecoder('utf-8')
  for await (const chunk of chunks) reader.push(decoder.decode(chunk, { stream: true }), false)
  reader.push(`${decoder.decode()}`, true)
}

class CsvText {
  readonly #file: string
  readonly #listener: CsvListener
  readonly #limits: CsvLimits
  #rest = ''
  #line = 1
  #delimiter = ''
  #lineEnd = ''

  constructor(file: string, listener: CsvListener, limits: CsvLimits) {
    this.#file = file
    this.#listener = listener
    this.#limits = limits
  }

  push(piece: string, last: boolean): void {
    let text = this.#rest + piece
    if (this.#lineEnd === '') {
      // A CR at the very end may be half of a CRLF.
      if (!last && !text.includes('\n') && text.length < this.#limits.line) {
        this.#rest = text
        return
      }
      this.#lineEnd = text.includes('\n') || !text.includes('\r') ? '\n' : '\r'
    }
    if (last && text !== '' && !text.endsWith(this.#lineEnd)) text += this.#lineEnd
    let position = 0
    for (;;) {
      const next = this.#take(text, position, last)
      if (next === position) break
      position = next
    }
    this.#rest = text.slice(position)
    if (this.#rest.length > this.#limits.line) {
      throw new StrikescanError('import_not_chains', { file: this.#file, looksLike: 'something without lines', mend: 'give one contract per line' })
    }
    if (last && this.#delimiter === '') throw new StrikescanError('import_file_empty', { file: this.#file })
  }

  /** Takes the record at `start` and gives where the next one begins: `start` again where it is not complete yet. */
  #take(text: string, start: number, last: boolean): number {
    const end = text.indexOf(this.#lineEnd, start)
    if (end < 0) return start
    const line = text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end)
    if (line.trim() === '') {
      this.#line++
      return end + 1
    }
    if (this.#delimiter === '') {
      this.#delimiter = delimiterOf(line)
      const fields = line.includes('"') ? quotedRecord(text, start, this.#delimiter, this.#lineEnd, this.#limits.record) : null
      this.#listener.header(fields === null || typeof fields === 'string' ? line.split(this.#delimiter) : fields.fields)
      this.#line++
      return end + 1
    }
    if (!line.includes('"')) {
      this.#listener.record(line.split(this.#delimiter), this.#line++, line)
      return end + 1
    }
    const record = quotedRecord(text, start, this.#delimiter, this.#lineEnd, this.#limits.record)
    if (record === 'unfinished' && !last && text.length - start <= this.#limits.record) return start
    if (typeof record === 'string') {
      this.#listener.broken(this.#line++, line)
      return end + 1
    }
    const whole = text.slice(start, record.next)
    this.#listener.record(record.fields, this.#line, whole.trim())
    this.#line += whole.split(this.#lineEnd).length - 1
    return record.next
  }
}

/** The fields of a record with quotes; `unfinished` where no closing quote is in reach, `broken` where something follows one. */
function quotedRecord(text: string, start: number, delimiter: string, lineEnd: string, most: number): { fields: string[]; next: number } | 'unfinished' | 'broken' {
  const fields: string[] = []
  const limit = Math.min(text.length, start + most)
  const fieldEnd = (from: number) => {
    let at = from
    while (at < limit && text[at] !== delimiter && text[at] !== lineEnd) at++
    return at
  }
  for (let position = start; position < limit; ) {
    let field = ''
    if (text[position] === '"') {
      position++
      for (;;) {
        const close = text.indexOf('"', position)
        if (close < 0 || close >= limit) return 'unfinished'
        field += text.slice(position, close)
        position = close + 1
        if (text[position] !== '"') break
        field += '"'
        position++
      }
      const tail = position
      position = fieldEnd(position)
      if (text.slice(tail, position).trim() !== '') return 'broken'
    } else {
      const from = position
      position = fieldEnd(position)
      field = text.slice(from, position)
    }
    const isLast = text[position] === lineEnd
    fields.push(isLast && field.endsWith('\r') ? field.slice(0, -1) : field)
    position++
    if (isLast) return { fields, next: position }
  }
  return 'unfinished'
}

function delimiterOf(header: string): string {
  const unquoted = header.replace(/"[^"]*"/g, '')
  const counts = [',', ';', '\t', '|'].map((delimiter) => ({ delimiter, count: unquoted.split(delimiter).length }))
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter
}
