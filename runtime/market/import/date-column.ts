import { StrikescanError } from '../../errors/strikescan-error.ts'
import { isoFromDay } from '../days.ts'
import { FIRST_VALID_DAY, LAST_VALID_DAY } from '../sessions.ts'
import { parseDate, type DateOrder, type ParsedDate } from './values.ts'

const MEMO_ENTRIES = 20_000
const DAY_MS = 86_400_000
const MARKS: Record<DateOrder, string> = { 'month/day/year': 'slashes', 'day.month.year': 'points' }

/**
 * Reads the dates of one file that are not plain ISO dates, and watches over the column as a whole: dates in another order
 * than they are read in and intraday bars, which row by row would pass for daily bars, stop the import.
 */
export class DateColumn {
  readonly #file: string
  readonly #nameOf: (symbolId: number) => string
  readonly #memo = new Map<string, ParsedDate>()
  /** The last date and time of day met per symbol. */
  readonly #lastOf = new Map<number, { day: number; time: string }>()
  readonly #orders = new Set<DateOrder>()

  constructor(file: string, nameOf: (symbolId: number) => string) {
    this.#file = file
    this.#nameOf = nameOf
  }

  /** In which order day and month were read where dates do not tell it themselves: a sentence each. */
  readings(): string[] {
    return [...this.#orders].map((order) => `Dates with ${MARKS[order]} in ${this.#file} were read as ${order}.`)
  }

  /** Days since 1970-01-01, or NaN where the text is no date. Throws `import_day_month_order` or `import_intraday`. */
  read(text: string, symbolId: number, line: number): number {
    let date = this.#memo.get(text)
    if (date === undefined) {
      date = parseDate(text)
      if (this.#memo.size >= MEMO_ENTRIES) this.#memo.clear()
      this.#memo.set(text, date)
    }
    const { order } = date
    if (order !== undefined) {
      if (date.contradictsOrder) throw new StrikescanError('import_day_month_order', { file: this.#file, date: text.trim(), line, mark: MARKS[order], order })
      if (!Number.isNaN(date.day)) this.#orders.add(order)
    }
    if (date.time !== '') this.#watch(date.day, date.time, symbolId)
    return date.day
  }

  /** The UTC date of an instant in milliseconds since 1970. */
  readInstant(milliseconds: number, symbolId: number): number {
    const day = Math.floor(milliseconds / DAY_MS)
    if (!(day >= FIRST_VALID_DAY && day <= LAST_VALID_DAY)) return Number.NaN
    if (milliseconds !== day * DAY_MS) this.#watch(day, String(milliseconds - day * DAY_MS), symbolId)
    return day
  }

  #watch(day: number, time: string, symbolId: number): void {
    const previous = this.#lastOf.get(symbolId)
    if (previous === undefined) this.#lastOf.set(symbolId, { day, time })
    else {
      if (symbolId >= 0 && previous.day === day && previous.time !== time) {
        throw new StrikescanError('import_intraday', { file: this.#file, symbol: this.#nameOf(symbolId), date: isoFromDay(day) })
      }
      previous.day = day
      previous.time = time
    }
  }
}
