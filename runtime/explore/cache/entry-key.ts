/** What a cache entry answers. */
export interface EntryKey {
  /** Names the source: see `OptionProvider.identity`. */
  readonly identity: string
  readonly kind: 'expirations' | 'chain'
  readonly ticker: string
  /** ISO date of a chain; empty for expirations. */
  readonly expiration: string
}

/** One text per key, different for different keys whatever characters they hold. */
export function keyText({ identity, kind, ticker, expiration }: EntryKey): string {
  return JSON.stringify([identity, kind, ticker, expiration])
}
