import type { ConflictOutcome } from '../import/report.ts'

/** Why a row was refused. */
const CHAIN_REJECT_REASONS = [
  'wrong_field_count',
  'unclosed_quote',
  'not_a_contract',
  'invalid_symbol',
  'symbol_mismatch',
  'invalid_ticker',
  'unparsable_date',
  'unknown_right',
  'no_strike',
  'invalid_strike',
  'unparsable_number',
  'negative_price',
  'negative_count',
  'expired',
] as const
export type ChainRejectReason = (typeof CHAIN_REJECT_REASONS)[number]

export type ChainFormat = 'cboe_delayed' | 'yahoo_equities' | 'yahoo_etfs' | 'lean_eod_greeks' | 'contracts'

/** A refused row; `line` counts from 1 in the file (in JSON arrays and Parquet: the record's number). */
export interface RejectedContract {
  file: string
  line: number
  reason: ChainRejectReason
  /** The column that holds what it was refused for; null where that is the row as a whole, or the file's name. */
  column: string | null
  /** What stands there; null where the row as a whole is refused. */
  value: string | null
  text: string
}

/** What two rows of one contract differ in: numbers as stated, dollars or decimals, null where a row states none; instants ISO. */
export type ContractValues = Record<string, number | string | boolean | null>

/** Two rows of one contract and recording that differ; only the values that do. */
export interface ContractConflict {
  ticker: string
  /** The day of the recording, ISO. */
  date: string
  occ: string
  outcome: ConflictOutcome
  kept: ContractValues
  dropped: ContractValues
}

const MORE_STANDS = 'the row that states more values stands and, of equally many, the one with the greater first value that differs'

/** Which of two differing rows stands, in plain words for the report; `outranks` in merge.ts carries it out. */
export function contractConflictRule(replace: boolean): string {
  return replace ? `a row of these files takes the place of a stored one; between rows of these files, ${MORE_STANDS}` : MORE_STANDS
}

/** One file, or one member of an archive. */
export interface ImportedChainFile {
  name: string
  /** SHA-256 of the file on disk; of an archive for all of its members. */
  sha256: string
  format: ChainFormat
  rowsRead: number
  rowsRejected: number
}

/**
 * What an import of option chains did. `rowsRead` = `rowsKept` + `rowsRejected` + `duplicates`,
 * `rowsKept` = `stored.added` + `stored.replaced` + `stored.unchanged` + `stored.conflictingKept`, and
 * `conflicts` = `conflictsInFiles` + `stored.replaced` + `stored.conflictingKept`.
 */
export interface ChainImportReport {
  /** Rows of contracts in the files; headers, blank lines and bars of the underlying are none. */
  rowsRead: number
  /** Contracts that the files state: one per recording and OCC symbol, whether or not the store had them before. */
  rowsKept: number
  rowsRejected: number
  /** Refused rows per reason, only reasons that occurred. */
  reasons: Partial<Record<ChainRejectReason, number>>
  /** The first refused rows. */
  samples: RejectedContract[]
  /** Kept contracts that deserve a look; `closedDay`: recorded on a day without a session, so that the quotes are the last session's. */
  flagged: { zeroFilled: number; crossed: number; zeroImpliedVol: number; closedDay: number }
  /** Rows beyond the first of a contract and recording within these files. */
  duplicates: number
  /** Of the duplicates and of the contracts the store had before: those with other values than the contract that stands. */
  conflicts: number
  /** Those of them among the duplicates. */
  conflictsInFiles: number
  /** In plain words: which of two differing rows stands. */
  conflictRule: string
  /** The first conflicts of each outcome. */
  conflictSamples: ContractConflict[]
  /** The contracts of the files against the store: new there; in place of other values; the same as there; dropped, since differing ones there stand. */
  stored: { added: number; replaced: number; unchanged: number; conflictingKept: number }
  files: ImportedChainFile[]
  /** Distinct tickers, and recordings (one ticker at one time) that the files hold. */
  tickers: number
  recordings: number
  /** Range of the days on which these were recorded (ISO), null without contracts. */
  firstDate: string | null
  lastDate: string | null
  /** Names what the store holds after the import; null where it still has nothing. */
  snapshot: string | null
  /** True where the store holds exactly what it held before: also where rows of the files differed and lost. */
  unchanged: boolean
  /** In plain words: files left out, files without rows, assumptions about times. */
  warnings: string[]
}

export interface ChainImportOptions {
  /** Field to column name, before what the layout says. */
  map?: Record<string, string> | undefined
  /** Take every file for one of this layout instead of detecting it. */
  format?: string | undefined
  /** Let the new values stand where the store has others for the contract. */
  replace?: boolean | undefined
  /** How long to wait for another import to end; default 5000 ms. */
  lockWaitMs?: number | undefined
  signal?: AbortSignal | undefined
}
