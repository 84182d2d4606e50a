import { StrikescanError } from '../../errors/strikescan-error.ts'
import type { BarCollector } from './bar-collector.ts'
import { looksLikeData, mapsByNumber, planColumns, type ColumnPlan } from './columns.ts'
import { DateColumn } from './date-column.ts'
import type { RejectReason } from './report.ts'
import { dayFromParts, parseNumber } from './values.ts'

const LF = 10
const CR = 13
const QUOTE = 34
const DOT = 46
const MAX_LINE_BYTES = 1 << 20
const MAX_QUOTED_RECORD_BYTES = 1 << 16
const POWERS_OF_TEN = Float64Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`))

const SKIP = 0
const SYMBOL = 1
const DATE = 2
const OPEN = 3

/**
 * Reads bars from the bytes of a CSV file as they come. Works on bytes without making strings for rows of the usual
 * form; quoted fields and unusual numbers or dates take a slower way with the same result.
 *
 * Understood: a header line; comma, semicolon, tab or bar as delimiter; LF, CRLF or CR; a byte-order mark; quoted fields
 * with doubled quotes and line ends in them (up to 64 KB a record); blank lines, which are no rows.
 */
export class CsvBars {
  readonly #file: string
  readonly #collector: BarCollector
  readonly #map: Record<string, string>
  readonly #dates: DateColumn
  #plan: ColumnPlan | null = null
  #roles = new Uint8Array(0)
  #delimiter = 44
  #lineEnd = LF
  #carry: Uint8Array = new Uint8Array(0)
  #line = 1
  #fileSymbolId = -1
  readonly #values = new Float64Array(5)

  constructor(file: string, collector: BarCollector, map: Record<string, string>, dates: DateColumn) {
    this.#file = file
    this.#collector = collector
    this.#map = map
    this.#dates = dates
  }

  /** Takes the next bytes of the file. */
  push(chunk: Uint8Array): void {
    let data: Uint8Array = chunk
    if (this.#carry.length > 0) {
      data = new Uint8Array(this.#carry.length + chunk.length)
      data.set(this.#carry)
      data.set(chunk, this.#carry.length)
    }
    if (this.#plan === null) this.#lineEnd = lineEndOf(data)
    const end = data.lastIndexOf(this.#lineEnd) + 1
    const consumed = end === 0 ? 0 : this.#parse(data, end, false)
    this.#carry = data.slice(consumed)
    if (this.#carry.length > MAX_LINE_BYTES) {
      throw new StrikescanError('import_not_bars', { file: this.#file, looksLike: 'something without lines', mend: 'give one bar per line' })
    }
  }

  /** Ends the file: what is left is its last line. */
  end(): void {
    if (this.#carry.length > 0) {
      const data = new Uint8Array(this.#carry.length + 1)
      data.set(this.#carry)
      data[this.#carry.length] = this.#lineEnd
      this.#parse(data, data.length, true)
    }
    if (this.#plan === null) throw new StrikescanError('import_file_empty', { file: this.#file })
  }

  /** Parses the lines in `data[0, end)`, which ends with a line end, and gives how many bytes it has used. */
  #parse(data: Uint8Array, end: number, last: boolean): number {
    let position = 0
    while (this.#plan === null) {
      if (position >= end) return position
      position = this.#header(data, position, end)
    }
    return this.#records(data, position, end, last)
  }

  /** Reads the first line that is not blank as the header and gives where the records begin. */
  #header(data: Uint8Array, start: number, end: number): number {
    if (this.#line === 1 && data[start] === 0xef && data[start + 1] === 0xbb && data[start + 2] === 0xbf) start += 3
    const lineEnd = data.indexOf(this.#lineEnd, start)
    const text = textOf(data, start, lineEnd)
    if (text.trim() === '') {
      this.#line++
      return lineEnd + 1
    }
    this.#delimiter = delimiterOf(text)
    const record = this.#quotedRecord(data, start, end)
    const { fields, next } = typeof record === 'string' ? { fields: [text], next: lineEnd + 1 } : record
    const isData = looksLikeData(fields)
    if (isData && !mapsByNumber(this.#map)) {
      throw new StrikescanError('import_no_header', { file: this.#file, line: text.trim().slice(0, 80) })
    }
    const plan = planColumns(this.#file, fields, this.#map, isData)
    this.#plan = plan
    this.#roles = new Uint8Array(plan.width)
    for (const [index, field] of (['symbol', 'date', 'open', 'high', 'low', 'close', 'volume'] as const).entries()) {
      if (plan.positions[field] >= 0) this.#roles[plan.positions[field]] = index + 1
    }
    this.#fileSymbolId = plan.fileSymbol === '' ? -1 : this.#collector.table.idOfText(plan.fileSymbol)
    if (isData) return start
    this.#line += lineEndsIn(data, start, next, this.#lineEnd)
    return next
  }

  #records(data: Uint8Array, from: number, end: number, last: boolean): number {
    const collector = this.#collector
    const table = collector.table
    const values = this.#values
    const roles = this.#roles
    const width = roles.length
    const delimiter = this.#delimiter
    const lineEnd = this.#lineEnd
    let position = from
    let line = this.#line
    let lastKey = -1
    let lastDay = 0

    while (position < end) {
      const start = position
      let column = 0
      let reason: RejectReason | '' = ''
      let symbolId = this.#fileSymbolId
      let day = 0
      let dateText: string | null = null
      let quoted = false
      for (;;) {
        let byte = data[position]!
        if (byte === QUOTE) {
          quoted = true
          break
        }
        const role = column < width ? roles[column]! : SKIP
        const field = position
        if (role >= OPEN) {
          let mantissa = 0
          let point = -1
          while (byte !== delimiter && byte !== lineEnd) {
            if (byte >= 48 && byte <= 57) mantissa = mantissa * 10 + (byte - 48)
            else if (byte === DOT && point < 0) point = position
            else break
            byte = data[++position]!
          }
          // Up to 15 digits are an exact integer and the division by a power of ten then rounds correctly.
          const digits = position - field - (point < 0 ? 0 : 1)
          if (digits > 0 && digits <= 15 && (byte === delimiter || byte === lineEnd || (byte === CR && data[position + 1] === lineEnd))) {
            values[role - OPEN] = point < 0 ? mantissa : mantissa / POWERS_OF_TEN[position - point - 1]!
          } else {
            position = field
            while (data[position] !== delimiter && data[position] !== lineEnd) position++
            const value = parseNumber(textOf(data, field, position))
            if (value === undefined) reason ||= 'unparsable_number'
            else values[role - OPEN] = value
          }
        } else if (role === SYMBOL) {
          let hash = 0x811c9dc5 | 0
          while (byte !== delimiter && byte !== lineEnd) {
            hash = Math.imul(hash ^ byte, 0x01000193)
            byte = data[++position]!
          }
          symbolId = table.idOfBytes(data, field, data[position - 1] === CR && byte === lineEnd ? position - 1 : position, hash)
        } else if (role === DATE) {
          while (byte !== delimiter && byte !== lineEnd) byte = data[++position]!
          const stop = byte === lineEnd && data[position - 1] === CR ? position - 1 : position
          const key = stop - field === 10 && data[field + 4] === 45 && data[field + 7] === 45 ? isoKey(data, field) : -1
          if (key < 0) dateText = textOf(data, field, stop)
          else if (key === lastKey) day = lastDay
          else {
            day = dayFromParts(Math.floor(key / 10_000), Math.floor(key / 100) % 100, key % 100)
            lastKey = key
            lastDay = day
          }
        }
        // To the end of the field: nothing is left of it except after a number followed by CR.
        while (data[position] !== delimiter && data[position] !== lineEnd) position++
        column++
        if (data[position++] === lineEnd) break
      }
      if (quoted) {
        const record = this.#quotedRecord(data, start, end)
        if (record === 'unfinished' && !last && end - start <= MAX_QUOTED_RECORD_BYTES) {
          this.#line = line
          return start
        }
        this.#line = line
        if (record === 'unfinished' || record === 'broken') {
          position = data.indexOf(lineEnd, start) + 1
          collector.reject(line, 'unclosed_quote', textOf(data, start, position).trim())
          line++
        } else {
          position = record.next
          this.#acceptTexts(record.fields, line, textOf(data, start, record.next).trim())
          line += lineEndsIn(data, start, record.next, lineEnd)
        }
        continue
      }
      if (column !== width) {
        // A blank line is no row, whatever its spaces.
        if (column > 1 || textOf(data, start, position).trim() !== '') {
          collector.reject(line, 'wrong_field_count', textOf(data, start, position).trim())
        }
      } else {
        if (dateText !== null) day = this.#dates.read(dateText, symbolId, line)
        if (symbolId < 0) reason = 'invalid_symbol'
        else if (Number.isNaN(day)) reason = 'unparsable_date'
        if (reason === '') reason = collector.add(symbolId, day, values[0]!, values[1]!, values[2]!, values[3]!, values[4]!)
        if (reason !== '') collector.reject(line, reason, textOf(data, start, position).trim())
      }
      line++
    }
    this.#line = line
    return position
  }

  /**
   * The fields of a record that may have quotes and line ends in them; `unfinished` where no closing quote is in reach,
   * `broken` where something follows a closing quote, as it does when a quote was never closed on an earlier line.
   */
  #quotedRecord(data: Uint8Array, start: number, end: number): { fields: string[]; next: number } | 'unfinished' | 'broken' {
    const fields: string[] = []
    const limit = Math.min(end, start + MAX_QUOTED_RECORD_BYTES)
    let position = start
    while (position < limit) {
      let text = ''
      if (data[position] === QUOTE) {
        position++
        for (;;) {
          const close = data.indexOf(QUOTE, position)
          if (close < 0 || close >= limit) return 'unfinished'
          text += textOf(data, position, close)
          position = close + 1
          if (data[position] !== QUOTE) break
          text += '"'
          position++
        }
        const tail = position
        position = this.#fieldEnd(data, position)
        if (textOf(data, tail, position).trim() !== '') return 'broken'
      } else {
        const field = position
        position = this.#fieldEnd(data, position)
        text = textOf(data, field, position)
      }
      const atLineEnd = data[position] === this.#lineEnd
      fields.push(atLineEnd && text.endsWith('\r') ? text.slice(0, -1) : text)
      position++
      if (atLineEnd) return { fields, next: position }
    }
    return 'unfinished'
  }

  #fieldEnd(data: Uint8Array, position: number): number {
    while (data[position] !== this.#delimiter && data[position] !== this.#lineEnd) position++
    return position
  }

  #acceptTexts(fields: readonly string[], line: number, text: string): void {
    const { positions, width } = this.#plan!
    const reject = (reason: RejectReason) => this.#collector.reject(line, reason, text)
    if (fields.length !== width) return reject('wrong_field_count')
    const symbolId = positions.symbol < 0 ? this.#fileSymbolId : this.#collector.table.idOfText(fields[positions.symbol]!)
    if (symbolId < 0) return reject('invalid_symbol')
    const day = this.#dates.read(fields[positions.date]!, symbolId, line)
    if (Number.isNaN(day)) return reject('unparsable_date')
    const numbers = (['open', 'high', 'low', 'close', 'volume'] as const).map((field) => parseNumber(fields[positions[field]]!))
    if (numbers.includes(undefined)) return reject('unparsable_number')
    const [open, high, low, close, volume] = numbers as [number, number, number, number, number]
    const reason = this.#collector.add(symbolId, day, open, high, low, close, volume)
    if (reason !== '') reject(reason)
  }
}

function isoKey(data: Uint8Array, at: number): number {
  let key = 0
  for (let offset = 0; offset < 10; offset++) {
    if (offset === 4 || offset === 7) continue
    const digit = data[at + offset]! - 48
    if (digit < 0 || digit > 9) return -1
    key = key * 10 + digit
  }
  return key
}

/** CR only where no LF is in sight and the CR cannot be the first half of a CRLF. */
function lineEndOf(data: Uint8Array): number {
  const carriageReturn = data.indexOf(CR)
  return data.includes(LF) || carriageReturn < 0 || carriageReturn === data.length - 1 ? LF : CR
}

function delimiterOf(header: string): number {
  const unquoted = header.replace(/"[^"]*"/g, '')
  const counts = [',', ';', '\t', '|'].map((delimiter) => ({ delimiter, count: unquoted.split(delimiter).length - 1 }))
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter.charCodeAt(0)
}

function lineEndsIn(data: Uint8Array, start: number, end: number, lineEnd: number): number {
  let count = 0
  for (let position = start; position < end; position++) if (data[position] === lineEnd) count++
  return count
}

function textOf(data: Uint8Array, start: number, end: number): string {
  return Buffer.from(data.buffer, data.byteOffset + start, end - start).toString('utf8')
}

