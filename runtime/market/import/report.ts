/** Why a row was refused. */
const REJECT_REASONS = [
  'wrong_field_count',
  'unclosed_quote',
  'invalid_symbol',
  'unparsable_date',
  'unparsable_number',
  'not_a_bar',
  'non_finite_price',
  'non_positive_price',
  'negative_volume',
] as const
export type RejectReason = (typeof REJECT_REASONS)[number]

/** A refused row; `line` counts from 1 in the file (in JSON arrays and Parquet: the record's number). */
export interface RejectedSample {
  file: string
  line: number
  reason: RejectReason
  /** The column that holds what it was refused for; null where that is the row as a whole, or the file's name. */
  column: string | null
  /** What stands there; null where the row as a whole is refused. */
  value: string | null
  text: string
}

/** One file, or one member of an archive (`day.zip/bars.csv`). */
export interface ImportedFile {
  name: string
  /** Its name within the archive, null for a file of its own. */
  member: string | null
  /** SHA-256 of the file on disk; of an archive for all of its members. */
  sha256: string
  format: BarFormat
  rowsRead: number
  rowsRejected: number
}

const BAR_FORMATS = ['csv', 'json', 'ndjson', 'parquet'] as const
export type BarFormat = (typeof BAR_FORMATS)[number]

/** How a conflict ended: the stored bar stayed, a new one took its place, or rows of these files differed among themselves. */
export type ConflictOutcome = 'stored_kept' | 'stored_replaced' | 'within_files'

/** A bar's values: dollars as traded, shares. */
export type BarValues = Record<'open' | 'high' | 'low' | 'close' | 'volume', number>

/** Two bars of one symbol and date (ISO) that differ. */
export interface BarConflict {
  symbol: string
  date: string
  outcome: ConflictOutcome
  kept: BarValues
  dropped: BarValues
}

const GREATER_STANDS = 'the bar with the greater volume stands and, of equal volumes, the one with the greater close, then open, high, low'

/** Which of two differing bars stands, in plain words for the report; `rank` in merge.ts carries it out. */
export function barConflictRule(replace: boolean): string {
  return replace ? `a bar of these files takes the place of a stored one; between rows of these files, ${GREATER_STANDS}` : GREATER_STANDS
}

/**
 * What an import did. `rowsRead` = `rowsKept` + `rowsRejected` + `duplicates`,
 * `rowsKept` = `stored.added` + `stored.replaced` + `stored.unchanged` + `stored.conflictingKept`, and
 * `conflicts` = `conflictsInFiles` + `stored.replaced` + `stored.conflictingKept`.
 */
export interface ImportReport {
  /** Data rows in the files; header and blank lines are none. */
  rowsRead: number
  /** Bars that the files state: one per symbol and date, whether or not the store had them before. */
  rowsKept: number
  rowsRejected: number
  /** Refused rows per reason, only reasons that occurred. */
  reasons: Partial<Record<RejectReason, number>>
  /** The first refused rows. */
  samples: RejectedSample[]
  /** Kept bars that deserve a look. */
  flagged: { zeroVolume: number; highLowOrder: number; nonSession: number }
  /** Rows beyond the first of a symbol and date within these files. */
  duplicates: number
  /** Of the duplicates and of the bars the store had before: those with other values than the bar that stands. */
  conflicts: number
  /** Those of them among the duplicates. */
  conflictsInFiles: number
  /** In plain words: which of two differing bars stands. */
  conflictRule: string
  /** The first conflicts of each outcome, by symbol and date. */
  conflictSamples: BarConflict[]
  /** The bars of the files against the store: new there; in place of another bar; the same as there; dropped, since a differing one there stands. */
  stored: { added: number; replaced: number; unchanged: number; conflictingKept: number }
  files: ImportedFile[]
  /** Distinct symbols of the kept bars, and their date range (ISO), null without bars. */
  symbols: number
  firstDate: string | null
  lastDate: string | null
  /** The snapshot that is current after the import; null where the store still has none. */
  snapshot: string | null
  /** True where the store holds exactly what it held before: also where bars of the files differed and lost. */
  unchanged: boolean
  /** In plain words: files left out, header-only files, assumptions about dates. */
  warnings: string[]
}

/** What of a report is told long after the import: no name of a file, nothing of single rows but conflicts. */
export type ImportSummary = Omit<ImportReport, 'samples' | 'files' | 'warnings' | 'snapshot'>

/** The counts and conflicts of a report. */
export function importSummary({ samples: _s, files: _f, warnings: _w, snapshot: _n, ...summary }: ImportReport): ImportSummary {
  return summary
}

/** How far an import is. Bytes of the files on disk. */
export interface ImportProgress {
  stage: 'reading' | 'merging'
  file: string
  bytesRead: number
  bytesTotal: number
  rowsRead: number
  /** Symbols merged into the new snapshot so far, and in all. */
  symbolsDone: number
  symbolsTotal: number
}

export interface ImportOptions {
  /** Field to column name or, for files without a header, to column number from 1; `symbol: '@filename'` takes the file's name. */
  map?: Record<string, string> | undefined
  /** Refuse files whose detected format is another. */
  format?: BarFormat | undefined
  /** Let the new bar stand where the store has another one for the symbol and date. */
  replace?: boolean | undefined
  /** How long to wait for another import to end; default 5000 ms. */
  lockWaitMs?: number | undefined
  signal?: AbortSignal | undefined
}
