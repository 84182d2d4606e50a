import type { OptionContract, VendorGreeks } from '../../../sdk/options/chain.ts'

/** Contracts as texts, which go into JSON, and columns of doubles, which stand as they are in memory. */
export interface ContractTable {
  readonly occ: readonly string[]
  /** A text that all contracts share stands once. */
  readonly root: readonly string[] | string
  readonly expiration: readonly string[] | string
  /** Places in `COLUMN_NAMES` of columns with one and the same double throughout, which stands once. */
  readonly same: readonly number[]
  /** The columns in the order of `COLUMN_NAMES`, one after the other. NaN where there is no number. */
  readonly numbers: Float64Array
}

/** How a field becomes a double: a number as it is, one that may be null as NaN where it is, one of two values as 0 or 1. */
type Kind = 'number' | 'number or null' | readonly [first: unknown, second: unknown]

const CONTRACT_FIELDS = {
  right: ['call', 'put'],
  strike: 'number',
  style: ['american', 'european'],
  settlement: ['am', 'pm'],
  multiplier: 'number',
  adjusted: [false, true],
  bid: 'number or null',
  ask: 'number or null',
  bidSize: 'number or null',
  askSize: 'number or null',
  last: 'number or null',
  volume: 'number or null',
  openInterest: 'number or null',
  impliedVol: 'number or null',
  quotedAt: 'number or null',
} satisfies Record<Exclude<keyof OptionContract, 'occ' | 'root' | 'expiration' | 'greeks'>, Kind>

const GREEKS_FIELDS = {
  delta: 'number or null',
  gamma: 'number or null',
  theta: 'number or null',
  vega: 'number or null',
  rho: 'number or null',
  updatedAt: 'number or null',
} satisfies Record<keyof VendorGreeks, Kind>

const contractFields = Object.entries(CONTRACT_FIELDS) as [string, Kind][]
const greeksFields = Object.entries(GREEKS_FIELDS) as [string, Kind][]
/** Whether a contract has Greeks at all. */
const HAS_GREEKS: Kind = [false, true]

/** The columns of doubles in their order: where one comes or goes, entries of before no longer fit. */
export const COLUMN_NAMES: readonly string[] = [...contractFields.map(([name]) => name), 'greeks', ...greeksFields.map(([name]) => `greeks.${name}`)]
const KINDS: readonly Kind[] = [...contractFields.map(([, kind]) => kind), HAS_GREEKS, ...greeksFields.map(([, kind]) => kind)]
const COLUMNS = KINDS.length

/** What a field holds that is not of its type, on its way to `toTable` or `fromTable`, which give null then. */
const misfit = new TypeError('a field of a contract is not of its type')

/**
 * Contracts as a table. Null where a field is not of its type. Doubles rather than text, which takes half of the time, and field by field
 * in one small loop: a fast path for each would take longer to compile than it saves.
 */
export function toTable(contracts: readonly OptionContract[]): ContractTable | null {
  const rows = contracts.length
  const columns = new Float64Array(COLUMNS * rows)
  try {
    let at = 0
    for (const [name, kind] of contractFields) at = writeColumn(columns, at, contracts, name, kind)
    const greeks = contracts.map(({ greeks: own }) => objectOrNull(own))
    for (const own of greeks) columns[at++] = own === null ? 0 : 1
    for (const [name, kind] of greeksFields) at = writeColumn(columns, at, greeks, name, kind)
    const { same, numbers } = folded(columns, rows)
    return { occ: contracts.map(({ occ }) => text(occ)), root: foldedTexts(contracts.map(({ root }) => text(root))), expiration: foldedTexts(contracts.map(({ expiration }) => text(expiration))), same, numbers }
  } catch (error) {
    if (error === misfit) return null
    throw error
  }
}

/** Writes a column from a place on; gives the place behind it. */
function writeColumn(columns: Float64Array, from: number, items: readonly (object | null)[], name: string, kind: Kind): number {
  const isNullable = kind === 'number or null'
  for (let row = 0; row < items.length; row++) {
    const item = items[row]!
    const value: unknown = item === null ? null : (item as Record<string, unknown>)[name]
    // What is not a finite number is not 0 less itself.
    if (typeof value === 'number' && value - value === 0 && typeof kind === 'string') columns[from + row] = value
    else columns[from + row] = value === null && (isNullable || item === null) ? Number.NaN : codeOf(value, kind)
  }
  return from + items.length
}

function objectOrNull<Value extends object>(value: Value | null): Value | null {
  if (typeof value === 'object') return value
  throw misfit
}

function codeOf(value: unknown, kind: Kind): number {
  if (typeof kind === 'object' && (value === kind[0] || value === kind[1])) return value === kind[0] ? 0 : 1
  throw misfit
}

function folded(columns: Float64Array, rows: number): { same: number[]; numbers: Float64Array } {
  const same: number[] = []
  let length = 0
  for (let column = 0; column < COLUMNS; column++) {
    const start = column * rows
    if (rows > 1 && isSame(columns, start, start + rows)) {
      same.push(column)
      columns[length++] = columns[start]!
      continue
    }
    // In place: what is kept never stands behind where it came from.
    columns.copyWithin(length, start, start + rows)
    length += rows
  }
  return { same, numbers: columns.subarray(0, length) }
}

function isSame(columns: Float64Array, from: number, to: number): boolean {
  const first = columns[from]
  for (let at = from + 1; at < to; at++) if (!Object.is(columns[at], first)) return false
  return true
}

function foldedTexts(texts: readonly string[]): readonly string[] | string {
  const [first] = texts
  return first !== undefined && texts.every((one) => one === first) ? first : texts
}

/** The contracts of a table, which may be anybody's: null where it is none. */
export function fromTable(table: { readonly [Name in keyof ContractTable]: Name extends 'numbers' ? Float64Array : unknown }): OptionContract[] | null {
  const { occ, root, expiration, same, numbers } = table
  if (!Array.isArray(occ) || !isTexts(root, occ.length) || !isTexts(expiration, occ.length) || !Array.isArray(same)) return null
  const columns = unfolded(numbers, same, occ.length)
  if (columns === null) return null
  const rows = occ.length
  const hasGreeks = contractFields.length * rows
  try {
    return occ.map((one: unknown, row) => {
      const contract = recordAt(contractFields, columns, rows, row)
      contract.occ = text(one)
      contract.root = text(typeof root === 'string' ? root : root[row])
      contract.expiration = text(typeof expiration === 'string' ? expiration : expiration[row])
      const isThere = valueOf(columns[hasGreeks + row]!, HAS_GREEKS) === true
      contract.greeks = isThere ? recordAt(greeksFields, columns, rows, hasGreeks + rows + row) : null
      return contract as unknown as OptionContract
    })
  } catch (error) {
    if (error === misfit) return null
    throw error
  }
}

const isTexts = (value: unknown, rows: number): value is readonly string[] | string => typeof value === 'string' || (Array.isArray(value) && value.length === rows)

/** All columns at full length. Null where there are not as many doubles as it takes. */
function unfolded(numbers: Float64Array, same: readonly unknown[], rows: number): Float64Array | null {
  const columns = new Float64Array(COLUMNS * rows)
  let at = 0
  for (let column = 0; column < COLUMNS; column++) {
    const isFolded = same.includes(column)
    const end = at + (isFolded ? 1 : rows)
    if (end > numbers.length) return null
    if (isFolded) columns.fill(numbers[at]!, column * rows, (column + 1) * rows)
    else columns.set(numbers.subarray(at, end), column * rows)
    at = end
  }
  return at === numbers.length ? columns : null
}

function recordAt(fields: readonly (readonly [string, Kind])[], columns: Float64Array, rows: number, place: number): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  for (let field = 0, at = place; field < fields.length; field++, at += rows) record[fields[field]![0]] = valueOf(columns[at]!, fields[field]![1])
  return record
}

function valueOf(code: number, kind: Kind): unknown {
  if (typeof kind === 'object' ? code === 0 || code === 1 : code - code === 0) return typeof kind === 'object' ? kind[code] : code
  if (kind === 'number or null' && Number.isNaN(code)) return null
  throw misfit
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  throw misfit
}
