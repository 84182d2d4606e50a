import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const NAME = 'meta.json'
const MAX_BYTES = 1 << 20

/** What a file beside the data files says of how they were recorded. */
export interface Companion {
  /** Epoch milliseconds of the recording. */
  readonly recordedAt: number
  /** Underlying prices at that time by ticker. */
  readonly prices: ReadonlyMap<string, number>
}

/** True for a file that is read with the data files beside it and is none itself. */
export function isCompanionFile(path: string): boolean {
  return basename(path).toLowerCase() === NAME
}

/**
 * Reads the `meta.json` beside a data file, as the recorder of `yahoo_etfs` writes it: `utc` is when the quotes were
 * fetched, which is a day after the session that the file names, and `tickers.SPY.spot_live` the price at that time.
 * Null where there is none or it says nothing of this.
 */
export function readCompanion(dataFile: string): Companion | null {
  const path = join(dirname(dataFile), NAME)
  try {
    if (statSync(path).size > MAX_BYTES) return null
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const { utc, tickers } = content as { utc?: unknown; tickers?: Record<string, { spot_live?: unknown } | null> }
    const recordedAt = typeof utc === 'string' && /T.*(Z|[+-]\d{2}:\d{2})$/.test(utc) ? Date.parse(utc) : Number.NaN
    if (Number.isNaN(recordedAt)) return null
    const prices = Object.entries(tickers ?? {}).flatMap(([ticker, facts]): [string, number][] => {
      const price = facts?.spot_live
      return typeof price === 'number' && price > 0 && price < Infinity ? [[ticker.toUpperCase(), price]] : []
    })
    return { recordedAt, prices: new Map(prices) }
  } catch {
    // It is an extra: where it is missing or unreadable, the files speak for themselves.
    return null
  }
}
