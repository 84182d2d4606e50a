import { Layouts } from '../../market/import/layouts.ts'
import type { StrategyRow } from '../row.ts'
import { quoted, readAmount, readBias, readDays, readHorizon, readPrice, readTicker } from './cells.ts'
import { checkColumnCount, planColumns, requireColumns, type ColumnPlan, type StrategyField } from './columns.ts'

const MAX_NOTES = 50

/** Fields that only inform the preflight: a row whose cell cannot be read does without. */
type Hint = 'marketCap' | 'optionVolume'

/** Makes strategy rows of the records of one file, one of each, and keeps account of what was odd. */
export class StrategyRows {
  readonly #file: string
  readonly #layouts = new Layouts<ColumnPlan>()
  readonly #columns = new Set<string>()
  readonly #notes = new Set<string>()
  readonly #unreadHints = new Map<Hint, { rows: number; first: string }>()
  readonly #seen = new Set<StrategyField>()
  readonly #headers = new Set<string>()
  #decimalComma = false
  #pending: StrategyRow[] = []

  /** Rows made so far, and those of them with problems. */
  rows = 0
  rowsWithProblems = 0

  constructor(file: string) {
    this.#file = file
  }

  /** Says that numbers may be written with a decimal comma. */
  allowDecimalComma(): void {
    this.#decimalComma = true
  }

  /** Columns of the rows so far, in the order they were met. */
  get columns(): string[] {
    return [...this.#columns]
  }

  get notes(): string[] {
    const hints = [...this.#unreadHints].map(([field, { rows, first }]) => `${field} could not be read in ${rows === 1 ? '1 row' : `${rows} rows`} (the first says ${quoted(first)}) and counts as not given there.`)
    return [...this.#notes, ...hints]
  }

  note(text: string): void {
    if (this.#notes.size < MAX_NOTES) this.#notes.add(text)
  }

  /** The plan of records with these columns. @throws strategies_too_many_columns */
  plan(header: readonly string[]): ColumnPlan {
    return this.#layouts.of(header, () => this.#planOf(header))
  }

  #planOf(header: readonly string[]): ColumnPlan {
    const plan = planColumns(this.#file, header)
    for (const note of plan.notes) this.note(note)
    for (const { name } of plan.kept) this.#columns.add(name)
    for (const name of header) this.#headers.add(name)
    for (const [field, position] of Object.entries(plan.positions)) if (position >= 0) this.#seen.add(field as StrategyField)
    // Objects bring columns of their own.
    checkColumnCount(this.#file, this.#columns.size)
    return plan
  }

  /** @throws strategies_columns_missing where nothing so far has a ticker, or nothing a strategy */
  requireColumns(): void {
    requireColumns(this.#file, [...this.#headers], (field) => this.#seen.has(field))
  }

  /** Adds the row of a record; `problem` is what is wrong with the record as a whole. */
  add(cells: readonly string[], plan: ColumnPlan, problem: string | null = null): void {
    const problems: string[] = problem === null ? [] : [problem]
    if (cells.length !== plan.width) checkWidth(cells, plan.width, problems)
    const { positions } = plan
    const cell = (position: number): string => (position < 0 ? '' : (cells[position] ?? ''))
    const columns: Record<string, string> = {}
    for (const { position, name } of plan.kept) columns[name] = cells[position] ?? ''
    const comma = this.#decimalComma
    const strategy = cell(positions.strategy)
    const ticker = readTicker(cell(positions.ticker), problems)
    if (strategy.trim() === '') problems.push('The strategy is empty.')
    const close = readPrice(cell(positions.close), comma, problems)
    const tradeBias = readBias(cell(positions.tradeBias), problems)
    const horizon = readHorizon(cell(positions.horizon), problems)
    const dteMin = readDays('dteMin', cell(positions.dteMin), comma, problems)
    const dteMax = readDays('dteMax', cell(positions.dteMax), comma, problems)
    if (dteMin !== null && dteMax !== null && dteMin > dteMax) problems.push(`dteMin ${dteMin} is above dteMax ${dteMax}.`)
    this.#push({
      ticker, date: null, close, strategy, tradeBias, horizon, dteMin, dteMax,
      marketCap: this.#hint('marketCap', cell(positions.marketCap)),
      optionVolume: this.#hint('optionVolume', cell(positions.optionVolume)),
      columns, problems,
    })
  }

  /** Adds the row of something that is no record at all. */
  addUnreadable(problem: string): void {
    this.#push({
      ticker: '', date: null, close: null, strategy: '', tradeBias: null, horizon: null, dteMin: null, dteMax: null, marketCap: null, optionVolume: null,
      columns: {}, problems: [problem],
    })
  }

  /** The rows added since the last time. */
  take(): StrategyRow[] {
    const taken = this.#pending
    this.#pending = []
    return taken
  }

  #push(row: StrategyRow): void {
    this.rows++
    if (row.problems.length > 0) this.rowsWithProblems++
    this.#pending.push(row)
  }

  #hint(field: Hint, text: string): number | null {
    const amount = readAmount(text, this.#decimalComma)
    if (amount !== undefined) return amount
    const unread = this.#unreadHints.get(field)
    if (unread === undefined) this.#unreadHints.set(field, { rows: 1, first: text })
    else unread.rows++
    return null
  }
}

/** Trailing empty cells are no fault: many programs write them. */
function checkWidth(cells: readonly string[], width: number, problems: string[]): void {
  const extra = cells.slice(width).filter((text) => text.trim() !== '')
  if (cells.length < width) problems.push(`The row has ${cells.length} of ${width} cells.`)
  else if (extra.length > 0) problems.push(`The row has ${cells.length} cells for ${width} columns; beyond the last column stands ${quoted(extra.join(', '))}. A cell that holds the delimiter needs quotes.`)
}
