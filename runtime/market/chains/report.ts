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
  text: string
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
 * What an import of option chains did. `rowsRead` = `rowsKept` + `rowsRejected` + `duplicates`, and
 * `rowsKept` = `stored.added` + `stored.replaced` + `stored.known` + `stored.outranked`.
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
  /** The first conflicts. */
  conflictSamples: { ticker: string; date: string; occ: string }[]
  /** The kept contracts against the store: new; other values before; the same before; values that outrank them before. */
  stored: { added: number; replaced: number; known: number; outranked: number }
  files: ImportedChainFile[]
  /** Distinct tickers, and recordings (one ticker at one time) that the files hold. */
  tickers: number
  recordings: number
  /** Range of the days on which these were recorded (ISO), null without contracts. */
  firstDate: string | null
  lastDate: string | null
  /** Names what the store holds after the import; null where it still has nothing. */
  snapshot: string | null
  /** True where the store holds exactly what it held before. */
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
