import { formatOccSymbol } from '../../../sdk/options/occ-symbol.ts'
import { isoFromDay } from '../days.ts'
import type { ConflictOutcome } from '../import/report.ts'
import { ASK, BID, FILE, IMPLIED_VOL, isPut, LAST, LINE, LISTED, MULTIPLIER, QUOTE, QUOTE_FIELDS, RECORD_WIDTH, ROOT, STORED_WIDTH, STRIKE, TERMS, unpackTerms, VOLUME } from './contract-record.ts'
import { lastTradingDay } from './quote-time.ts'
import type { ContractValues } from './report.ts'

/** How the rows of an import fared against each other and against the store. */
export interface ContractTally {
  duplicates: number
  conflicts: number
  conflictsInFiles: number
  added: number
  replaced: number
  unchanged: number
  conflictingKept: number
}

/** Where the rows that are refused and the conflicts are told. */
export interface MergeListener {
  expired(file: number, line: number, occ: string): void
  conflict(occ: string, outcome: ConflictOutcome, kept: Float64Array, dropped: Float64Array): void
}

/** Contracts in the order of a chain: expiration, strike, calls before puts, root. */
export interface SortedContracts {
  /** Records one after the other. */
  readonly records: Float64Array
  /** The last trading day of each. */
  readonly expirations: Int32Array
  readonly count: number
}

/** Sorts the rows of a recording, leaves out contracts that expired before `day`, and keeps one row per contract: see `outranks`. */
export function oneRowPerContract(records: Float64Array, roots: readonly string[], day: number, tally: ContractTally, listener: MergeListener): SortedContracts {
  const total = records.length / RECORD_WIDTH
  const tradingDays = expirationsOf(records)
  const order = new Uint32Array(total)
  let live = 0
  for (let row = 0; row < total; row++) {
    if (tradingDays[row]! >= day) order[live++] = row
    else listener.expired(records[row * RECORD_WIDTH + FILE]!, records[row * RECORD_WIDTH + LINE]!, occAt(records, row, roots))
  }
  const recordOf = (row: number) => records.subarray(row * RECORD_WIDTH, (row + 1) * RECORD_WIDTH)
  // Of several rows of a contract the one that stands comes first.
  const sorted = order
    .subarray(0, live)
    .sort((a, b) => tradingDays[a]! - tradingDays[b]! || compareIdentity(records, a, records, b, roots) || outranks(recordOf(b), recordOf(a)))
  const result = new Float64Array(live * RECORD_WIDTH)
  const expirations = new Int32Array(live)
  let count = 0
  for (const row of sorted) {
    const record = recordOf(row)
    if (count > 0 && compareIdentity(result, count - 1, records, row, roots) === 0) {
      tally.duplicates++
      const standing = result.subarray((count - 1) * RECORD_WIDTH, count * RECORD_WIDTH)
      if (outranks(record, standing) !== 0) {
        tally.conflicts++
        tally.conflictsInFiles++
        listener.conflict(occAt(records, row, roots), 'within_files', standing, record)
      }
    } else {
      result.set(record, count * RECORD_WIDTH)
      expirations[count++] = tradingDays[row]!
    }
  }
  return { records: result.subarray(0, count * RECORD_WIDTH), expirations: expirations.subarray(0, count), count }
}

/** The last trading day of each record. */
function expirationsOf(records: Float64Array): Int32Array {
  const known = new Map<number, number>()
  return Int32Array.from({ length: records.length / RECORD_WIDTH }, (_, row) => {
    const listed = records[row * RECORD_WIDTH + LISTED]!
    let day = known.get(listed)
    if (day === undefined) known.set(listed, (day = lastTradingDay(listed)))
    return day
  })
}

/** Merges the rows of an import into the stored ones of the same recording; both sorted. */
export function mergeContracts(
  stored: SortedContracts,
  fresh: SortedContracts,
  roots: readonly string[],
  replace: boolean,
  tally: ContractTally,
  listener: MergeListener,
): SortedContracts {
  const records = new Float64Array((stored.count + fresh.count) * RECORD_WIDTH)
  const expirations = new Int32Array(stored.count + fresh.count)
  let count = 0
  const take = (from: SortedContracts, row: number) => {
    records.set(from.records.subarray(row * RECORD_WIDTH, (row + 1) * RECORD_WIDTH), count * RECORD_WIDTH)
    expirations[count++] = from.expirations[row]!
  }
  let old = 0
  for (let row = 0; row < fresh.count; row++) {
    const order = () => stored.expirations[old]! - fresh.expirations[row]! || compareIdentity(stored.records, old, fresh.records, row, roots)
    while (old < stored.count && order() < 0) take(stored, old++)
    if (old === stored.count || order() > 0) {
      tally.added++
      take(fresh, row)
      continue
    }
    const [now, before] = [recordAt(fresh, row), recordAt(stored, old)]
    const rank = outranks(now, before)
    const freshStands = rank !== 0 && (replace || rank > 0)
    if (rank === 0) tally.unchanged++
    else {
      const occ = occAt(fresh.records, row, roots)
      tally.conflicts++
      if (freshStands) tally.replaced++
      else tally.conflictingKept++
      if (freshStands) listener.conflict(occ, 'stored_replaced', now, before)
      else listener.conflict(occ, 'stored_kept', before, now)
    }
    if (freshStands) take(fresh, row)
    else take(stored, old)
    old++
  }
  while (old < stored.count) take(stored, old++)
  return { records: records.subarray(0, count * RECORD_WIDTH), expirations: expirations.subarray(0, count), count }
}

/** The padded OCC symbol of a record. */
function occAt(records: Float64Array, row: number, roots: readonly string[]): string {
  const at = row * RECORD_WIDTH
  return formatOccSymbol({ root: roots[records[at + ROOT]!]!, expiration: isoFromDay(records[at + LISTED]!), right: unpackTerms(records[at + TERMS]!).right, strike: records[at + STRIKE]! })
}

/** What two records of one contract differ in, by name. */
export function differingValues(one: Float64Array, other: Float64Array): [ContractValues, ContractValues] {
  const [left, right] = [namedValues(one), namedValues(other)]
  const names = Object.keys(left).filter((name) => left[name] !== right[name])
  const only = (values: ContractValues): ContractValues => Object.fromEntries(names.map((name) => [name, values[name]!]))
  return [only(left), only(right)]
}

function namedValues(record: Float64Array): ContractValues {
  const { right: _, ...terms } = unpackTerms(record[TERMS]!)
  const quotes = QUOTE_FIELDS.map((name, index): [string, number | string | null] => {
    const value = record[QUOTE + index]!
    if (Number.isNaN(value)) return [name, null]
    return [name, name === 'greeksAt' || name === 'quotedAt' ? new Date(value).toISOString() : value]
  })
  return { ...Object.fromEntries(quotes), multiplier: record[MULTIPLIER]!, ...terms }
}

/** Adds what in the contracts deserves a look. */
export function countFlags({ records, count }: SortedContracts, flags: { zeroFilled: number; crossed: number; zeroImpliedVol: number }): void {
  for (let at = 0; at < count * RECORD_WIDTH; at += RECORD_WIDTH) {
    const bid = records[at + BID]!
    const ask = records[at + ASK]!
    const isZeroOrAbsent = (value: number) => !(value > 0)
    if ([bid, ask, records[at + LAST]!, records[at + VOLUME]!].every(isZeroOrAbsent)) flags.zeroFilled++
    if (bid > ask) flags.crossed++
    if (records[at + IMPLIED_VOL] === 0) flags.zeroImpliedVol++
  }
}

function recordAt({ records }: SortedContracts, row: number): Float64Array {
  return records.subarray(row * RECORD_WIDTH, (row + 1) * RECORD_WIDTH)
}

/** Orders contracts of one trading day: strike, calls before puts, root, listed day. */
function compareIdentity(a: Float64Array, rowA: number, b: Float64Array, rowB: number, roots: readonly string[]): number {
  const atA = rowA * RECORD_WIDTH
  const atB = rowB * RECORD_WIDTH
  const difference = a[atA + STRIKE]! - b[atB + STRIKE]! || Number(isPut(a[atA + TERMS]!)) - Number(isPut(b[atB + TERMS]!))
  if (difference !== 0) return difference
  const rootA = a[atA + ROOT]!
  const rootB = b[atB + ROOT]!
  if (rootA !== rootB) return roots[rootA]! < roots[rootB]! ? -1 : 1
  return a[atA + LISTED]! - b[atB + LISTED]!
}

/**
 * Which of two rows of one contract stands where nothing else decides: the one that states more, then the one with the
 * larger first value that differs. A total order, so that neither the order of rows nor that of files matters.
 * Positive where `a` stands, 0 where they are equal.
 */
function outranks(a: Float64Array, b: Float64Array): number {
  let stated = 0
  for (let column = QUOTE; column < STORED_WIDTH; column++) stated += Number(Number.isNaN(b[column])) - Number(Number.isNaN(a[column]))
  if (stated !== 0) return stated
  for (let column = TERMS; column < STORED_WIDTH; column++) {
    const difference = a[column]! - b[column]!
    if (difference !== 0 && !Number.isNaN(difference)) return difference
    if (Number.isNaN(a[column]!) !== Number.isNaN(b[column]!)) return Number.isNaN(b[column]!) ? 1 : -1
  }
  return 0
}
