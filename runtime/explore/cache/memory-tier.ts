import { LRUCache } from 'lru-cache'

import type { CacheEntry } from './entry.ts'
import { keyText, type EntryKey } from './entry-key.ts'

/** Answers as they came, of the tickers that were asked about last: all entries of one ticker stay and go together. */
export class MemoryTier {
  readonly #tickers: LRUCache<string, Map<string, CacheEntry>>

  constructor(maxTickers: number) {
    this.#tickers = new LRUCache({ max: maxTickers })
  }

  read(key: EntryKey): CacheEntry | null {
    return this.#tickers.get(tickerText(key))?.get(keyText(key)) ?? null
  }

  write(entry: CacheEntry): void {
    const ticker = tickerText(entry.key)
    const entries = this.#tickers.get(ticker)
    if (entries) entries.set(keyText(entry.key), entry)
    else this.#tickers.set(ticker, new Map([[keyText(entry.key), entry]]))
  }

  /** Entries of a ticker, without counting as a use of it. */
  ofTicker(identity: string, ticker: string): CacheEntry[] {
    return [...(this.#tickers.peek(tickerText({ identity, ticker }))?.values() ?? [])]
  }
}

function tickerText({ identity, ticker }: Pick<EntryKey, 'identity' | 'ticker'>): string {
  return JSON.stringify([identity, ticker])
}
