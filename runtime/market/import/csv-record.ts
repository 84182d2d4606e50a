import type { ColumnPlan } from './columns.ts'
import { DECIMAL_POINT } from './number-form.ts'
import type { SymbolTable } from './symbol-table.ts'
import { dayFromParts } from './values.ts'

const CR = 13
export const QUOTE = 34
const HYPHEN = 45
const ZERO = 48
const NINE = 57
const POWERS_OF_TEN = Float64Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`))

const SKIP = 0
const SYMBOL = 1
const DATE = 2
const OPEN = 3
/** Place of the volume among a record's values. */
const VOLUME = 4

/**
 * Reads records without quotes from bytes, one after the other: what was read stands in its fields until the next one.
 * Fields of the usual form never become strings: decimal numbers, ISO dates, symbols met before.
 */
export class PlainRecord {
  readonly #table: SymbolTable
  readonly #roles: Uint8Array
  readonly #fileSymbolId: number
  readonly #delimiter: number
  readonly #lineEnd: number
  /** How numbers are written, from the next record on. */
  numbers = DECIMAL_POINT
  #lastKey = -1
  #lastDay = 0

  /** Fields of the record, whatever their columns. */
  fieldCount = 0
  /** Number of the symbol in the table, -1 where the text is no symbol. */
  symbolId = -1
  /** Days since 1970-01-01 or NaN; means nothing where `dateText` is set. */
  day = 0
  /** The date where it is not of the form 2015-12-31, to be read the slower way. */
  dateText: string | null = null
  /** Open, high, low, close and volume; means nothing where `hasBadNumber`. */
  readonly values = new Float64Array(5)
  hasBadNumber = false

  /** @param fileSymbolId the symbol of a file without a symbol column, else -1 */
  constructor(table: SymbolTable, plan: ColumnPlan, fileSymbolId: number, delimiter: number, lineEnd: number) {
    this.#table = table
    this.#fileSymbolId = fileSymbolId
    this.#delimiter = delimiter
    this.#lineEnd = lineEnd
    this.#roles = new Uint8Array(plan.header.length)
    for (const [index, field] of (['symbol', 'date', 'open', 'high', 'low', 'close', 'volume'] as const).entries()) {
      if (plan.positions[field] >= 0) this.#roles[plan.positions[field]] = index + 1
    }
  }

  /** Reads the record that begins at `start` and gives where the next one begins; -1 where a field begins with a quote. */
  read(data: Uint8Array, start: number): number {
    const roles = this.#roles
    const width = roles.length
    const delimiter = this.#delimiter
    const lineEnd = this.#lineEnd
    const values = this.values
    const mark = this.numbers.mark
    this.symbolId = this.#fileSymbolId
    this.day = 0
    this.dateText = null
    this.hasBadNumber = false
    let position = start
    let column = 0
    do {
      let byte = data[position]!
      if (byte === QUOTE) return -1
      const role = column < width ? roles[column]! : SKIP
      if (role >= OPEN) {
        // Numbers, five in a record, are read right here: a call for each costs a tenth of the time.
        const field = position
        let mantissa = 0
        let point = -1
        while (byte !== delimiter && byte !== lineEnd) {
          if (byte >= ZERO && byte <= NINE) mantissa = mantissa * 10 + (byte - ZERO)
          else if (byte === mark && point < 0) point = position
          else break
          byte = data[++position]!
        }
        // Up to 15 digits are an exact integer and the division by a power of ten then rounds correctly.
        const digits = position - field - (point < 0 ? 0 : 1)
        if (digits > 0 && digits <= 15 && (byte === delimiter || byte === lineEnd || (byte === CR && data[position + 1] === lineEnd))) {
          values[role - OPEN] = point < 0 ? mantissa : mantissa / POWERS_OF_TEN[position - point - 1]!
        } else position = this.#readUnusualNumber(data, field, role - OPEN)
      } else if (role === SYMBOL) position = this.#readSymbol(data, position)
      else if (role === DATE) position = this.#readDate(data, position)
      // To the end of the field: nothing is left of it except after a number followed by CR.
      while (data[position] !== delimiter && data[position] !== lineEnd) position++
      column++
    } while (data[position++] !== lineEnd)
    this.fieldCount = column
    return position
  }

  #readUnusualNumber(data: Uint8Array, field: number, index: number): number {
    const stop = this.#fieldEnd(data, field)
    const value = (index === VOLUME ? this.numbers.volume : this.numbers.price)(textOf(data, field, stop))
    if (value === undefined) this.hasBadNumber = true
    else this.values[index] = value
    return stop
  }

  #readSymbol(data: Uint8Array, field: number): number {
    const delimiter = this.#delimiter
    const lineEnd = this.#lineEnd
    let position = field
    let byte = data[position]!
    // FNV-1a over the bytes, on the way to the field's end.
    let hash = 0x811c9dc5 | 0
    while (byte !== delimiter && byte !== lineEnd) {
      hash = Math.imul(hash ^ byte, 0x01000193)
      byte = data[++position]!
    }
    this.symbolId = this.#table.idOfBytes(data, field, this.#textEnd(data, position), hash)
    return position
  }

  #readDate(data: Uint8Array, field: number): number {
    const position = this.#fieldEnd(data, field)
    const stop = this.#textEnd(data, position)
    const key = stop - field === 10 && data[field + 4] === HYPHEN && data[field + 7] === HYPHEN ? isoKey(data, field) : -1
    if (key < 0) this.dateText = textOf(data, field, stop)
    else {
      // Rows of a day mostly follow each other.
      if (key !== this.#lastKey) {
        this.#lastDay = dayFromParts(Math.floor(key / 10_000), Math.floor(key / 100) % 100, key % 100)
        this.#lastKey = key
      }
      this.day = this.#lastDay
    }
    return position
  }

  #fieldEnd(data: Uint8Array, field: number): number {
    const delimiter = this.#delimiter
    const lineEnd = this.#lineEnd
    let position = field
    while (data[position] !== delimiter && data[position] !== lineEnd) position++
    return position
  }

  /** Where the text of a field ends: before the CR of a CRLF. */
  #textEnd(data: Uint8Array, fieldEnd: number): number {
    return data[fieldEnd] === this.#lineEnd && data[fieldEnd - 1] === CR ? fieldEnd - 1 : fieldEnd
  }
}

/** The digits of `2015-12-31` as the number 20151231; -1 where one is none. */
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

/** Bytes that are no UTF-8 as text, by the table of Western Europe's Windows. */
export function windowsTextOf(data: Uint8Array, start: number, end: number): string {
  return new TextDecoder('windows-1252').decode(data.subarray(start, end))
}

/** UTF-8 bytes as text. */
export function textOf(data: Uint8Array, start: number, end: number): string {
  return Buffer.from(data.buffer, data.byteOffset + start, end - start).toString('utf8')
}
