import { StrikescanError } from '../../errors/strikescan-error.ts'
import type { BarCollector } from './bar-collector.ts'
import { culpritOfBar } from './culprit.ts'
import { planColumns, type BarField, type ColumnPlan } from './columns.ts'
import type { DateColumn } from './date-column.ts'
import { Layouts } from './layouts.ts'
import type { RejectReason } from './report.ts'
import { parseNumber, parsePrice } from './values.ts'

export const PRICE_AND_VOLUME = ['open', 'high', 'low', 'close', 'volume'] as const

/** Takes bars given as values by name, as JSON and Parquet hold them. */
export class RecordBars {
  readonly #file: string
  readonly #collector: BarCollector
  readonly #map: Record<string, string>
  readonly #dates: DateColumn
  readonly #layouts = new Layouts<ColumnPlan | null>()
  /** Of records whose surroundings name the symbol. */
  readonly #layoutsBySymbol = new Layouts<ColumnPlan | null>()
  #hasLayout = false

  constructor(file: string, collector: BarCollector, map: Record<string, string>, dates: DateColumn) {
    this.#file = file
    this.#collector = collector
    this.#map = map
    this.#dates = dates
  }

  /** Refuses a line that is no JSON. */
  rejectLine(line: number, text: string): void {
    this.#collector.reject(line, 'not_a_bar', text)
  }

  /** Takes an object as a bar; `symbol` is what its surroundings say of its symbol, '' for nothing. */
  takeObject(value: unknown, symbol: string, line: number): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.#collector.reject(line, 'not_a_bar', shown(value))
    const record = value as Record<string, unknown>
    const text = () => shown(record)
    const names = Object.keys(record)
    const plan = this.#planOf(names, symbol)
    if (plan === null) return this.#collector.reject(line, 'not_a_bar', text())
    const at = (field: BarField) => record[names[plan.positions[field]]!]
    const taken = plan.positions.symbol < 0 ? symbol || plan.fileSymbol : at('symbol')
    this.takeValues(plan, taken, at('date'), PRICE_AND_VOLUME.map(at), line, text)
  }

  /** Takes a bar's values: texts, numbers, bigints or dates. */
  takeValues(plan: ColumnPlan, symbol: unknown, date: unknown, values: readonly unknown[], line: number, text: () => string): void {
    const reject = (reason: RejectReason) =>
      this.#collector.reject(line, reason, text(), () =>
        culpritOfBar(plan, reason, (field) => shownValue(field === 'symbol' ? symbol : field === 'date' ? date : values[PRICE_AND_VOLUME.indexOf(field)])),
      )
    const symbolId = typeof symbol === 'string' ? this.#collector.table.idOfText(symbol) : -1
    if (symbolId < 0) return reject('invalid_symbol')
    const day = this.#dayOf(date, symbolId, line)
    if (Number.isNaN(day)) return reject('unparsable_date')
    const numbers = values.map((value, index) => numberOf(value, PRICE_AND_VOLUME[index] === 'volume' ? parseNumber : parsePrice))
    if (numbers.includes(undefined)) return reject('unparsable_number')
    const [open, high, low, close, volume] = numbers as [number, number, number, number, number]
    const reason = this.#collector.add(symbolId, day, open, high, low, close, volume)
    if (reason !== '') reject(reason)
  }

  #dayOf(date: unknown, symbolId: number, line: number): number {
    if (date instanceof Date) return this.#dates.readInstant(date.getTime(), symbolId)
    if (typeof date === 'string' || typeof date === 'number' || typeof date === 'bigint') return this.#dates.read(String(date), symbolId, line)
    return Number.NaN
  }

  /** The columns of records with these names. The first layout of a file has to be a bar's; later ones that are not refuse their records. */
  #planOf(names: readonly string[], symbol: string): ColumnPlan | null {
    const layouts = symbol === '' ? this.#layouts : this.#layoutsBySymbol
    return layouts.of(names, () => {
      try {
        return planColumns(this.#file, names, symbol === '' ? this.#map : withoutSymbol(this.#map, names), false, symbol)
      } catch (error) {
        if (!this.#hasLayout || !(error instanceof StrikescanError)) throw error
        return null
      } finally {
        this.#hasLayout = true
      }
    })
  }
}

/** A map's symbol column need not be in records whose surroundings name the symbol. */
function withoutSymbol(map: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter(([field, column]) => field !== 'symbol' || names.includes(column)))
}

function numberOf(value: unknown, parse: (text: string) => number | undefined): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'string' ? parse(value) : undefined
}

function shownValue(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString()
  return typeof value === 'string' ? value : typeof value === 'bigint' ? String(value) : value === undefined ? '' : typeof value === 'number' ? String(value) : shown(value)
}

/** JSON of a refused value, for the report; a value too deep to write is only named. */
function shown(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return 'a value nested too deeply to show'
  }
}
