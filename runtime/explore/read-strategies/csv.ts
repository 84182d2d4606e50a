import { StrikescanError } from '../../errors/strikescan-error.ts'
import type { ColumnPlan } from './columns.ts'
import type { StrategyRows } from './strategy-rows.ts'

const MAX_QUOTED_RECORD = 1 << 18
const DELIMITERS = [',', ';', '\t', '|'] as const

/**
 * Makes strategy rows of CSV text as it comes, one of every record behind the header.
 *
 * Understood: comma, semicolon, tab or bar as delimiter; quoted cells with doubled quotes and line ends in them (up to 256 K
 * characters a record); CRLF; blank lines, which are no rows; a first line `sep=;` as spreadsheets write it.
 */
export class CsvStrategies {
  readonly #file: string
  readonly #rows: StrategyRows
  #plan: ColumnPlan | null = null
  #delimiter = ''
  #carry = ''
  #line = 1

  constructor(file: string, rows: StrategyRows) {
    this.#file = file
    this.#rows = rows
  }

  /** Takes text that ends where a line ends; `last` where nothing follows. */
  push(text: string, last: boolean): void {
    const whole = this.#carry + text
    this.#carry = ''
    let position = 0
    while (position < whole.length) {
      const next = this.#record(whole, position, last)
      if (next === position) {
        this.#carry = whole.slice(position)
        break
      }
      position = next
    }
    if (last && this.#plan === null) throw new StrikescanError('strategies_file_empty', { file: this.#file })
  }

  /** Takes the record at `start` and gives where the next one begins: `start` again where its end may be in text yet to come. */
  #record(text: string, start: number, last: boolean): number {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const line = text.slice(start, text.charCodeAt(end - 1) === 13 && end > start ? end - 1 : end)
    if (this.#delimiter === '' && !this.#choosesDelimiter(line)) return this.#passed(end)
    if (!line.includes('"')) {
      // A line of nothing but blanks is no row; one of empty cells is.
      if (line.charCodeAt(0) > 32 || (line.trim() !== '' || line.includes(this.#delimiter))) this.#take(line.split(this.#delimiter), null)
      return this.#passed(end)
    }
    const record = quotedRecord(text, start, this.#delimiter)
    if (record === 'unfinished' && !last && text.length - start <= MAX_QUOTED_RECORD) return start
    if (typeof record === 'string') {
      this.#take(line.split(this.#delimiter), `Line ${this.#line} of the file has a quote that is not closed, or text behind one that is.`)
      return this.#passed(end)
    }
    this.#take(record.cells, null)
    this.#line += record.lines
    return record.next
  }

  #passed(end: number): number {
    this.#line++
    return end + 1
  }

  /** Learns the delimiter from the first line that is not blank; false where the line holds nothing else. */
  #choosesDelimiter(line: string): boolean {
    const stated = /^"?sep=(.)"?$/i.exec(line.trim())
    if (stated) {
      this.#setDelimiter(stated[1]!)
      return false
    }
    if (line.trim() === '') return false
    const unquoted = line.replace(/"[^"]*"/g, '')
    const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: unquoted.split(delimiter).length - 1 }))
    this.#setDelimiter(counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter)
    return true
  }

  #setDelimiter(delimiter: string): void {
    this.#delimiter = delimiter
    if (delimiter === ';') this.#rows.allowDecimalComma()
  }

  #take(cells: readonly string[], problem: string | null): void {
    if (this.#plan !== null) {
      this.#rows.add(cells, this.#plan, problem)
      return
    }
    this.#plan = this.#rows.plan(cells)
    this.#rows.requireColumns()
  }
}

interface QuotedRecord {
  cells: string[]
  /** Where the next record begins, and how many line ends this one has. */
  next: number
  lines: number
}

/** The cells of a record with quotes; `unfinished` where no closing quote is in reach, `broken` where text stands behind one. */
function quotedRecord(text: string, start: number, delimiter: string): QuotedRecord | 'unfinished' | 'broken' {
  const cells: string[] = []
  let position = start
  let lines = 0
  for (;;) {
    const opening = openingQuote(text, position, delimiter)
    let cell = ''
    if (opening >= 0) {
      position = opening + 1
      for (;;) {
        const close = text.indexOf('"', position)
        if (close < 0 || close - start > MAX_QUOTED_RECORD) return 'unfinished'
        cell += text.slice(position, close)
        position = close + 1
        if (text[position] !== '"') break
        cell += '"'
        position++
      }
      lines += lineEndsIn(cell)
      const end = cellEnd(text, position, delimiter)
      if (text.slice(position, end).trim() !== '') return 'broken'
      position = end
    } else {
      const end = cellEnd(text, position, delimiter)
      cell = text.slice(position, end)
      position = end
    }
    const isLast = position >= text.length || text[position] === '\n'
    if (isLast && opening < 0 && cell.endsWith('\r')) cell = cell.slice(0, -1)
    cells.push(cell)
    position++
    if (isLast) return { cells, next: position, lines: lines + 1 }
  }
}

/** Where the quote stands that opens the cell at `position`, blanks before it passed over; -1 where the cell has none. */
function openingQuote(text: string, position: number, delimiter: string): number {
  let at = position
  while (text[at] === ' ' && delimiter !== ' ') at++
  return text[at] === '"' ? at : -1
}

function cellEnd(text: string, position: number, delimiter: string): number {
  let end = position
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++
  return end
}

function lineEndsIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
