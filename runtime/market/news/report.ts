/** Why an article was refused. */
const NEWS_REJECT_REASONS = ['wrong_field_count', 'unclosed_quote', 'not_an_article', 'no_title', 'no_time', 'unparsable_time', 'no_identity'] as const
export type NewsRejectReason = (typeof NEWS_REJECT_REASONS)[number]

/** A refused row; `line` counts from 1 in the file (in JSON arrays: the record's number). */
export interface RejectedArticle {
  file: string
  line: number
  reason: NewsRejectReason
  /** The field that it was refused for; null where that is the row as a whole. */
  column: string | null
  /** What stands there, null where nothing does. */
  value: string | null
  text: string
}

export type NewsFormat = 'csv' | 'json' | 'ndjson'

/** One file, or one member of an archive. */
export interface ImportedNewsFile {
  name: string
  /** SHA-256 of the file on disk; of an archive for all of its members. */
  sha256: string
  format: NewsFormat
  rowsRead: number
  rowsRejected: number
}

/** Kept articles that deserve a look. */
export type NewsFlags = {
  /** A text, or a list, was longer than is kept. */
  cut: number
  /** Control characters were taken out of a text. */
  cleaned: number
  /** Only a date was stated: the article counts as published at the end of that day in New York. */
  dayOnly: number
  /** A time without a zone was read as New York's. */
  noZone: number
  /** No ticker is named: such articles are answered only where no ticker is asked for. */
  noTicker: number
  /** Something among the tickers was none, and was left out. */
  badTicker: number
}

/**
 * What an import of news did. `rowsRead` = `rowsKept` + `rowsRejected` + `duplicates`,
 * `rowsKept` = `stored.added` + `stored.replaced` + `stored.unchanged` + `stored.conflictingKept`, and
 * `conflicts` = `conflictsInFiles` + `stored.replaced` + `stored.conflictingKept`.
 */
export interface NewsImportReport {
  /** Articles in the files; header and blank lines are none. */
  rowsRead: number
  /** Articles that the files state, whether or not the store had them before. */
  rowsKept: number
  rowsRejected: number
  /** Refused rows per reason, only reasons that occurred. */
  reasons: Partial<Record<NewsRejectReason, number>>
  /** The first refused rows. */
  samples: RejectedArticle[]
  flagged: NewsFlags
  /** Rows of an id that these files had brought before. */
  duplicates: number
  /** Of the duplicates and of the articles the store had before: those with other content than the one that stands. */
  conflicts: number
  /** Those of them among the duplicates. */
  conflictsInFiles: number
  /** In plain words: which of two differing articles of one id stands. */
  conflictRule: string
  /** The first conflicts. */
  conflictSamples: { id: string; title: string }[]
  /** The articles of the files against the store: new there; in place of other content; the same as there; dropped, since fuller content there stands. */
  stored: { added: number; replaced: number; unchanged: number; conflictingKept: number }
  files: ImportedNewsFile[]
  /** Distinct tickers in the store after the import. */
  tickers: number
  /** Range of publication of these files' articles (ISO dates, UTC), null without articles. */
  firstDate: string | null
  lastDate: string | null
  /** Names what the store holds after the import; null where it still has nothing. */
  snapshot: string | null
  /** True where the store holds exactly what it held before. */
  unchanged: boolean
  /** In plain words: files left out, files without rows, assumptions about times. */
  warnings: string[]
}

export interface NewsImportOptions {
  /** Field to column name, before the names that are known. */
  map?: Record<string, string> | undefined
  /** Refuse files whose detected format is another. */
  format?: string | undefined
  /** Let the new content stand where the store has other content for the article. */
  replace?: boolean | undefined
  /** How long to wait for another import to end; default 5000 ms. */
  lockWaitMs?: number | undefined
  signal?: AbortSignal | undefined
}
