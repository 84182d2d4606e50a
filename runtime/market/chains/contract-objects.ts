import { Layouts } from '../import/layouts.ts'
import type { ContractCollector } from './contract-collector.ts'
import type { ContractRows } from './contract-rows.ts'
import { planChainColumns, type ChainField, type ChainPlan } from './formats.ts'

/** What an object that holds a chain says of all its contracts. */
const SHARED = ['ticker', 'asOf', 'underlyingPrice'] as const

/** Takes contracts given as objects, as JSON holds them: one by one, or as the `contracts` of a chain; Greeks may stand in an object `greeks`. */
export class ContractObjects {
  readonly #file: string
  readonly #collector: ContractCollector
  readonly #rows: ContractRows
  readonly #map: Record<string, string>
  readonly #format: string | undefined
  readonly #layouts = new Layouts<ChainPlan | null>()
  #hasLayout = false

  constructor(file: string, collector: ContractCollector, rows: ContractRows, map: Record<string, string>, format: string | undefined) {
    this.#file = file
    this.#collector = collector
    this.#rows = rows
    this.#map = map
    this.#format = format
  }

  rejectLine(line: number, text: string): void {
    this.#collector.reject(line, 'not_a_contract', text)
  }

  takeObject(value: unknown, ticker: string, line: number): void {
    if (!isObject(value)) return this.rejectLine(line, shown(value))
    const { contracts } = value
    if (!Array.isArray(contracts)) return this.#takeContract(ticker === '' ? value : { ticker, ...value }, line)
    const shared = Object.fromEntries(SHARED.filter((name) => value[name] !== undefined && value[name] !== null).map((name) => [name, value[name]]))
    for (const [index, contract] of contracts.entries()) {
      if (isObject(contract)) this.#takeContract({ ...shared, ...contract }, line + index)
      else this.rejectLine(line + index, shown(contract))
    }
  }

  #takeContract(object: Record<string, unknown>, line: number): void {
    const { greeks } = object
    const record: Record<string, unknown> = isObject(greeks) ? { ...object, ...greeks } : object
    const names = Object.keys(record)
    const plan = this.#planOf(names)
    if (plan === null) return this.rejectLine(line, shown(object))
    const cell = (field: ChainField) => (plan.positions[field] < 0 ? undefined : record[names[plan.positions[field]]!])
    this.#rows.take(plan, cell, line, () => shown(object))
  }

  /** The layout of objects with these names. The first one of a file has to be a contract's; later ones that are not refuse their objects. */
  #planOf(names: readonly string[]): ChainPlan | null {
    return this.#layouts.of(names, () => {
      try {
        const plan = planChainColumns(this.#file, names, this.#map, this.#format)
        this.#rows.check(plan)
        return plan
      } catch (error) {
        if (!this.#hasLayout) throw error
        return null
      } finally {
        this.#hasLayout = true
      }
    })
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON of a refused value, for the report; a value too deep to write is only named. */
function shown(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return 'a value nested too deeply to show'
  }
}
