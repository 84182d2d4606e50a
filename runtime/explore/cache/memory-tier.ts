import { LRUCache } from 'lru-cache'

import { decodeEntry, type CacheEntry, type EncodedEntry } from './entry.ts'
import { keyText, type EntryKey } from './entry-key.ts'

/**
 * Answers of the tickers that were asked about last: all entries of one ticker stay and go together. An answer is kept as its bytes until it
 * is asked for again: most never are, and hundreds of thousands of contracts kept alive are work for the garbage collector.
 */
export class MemoryTier {
  readonly #tickers: LRUCache<string, Map<string, CacheEntry | EncodedEntry>>

  constructor(maxTickers: number) {
    this.#tickers = new LRUCache({ max: maxTickers })
  }

  read(key: EntryKey): CacheEntry | null {
    const kept = this.#tickers.get(tickerText(key))?.get(keyText(key))
    if (kept === undefined || 'value' in kept) return kept ?? null
    const entry = decodeEntry(key, kept.bytes)
    if (typeof entry === 'string') return null
    this.write(entry)
    return entry
  }

  write(entry: CacheEntry | EncodedEntry): void {
    const ticker = tickerText(entry.key)
    const entries = this.#tickers.get(ticker)
    if (entries) entries.set(keyText(entry.key), entry)
    else this.#tickers.set(ticker, new Map([[keyText(entry.key), entry]]))
  }

  /** What is kept of a ticker, without counting as a use of it. */
  ofTicker(identity: string, ticker: string): (CacheEntry | EncodedEntry)[] {
    return [...(this.#tickers.peek(tickerText({ identity, ticker }))?.values() ?? [])]
  }
}

function tickerText({ identity, ticker }: Pick<EntryKey, 'identity' | 'ticker'>): string {
  return JSON.stringify([identity, ticker])
}
