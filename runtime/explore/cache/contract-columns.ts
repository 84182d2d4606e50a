import type { OptionContract, VendorGreeks } from '../../../sdk/options/chain.ts'

type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string'
const flag: Check = (value) => typeof value === 'boolean'
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value)
const numberOrNull: Check = (value) => value === null || number(value)
const oneOf = (...words: string[]): Check => (value) => words.includes(value as string)

const CONTRACT_FIELDS = {
  occ: text,
  root: text,
  right: oneOf('call', 'put'),
  strike: number,
  expiration: text,
  style: oneOf('american', 'european'),
  settlement: oneOf('am', 'pm'),
  multiplier: number,
  adjusted: flag,
  bid: numberOrNull,
  ask: numberOrNull,
  bidSize: numberOrNull,
  askSize: numberOrNull,
  last: numberOrNull,
  volume: numberOrNull,
  openInterest: numberOrNull,
  impliedVol: numberOrNull,
  quotedAt: numberOrNull,
} satisfies Record<Exclude<keyof OptionContract, 'greeks'>, Check>

const GREEKS_FIELDS = {
  delta: numberOrNull,
  gamma: numberOrNull,
  theta: numberOrNull,
  vega: numberOrNull,
  rho: numberOrNull,
  updatedAt: numberOrNull,
} satisfies Record<keyof VendorGreeks, Check>

type ContractField = keyof typeof CONTRACT_FIELDS
type GreeksField = keyof typeof GREEKS_FIELDS

const contractFields = Object.entries(CONTRACT_FIELDS) as [ContractField, Check][]
const greeksFields = Object.entries(GREEKS_FIELDS) as [GreeksField, Check][]

/** The columns by name in their order: where a field comes or goes, entries of before no longer fit. */
export const COLUMN_NAMES: readonly string[] = [...contractFields.map(([name]) => name), 'greeks', ...greeksFields.map(([name]) => `greeks.${name}`)]

/** Contracts as columns in the order of `COLUMN_NAMES`: half the text of objects. Null where a field is not of its type. */
export function toColumns(contracts: readonly OptionContract[]): unknown[][] | null {
  const columns = [
    ...contractFields.map(([name]) => contracts.map((contract) => contract[name])),
    contracts.map(({ greeks }) => greeks !== null),
    ...greeksFields.map(([name]) => contracts.map(({ greeks }) => greeks?.[name] ?? null)),
  ]
  return areColumns(columns) ? columns : null
}

/** The contracts of columns. Null where they are no such columns. */
export function fromColumns(columns: unknown): OptionContract[] | null {
  if (!areColumns(columns)) return null
  const hasGreeks = columns[contractFields.length]!
  const greeksColumns = columns.slice(contractFields.length + 1)
  return hasGreeks.map((has, row) => {
    const contract: Record<string, unknown> = {}
    for (let at = 0; at < contractFields.length; at++) contract[contractFields[at]![0]] = columns[at]![row]
    contract.greeks = has === true ? greeksOf(greeksColumns, row) : null
    return contract as unknown as OptionContract
  })
}

function greeksOf(columns: readonly unknown[][], row: number): Record<string, unknown> {
  const greeks: Record<string, unknown> = {}
  for (let at = 0; at < greeksFields.length; at++) greeks[greeksFields[at]![0]] = columns[at]![row]
  return greeks
}

function areColumns(columns: unknown): columns is unknown[][] {
  if (!Array.isArray(columns) || columns.length !== COLUMN_NAMES.length || !columns.every(Array.isArray)) return false
  const checks = [...contractFields.map(([, check]) => check), flag, ...greeksFields.map(([, check]) => check)]
  const rows = (columns[0] as unknown[]).length
  return (columns as unknown[][]).every((column, at) => column.length === rows && column.every(checks[at]!))
}
