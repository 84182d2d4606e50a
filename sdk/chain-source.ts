import type { OptionChain } from './options/chain.ts'

/** What one recording of a ticker's option chains holds. */
export interface RecordedChains {
  readonly ticker: string
  /** The layout or vendor that the recording came from, such as `cboe_delayed`. */
  readonly source: string
  /** ISO date from which on the recording may be used without looking ahead. */
  readonly day: string
  /** Epoch milliseconds that the quotes stand for. */
  readonly asOf: number
  /** Dollars at `asOf`, null where the recording does not carry it. */
  readonly underlyingPrice: number | null
  /** Contracts traded in the session over all strikes, null where the recording states no volume. */
  readonly optionVolume: number | null
  /** ISO dates, ascending, each once; none before the day of `asOf`. */
  readonly expirations: readonly string[]
  /** The contracts of one expiration, null where there is none. @throws Error where the recording is damaged. */
  chain(expiration: string): OptionChain | null
}

/** Recorded option chains that can be asked ticker by ticker, such as a store of imported files. */
export interface ChainSource {
  /** Changes whenever an answer would. */
  readonly identity: string
  /** The newest recording of a ticker whose day is not after `asOf` (ISO date; null for no bound), null where there is none. */
  newest(ticker: string, asOf: string | null): RecordedChains | null
}
