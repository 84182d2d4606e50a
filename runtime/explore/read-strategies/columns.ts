import { closest } from '../../../sdk/closest.ts'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { isOutputColumn, plainName } from '../column-names.ts'

const STRATEGY_FIELDS = ['ticker', 'close', 'strategy', 'tradeBias', 'horizon', 'dteMin', 'dteMax', 'marketCap', 'optionVolume'] as const
export type StrategyField = (typeof STRATEGY_FIELDS)[number]

/** Header names per field, the preferred first; case and punctuation do not count. */
const SYNONYMS: Record<StrategyField, readonly string[]> = {
  ticker: ['Ticker', 'Symbol', 'Underlying', 'Underlying_Symbol', 'Sym'],
  close: ['Close', 'Last_Price', 'Close_Price', 'Close_Last', 'Last', 'Price', 'Underlying_Price', 'Stock_Price', 'Spot'],
  strategy: ['Strategy', 'Recommended_Strategy', 'Option_Strategy', 'Strategy_Name'],
  tradeBias: ['Trade_Bias', 'Bias', 'Direction'],
  horizon: ['Horizon', 'Horizon_Class', 'Time_Horizon'],
  dteMin: ['DTE_Min', 'Min_DTE'],
  dteMax: ['DTE_Max', 'Max_DTE'],
  marketCap: ['Market_Cap', 'Market_Capitalization', 'Mkt_Cap'],
  optionVolume: ['Option_Volume', 'Options_Volume', 'Opt_Volume'],
}

const NEEDED = ['ticker', 'strategy'] as const
const MAX_COLUMNS = 10_000
const MAX_SHOWN = 300

/** How the records of a file become rows. */
export interface ColumnPlan {
  /** Where each field stands in a record, from 0; -1 where the file has no such column. */
  readonly positions: Readonly<Record<StrategyField, number>>
  /** Columns that rows keep: where each stands in a record, and its name there. */
  readonly kept: readonly { readonly position: number; readonly name: string }[]
  /** Cells of a whole record. */
  readonly width: number
  /** What was made of the header beside reading it, each a sentence. */
  readonly notes: readonly string[]
}

/**
 * Finds the fields of a strategy among the columns of a file, whatever the style of their names, and settles the names under
 * which rows keep all of them.
 *
 * In a file that was explored before, the outputs of that exploration are left out: the new ones take their place. In any
 * other file a column that has the name of an output is the user's own, such as a share volume, and is kept as `Input_NAME`.
 * @throws strategies_too_many_columns
 */
export function planColumns(file: string, header: readonly string[]): ColumnPlan {
  checkColumnCount(file, header.length)
  const notes: string[] = []
  const plain = header.map(plainName)
  const positions = Object.fromEntries(STRATEGY_FIELDS.map((field) => [field, positionOf(field, header, plain, notes)])) as Record<StrategyField, number>
  return { positions, kept: keptColumns(header, plain, notes), width: header.length, notes }
}

/** @throws strategies_too_many_columns */
export function checkColumnCount(file: string, count: number): void {
  if (count > MAX_COLUMNS) throw new StrikescanError('strategies_too_many_columns', { file, limit: MAX_COLUMNS })
}

function positionOf(field: StrategyField, header: readonly string[], plain: readonly string[], notes: string[]): number {
  const found = SYNONYMS[field].flatMap((synonym) => plain.flatMap((name, position) => (name === plainName(synonym) ? [position] : [])))
  if (found.length > 1) {
    const names = found.map((position) => header[position]!.trim())
    notes.push(`The columns ${names.join(' and ')} could all be the ${field}: ${found.length === new Set(names).size ? names[0] : `the first ${names[0]}`} was read.`)
  }
  return found[0] ?? -1
}

function keptColumns(header: readonly string[], plain: readonly string[], notes: string[]): ColumnPlan['kept'] {
  const explored = plain.includes('explorationstatus') && plain.includes('explorationreason')
  const replaced: string[] = []
  const renamed: string[] = []
  const taken = new Set(header)
  const used = new Set<string>()
  const kept: { position: number; name: string }[] = []
  for (const [position, written] of header.entries()) {
    const isOutput = isOutputColumn(plain[position]!)
    if (isOutput && explored) {
      replaced.push(written.trim())
      continue
    }
    let name = written.trim() === '' ? `Column_${position + 1}` : written
    // As a key of an object that name would be none.
    if (isOutput || name === '__proto__') name = `Input_${written.trim()}`
    if (used.has(name) || (name !== written && taken.has(name))) name = freeName(name, taken, used)
    if (name !== written) renamed.push(`${written.trim() || 'the unnamed one'} as ${name}`)
    used.add(name)
    kept.push({ position, name })
  }
  if (replaced.length > 0) notes.push(`The columns of an earlier exploration are replaced by the new ones: ${listed(replaced)}.`)
  if (renamed.length > 0) notes.push(`Columns whose names are taken or missing are kept under another: ${listed(renamed)}.`)
  return kept
}

function freeName(name: string, taken: ReadonlySet<string>, used: ReadonlySet<string>): string {
  for (let number = 2; ; number++) {
    const candidate = `${name}_${number}`
    if (!taken.has(candidate) && !used.has(candidate)) return candidate
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ')
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown
}

/** @throws strategies_columns_missing naming what is there, what comes near and what to do, where no column is the ticker or the strategy */
export function requireColumns(file: string, header: readonly string[], has: (field: StrategyField) => boolean): void {
  const missing = NEEDED.filter((field) => !has(field))
  if (missing.length === 0) return
  const columns = header.map((name) => name.trim() || '(unnamed)').join(', ')
  throw new StrikescanError('strategies_columns_missing', {
    file,
    missing: missing.join(' and '),
    columns: header.length === 0 ? 'none' : columns.length <= MAX_SHOWN ? columns : `${columns.slice(0, MAX_SHOWN)}…`,
    suggestion: `${missing.map((field) => mend(field, header)).join(' ')} The first line of a CSV file names the columns.`,
  })
}

function mend(field: (typeof NEEDED)[number], header: readonly string[]): string {
  const names = header.map((name) => name.trim()).filter((name) => name !== '')
  const near = SYNONYMS[field].map((synonym) => closest(synonym, names)).find((name) => name !== null)
  if (near !== undefined) return `Rename ${near} to ${field} if it is meant.`
  return `Add a column ${field} (${SYNONYMS[field].slice(1, 3).join(' and ')} are understood as well).`
}
