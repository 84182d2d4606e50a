import type { OptionContract, VendorGreeks } from '../../../sdk/options/chain.ts'

/** What a column holds: `numbers` are finite, and null where it may hold that too. */
type Kind = 'texts' | 'flags' | 'numbers' | 'numbers or null' | readonly string[]

const CONTRACT_FIELDS = {
  occ: 'texts',
  root: 'texts',
  right: ['call', 'put'],
  strike: 'numbers',
  expiration: 'texts',
  style: ['american', 'european'],
  settlement: ['am', 'pm'],
  multiplier: 'numbers',
  adjusted: 'flags',
  bid: 'numbers or null',
  ask: 'numbers or null',
  bidSize: 'numbers or null',
  askSize: 'numbers or null',
  last: 'numbers or null',
  volume: 'numbers or null',
  openInterest: 'numbers or null',
  impliedVol: 'numbers or null',
  quotedAt: 'numbers or null',
} satisfies Record<Exclude<keyof OptionContract, 'greeks'>, Kind>

const GREEKS_FIELDS = {
  delta: 'numbers or null',
  gamma: 'numbers or null',
  theta: 'numbers or null',
  vega: 'numbers or null',
  rho: 'numbers or null',
  updatedAt: 'numbers or null',
} satisfies Record<keyof VendorGreeks, Kind>

type ContractField = keyof typeof CONTRACT_FIELDS
type GreeksField = keyof typeof GREEKS_FIELDS

const contractFields = Object.entries(CONTRACT_FIELDS) as [ContractField, Kind][]
const greeksFields = Object.entries(GREEKS_FIELDS) as [GreeksField, Kind][]

/** The columns by name in their order: where a field comes or goes, entries of before no longer fit. */
export const COLUMN_NAMES: readonly string[] = [...contractFields.map(([name]) => name), 'greeks', ...greeksFields.map(([name]) => `greeks.${name}`)]
const KINDS: readonly Kind[] = [...contractFields.map(([, kind]) => kind), 'flags', ...greeksFields.map(([, kind]) => kind)]

/** A column of as many equal values as there are contracts. */
interface Repeated {
  readonly all: unknown
}

/**
 * Contracts as columns in the order of `COLUMN_NAMES`, after the first such that are the same throughout as that value alone: a third of
 * the text of objects. Null where a field is not of its type.
 */
export function toColumns(contracts: readonly OptionContract[]): (unknown[] | Repeated)[] | null {
  const columns = contractFields.map(([name]) => columnOf(contracts, name))
  const greeks = contracts.map((contract) => contract.greeks)
  columns.push(greeks.map((own) => own !== null))
  for (const [name] of greeksFields) columns.push(columnOf(greeks, name))
  return columns.every((column, at) => isOfKind(column, KINDS[at]!)) ? columns.map((column, at) => (at === 0 ? column : folded(column))) : null
}

function columnOf<Name extends string>(items: readonly (Readonly<Record<Name, unknown>> | null)[], name: Name): unknown[] {
  const column = new Array<unknown>(items.length)
  for (let row = 0; row < items.length; row++) {
    const item = items[row]!
    column[row] = item === null ? null : item[name]
  }
  return column
}

function folded(column: unknown[]): unknown[] | Repeated {
  const [first] = column
  for (let row = column.length - 1; row > 0; row--) if (column[row] !== first) return column
  return column.length > 1 ? { all: first } : column
}

/** The contracts of columns. Null where they are no such columns. */
export function fromColumns(told: unknown): OptionContract[] | null {
  if (!Array.isArray(told) || told.length !== COLUMN_NAMES.length || !Array.isArray(told[0])) return null
  const rows = told[0].length
  const columns = told.map((column, at) => unfolded(column, rows, KINDS[at]!))
  return columns.every((column) => column !== null) ? contractsOf(columns, rows) : null
}

/** The whole of a column, null where it is none of `rows` values of its kind. */
function unfolded(column: unknown, rows: number, kind: Kind): readonly unknown[] | null {
  if (Array.isArray(column)) return column.length === rows && isOfKind(column, kind) ? column : null
  if (typeof column !== 'object' || column === null || !('all' in column) || !isOfKind([column.all], kind)) return null
  return new Array<unknown>(rows).fill(column.all)
}

function contractsOf(columns: readonly (readonly unknown[])[], rows: number): OptionContract[] {
  const hasGreeks = columns[contractFields.length]!
  const greeksColumns = columns.slice(contractFields.length + 1)
  return Array.from({ length: rows }, (_, row) => {
    const contract = recordOf(contractFields, columns, row)
    contract.greeks = hasGreeks[row] === true ? recordOf(greeksFields, greeksColumns, row) : null
    return contract as unknown as OptionContract
  })
}

function recordOf(fields: readonly (readonly [string, Kind])[], columns: readonly (readonly unknown[])[], row: number): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  for (let at = 0; at < fields.length; at++) record[fields[at]![0]] = columns[at]![row]
  return record
}

/** Loops rather than `every`: a chain has thousands of values, and each is looked at whenever it is kept or taken. */
function isOfKind(column: readonly unknown[], kind: Kind): boolean {
  if (kind === 'numbers' || kind === 'numbers or null') {
    const isNullable = kind === 'numbers or null'
    for (let row = 0; row < column.length; row++) {
      const value = column[row]
      if (!(typeof value === 'number' ? Number.isFinite(value) : value === null && isNullable)) return false
    }
    return true
  }
  const type = kind === 'flags' ? 'boolean' : 'string'
  for (let row = 0; row < column.length; row++) {
    const value = column[row]
    if (typeof value !== type || (typeof kind === 'object' && !kind.includes(value as string))) return false
  }
  return true
}
