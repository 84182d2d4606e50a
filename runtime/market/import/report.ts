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
  text: string
}

/** One file, or one member of an archive (`day.zip/bars.csv`). */
export interface ImportedFile {
  name: string
  /** SHA-256 of the file on disk; of an archive for all of its members. */
  sha256: string
  format: BarFormat
  rowsRead: number
  rowsRejected: number
}

const BAR_FORMATS = ['csv', 'json', 'ndjson', 'parquet'] as const
export type BarFormat = (typeof BAR_FORMATS)[number]

/**
 * What an import did. `rowsRead` = `rowsKept` + `rowsRejected` + `duplicates`, and
 * `rowsKept` = `stored.added` + `stored.replaced` + `stored.known` + `stored.outranked`.
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
  /** The first conflicts, by symbol and date. */
  conflictSamples: { symbol: string; date: string }[]
  /** The kept bars against the store: new; another bar before; the same before; a bar that outranks them before. */
  stored: { added: number; replaced: number; known: number; outranked: number }
  files: ImportedFile[]
  /** Distinct symbols of the kept bars, and their date range (ISO), null without bars. */
  symbols: number
  firstDate: string | null
  lastDate: string | null
  /** The snapshot that is current after the import; null where the store still has none. */
  snapshot: string | null
  /** True where the store holds exactly what it held before. */
  unchanged: boolean
  /** In plain words: files left out, header-only files, assumptions about dates. */
  warnings: string[]
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
