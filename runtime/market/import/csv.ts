import { isUtf8 } from 'node:buffer'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import type { BarCollector } from './bar-collector.ts'
import { looksLikeData, mapsByNumber, planColumns, type BarField, type ColumnPlan } from './columns.ts'
import { culpritOfBar, PRICES } from './culprit.ts'
import { PlainRecord, QUOTE, textOf, windowsTextOf } from './csv-record.ts'
import type { DateColumn } from './date-column.ts'
import { isLineEnd, lineEndOf } from './line-end.ts'
import { DECIMAL_COMMA, DECIMAL_POINT, numberFormOf, type NumberForm } from './number-form.ts'
import type { RejectReason } from './report.ts'
import { priceParser } from './values.ts'

const COMMA = 44
const SEMICOLON = 59
const MAX_LINE_BYTES = 1 << 20
const MAX_QUOTED_RECORD_BYTES = 1 << 16

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
  #record: PlainRecord | null = null
  #delimiter = COMMA
  #lineEnd: number | null = null
  /** What is left of the bytes so far, then those that come: one buffer for all of them, since a new one for each would wait for the garbage collector. */
  #bytes = new Uint8Array(0)
  #carried = 0
  #line = 1
  #fileSymbolId = -1
  /** Of a file divided by semicolons: null until a row shows whether its decimals stand after a comma. */
  #numbers: NumberForm | null = DECIMAL_POINT
  /** Where the header is no UTF-8. */
  #foreignHeaderLine: number | null = null

  constructor(file: string, collector: BarCollector, map: Record<string, string>, dates: DateColumn) {
    this.#file = file
    this.#collector = collector
    this.#map = map
    this.#dates = dates
  }

  /** Takes the next bytes of the file. */
  push(chunk: Uint8Array): void {
    const length = this.#carried + chunk.length
    this.#makeRoom(length)
    this.#bytes.set(chunk, this.#carried)
    const data = this.#bytes.subarray(0, length)
    this.#lineEnd ??= lineEndOf(data, false)
    const end = this.#lineEnd === null ? 0 : data.lastIndexOf(this.#lineEnd) + 1
    const consumed = end === 0 ? 0 : this.#parse(data, end, false)
    this.#bytes.copyWithin(0, consumed, length)
    this.#carried = length - consumed
    if (this.#lineEnd !== null && this.#carried > MAX_LINE_BYTES) {
      throw new StrikescanError('import_not_bars', { file: this.#file, looksLike: 'something without lines', mend: 'give one bar per line' })
    }
  }

  /** Ends the file: what is left is its last line. @returns whether that line had an end of its own */
  end(): 'closed' | 'open' {
    const isOpen = this.#carried > 0 && !isLineEnd(this.#bytes[this.#carried - 1]!)
    if (this.#carried > 0) {
      this.#lineEnd ??= lineEndOf(this.#bytes.subarray(0, this.#carried), true)!
      this.#makeRoom(this.#carried + 1)
      this.#bytes[this.#carried++] = this.#lineEnd
      this.#parse(this.#bytes.subarray(0, this.#carried), this.#carried, true)
    }
    if (this.#plan === null) throw new StrikescanError('import_file_empty', { file: this.#file })
    return isOpen ? 'open' : 'closed'
  }

  /** What was assumed in reading the file: a sentence each. */
  readings(): string[] {
    const place = `Line ${this.#foreignHeaderLine} of ${this.#file}, its header,`
    const header = `${place} is not UTF-8 and was read as Windows-1252; iconv -f WINDOWS-1252 -t UTF-8 converts the file.`
    const commas = `Numbers in ${this.#file} were read with decimal commas, points grouping thousands.`
    return [...(this.#foreignHeaderLine === null ? [] : [header]), ...(this.#numbers === DECIMAL_COMMA ? [commas] : [])]
  }

  #makeRoom(length: number): void {
    if (length <= this.#bytes.length) return
    const larger = new Uint8Array(2 * length)
    larger.set(this.#bytes.subarray(0, this.#carried))
    this.#bytes = larger
  }

  /** Parses the lines in `data[0, end)`, which ends with a line end, and gives how many bytes it has used. */
  #parse(data: Uint8Array, end: number, last: boolean): number {
    let position = 0
    while (this.#plan === null) {
      if (position >= end) return position
      const next = this.#header(data, position, end, last)
      if (next === position && this.#plan === null) return position
      position = next
    }
    return this.#records(data, position, end, last)
  }

  /** Reads the first line that is not blank as the header and gives where the records begin: `start` again where its end may be among bytes yet to come. */
  #header(data: Uint8Array, begin: number, end: number, last: boolean): number {
    let start = begin
    if (this.#line === 1 && data[start] === 0xef && data[start + 1] === 0xbb && data[start + 2] === 0xbf) start += 3
    const lineEnd = data.indexOf(this.#lineEnd!, start)
    const isForeign = !isUtf8(data.subarray(start, lineEnd))
    const decode = isForeign ? windowsTextOf : textOf
    const text = decode(data, start, lineEnd)
    if (text.trim() === '') {
      this.#line++
      return lineEnd + 1
    }
    this.#delimiter = delimiterOf(text)
    const record = text.includes('"') ? this.#quotedRecord(data, start, end, decode) : 'plain'
    if (record === 'unfinished' && !last && end - start <= MAX_QUOTED_RECORD_BYTES) return begin
    const plain = () => text.replace(/\r$/, '').split(String.fromCharCode(this.#delimiter))
    const { fields, next } = typeof record === 'string' ? { fields: plain(), next: lineEnd + 1 } : record
    const isData = looksLikeData(fields)
    if (isData && !mapsByNumber(this.#map)) {
      throw new StrikescanError('import_no_header', { file: this.#file, line: text.trim().slice(0, 80) })
    }
    const plan = planColumns(this.#file, fields, this.#map, isData)
    this.#plan = plan
    if (isForeign && !isData) this.#foreignHeaderLine = this.#line
    if (this.#delimiter === SEMICOLON) this.#numbers = null
    this.#fileSymbolId = plan.fileSymbol === '' ? -1 : this.#collector.table.idOfText(plan.fileSymbol)
    this.#record = new PlainRecord(this.#collector.table, plan, this.#fileSymbolId, this.#delimiter, this.#lineEnd!)
    if (isData) return start
    this.#line += lineEndsIn(data, start, next, this.#lineEnd!)
    return next
  }

  #records(data: Uint8Array, from: number, end: number, last: boolean): number {
    const record = this.#record!
    let position = from
    while (position < end) {
      const start = position
      position = record.read(data, start)
      if (position >= 0) this.#takePlain(record, data, start, position)
      else {
        position = this.#takeQuoted(data, start, end, last)
        if (position === start) break
      }
    }
    return position
  }

  /** Hands a record without quotes, `data[start, next)`, to the collector. */
  #takePlain(record: PlainRecord, data: Uint8Array, start: number, next: number): void {
    const line = this.#line++
    // The commonest of blank lines: files have gigabytes of them at worst.
    if (next - start === 1) return
    const plan = this.#plan!
    if (record.fieldCount !== plan.header.length) {
      // A blank line is no row, whatever its spaces.
      const text = textOf(data, start, next).trim()
      if (record.fieldCount > 1 || text !== '') this.#collector.reject(line, 'wrong_field_count', text)
      return
    }
    if (this.#numbers === null && this.#learnNumbers(textOf(data, start, next).trim().split(';'))) record.read(data, start)
    const { symbolId, values } = record
    const day = record.dateText === null ? record.day : this.#dates.read(record.dateText, symbolId, line)
    let reason: RejectReason | '' = record.hasBadNumber ? 'unparsable_number' : ''
    if (symbolId < 0) reason = 'invalid_symbol'
    else if (Number.isNaN(day)) reason = 'unparsable_date'
    if (reason === '') reason = this.#collector.add(symbolId, day, values[0]!, values[1]!, values[2]!, values[3]!, values[4]!)
    if (reason !== '') this.#reject(line, reason, textOf(data, start, next).trim(), (text) => text.split(String.fromCharCode(this.#delimiter)))
  }

  /** Takes the form of the file's numbers from a row, if its prices show one. @returns whether the row is to be read anew by it */
  #learnNumbers(fields: readonly string[]): boolean {
    this.#numbers = numberFormOf(PRICES.map((field) => fields[this.#plan!.positions[field]] ?? ''))
    if (this.#numbers !== DECIMAL_COMMA) return false
    this.#record!.numbers = DECIMAL_COMMA
    return true
  }

  #reject(line: number, reason: RejectReason, text: string, fieldsOf: (text: string) => readonly string[], numbers = this.#numbers ?? DECIMAL_POINT): void {
    const plan = this.#plan!
    this.#collector.reject(line, reason, text, () => {
      const fields = fieldsOf(text)
      return culpritOfBar(plan, reason, (field: BarField) => (plan.positions[field] < 0 ? plan.fileSymbol : (fields[plan.positions[field]] ?? '')), numbers)
    })
  }

  /** Takes a record with quotes and gives where the next one begins: `start` again where its end may be among bytes yet to come. */
  #takeQuoted(data: Uint8Array, start: number, end: number, last: boolean): number {
    const record = this.#quotedRecord(data, start, end)
    if (record === 'unfinished' && !last && end - start <= MAX_QUOTED_RECORD_BYTES) return start
    const line = this.#line
    if (record === 'unfinished' || record === 'broken') {
      const next = data.indexOf(this.#lineEnd!, start) + 1
      this.#collector.reject(line, 'unclosed_quote', textOf(data, start, next).trim())
      this.#line++
      return next
    }
    this.#acceptTexts(record.fields, line, textOf(data, start, record.next).trim())
    this.#line += lineEndsIn(data, start, record.next, this.#lineEnd!)
    return record.next
  }

  /**
   * The fields of a record that may have quotes and line ends in them; `unfinished` where no closing quote is in reach,
   * `broken` where something follows a closing quote, as it does when a quote was never closed on an earlier line.
   */
  #quotedRecord(data: Uint8Array, start: number, end: number, decode = textOf): { fields: string[]; next: number } | 'unfinished' | 'broken' {
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
          text += decode(data, position, close)
          position = close + 1
          if (data[position] !== QUOTE) break
          text += '"'
          position++
        }
        const tail = position
        position = this.#fieldEnd(data, position)
        if (decode(data, tail, position).trim() !== '') return 'broken'
      } else {
        const field = position
        position = this.#fieldEnd(data, position)
        text = decode(data, field, position)
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
    const { positions, header } = this.#plan!
    const prices = PRICES.map((field) => fields[positions[field]] ?? '')
    if (this.#numbers === null && fields.length === header.length) this.#learnNumbers(fields)
    // Where semicolons divide, commas are rather decimal ones.
    const numberForm = this.#delimiter === COMMA ? { ...DECIMAL_POINT, price: priceParser(prices) } : (this.#numbers ?? DECIMAL_POINT)
    const reject = (reason: RejectReason) => this.#reject(line, reason, text, () => fields, numberForm)
    if (fields.length !== header.length) return reject('wrong_field_count')
    const symbolId = positions.symbol < 0 ? this.#fileSymbolId : this.#collector.table.idOfText(fields[positions.symbol]!)
    if (symbolId < 0) return reject('invalid_symbol')
    const day = this.#dates.read(fields[positions.date]!, symbolId, line)
    if (Number.isNaN(day)) return reject('unparsable_date')
    const numbers = [...prices.map(numberForm.price), numberForm.volume(fields[positions.volume]!)]
    if (numbers.includes(undefined)) return reject('unparsable_number')
    const [open, high, low, close, volume] = numbers as [number, number, number, number, number]
    const reason = this.#collector.add(symbolId, day, open, high, low, close, volume)
    if (reason !== '') reject(reason)
  }
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
