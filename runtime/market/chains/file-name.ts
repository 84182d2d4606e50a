import { dayFromParts } from '../import/values.ts'
import { canonicalTicker } from './option-roots.ts'

const EXTENSIONS = /(\.(csv|tsv|txt|gz|zst|zip|tgz|tar|json|ndjson|jsonl|parquet))+$/i
const DAY_MS = 86_400_000

/** What the name of a chain file says; '' and null where it does not. */
export interface FileNameFacts {
  readonly ticker: string
  /** Days since 1970-01-01. */
  readonly day: number | null
  /** Epoch milliseconds; times in names are UTC. */
  readonly instant: number | null
}

/**
 * Ticker, date and time from a name such as `AAPL_chain_20260807_194024.csv.gz`, `AAPL_2025-11-25.csv`, `SPY.csv`,
 * `aapl_20140602.csv` or, where the folder is the ticker's, `aapl/20140602.csv`.
 */
export function fileNameFacts(file: string): FileNameFacts {
  const parts = file.split(/[\\/]/)
  const name = parts.at(-1)!.replace(EXTENSIONS, '')
  const match = /^(?:(.+?)[_-](?:chain[_-])?)?(\d{4})-?(\d{2})-?(\d{2})(?:[_T-](\d{2})(\d{2})(\d{2})Z?)?$/i.exec(name)
  if (match === null) return { ticker: tickerOf(name), day: null, instant: null }
  const [, ticker, year, month, date, hour, minute, second] = match
  const day = dayFromParts(Number(year), Number(month), Number(date))
  if (Number.isNaN(day)) return { ticker: tickerOf(ticker ?? ''), day: null, instant: null }
  const seconds = hour === undefined ? Number.NaN : Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  return { ticker: tickerOf(ticker ?? parts.at(-2) ?? ''), day, instant: seconds < 86_400 ? day * DAY_MS + seconds * 1000 : null }
}

/** A name is taken for a ticker only where it looks like one: six letters at most, and a class of share. */
function tickerOf(name: string): string {
  return /^[$^]?[a-z]{1,6}([.\-/][a-z]{1,2})?$/i.test(name) ? canonicalTicker(name) : ''
}
