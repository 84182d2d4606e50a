import type { OptionChain, OptionExpirations } from './options/chain.ts'

/** A rate window as a vendor's answer states it. */
export interface RateWindow {
  /** Calls granted in the whole window. */
  readonly allowed: number
  /** Calls left in it. */
  readonly available: number
  /** Epoch milliseconds at which the next window begins. */
  readonly resetsAt: number
}

/** What one call to a provider is given. */
export interface ProviderCall {
  /** Aborted where nobody waits for the answer any more; the call then rejects soon. */
  readonly signal: AbortSignal
  /** Told each rate window that an answer carries, failed answers included. */
  onRate(window: RateWindow): void
}

/** What is known of a ticker without a call; null where unknown. */
export interface TickerFacts {
  readonly price: number | null
  /** Dollars. */
  readonly marketCap: number | null
  /** Contracts a day, all strikes. */
  readonly optionVolume: number | null
}

/** Prices of underlyings by requests of their own, many tickers each. */
export interface UnderlyingPrices {
  /** Of one request. */
  readonly mostTickers: number
  /**
   * Dollars per share by ticker as it was asked for; those that the vendor does not know are left out.
   * @throws as `OptionProvider.chain`
   */
  ask(tickers: readonly string[], call: ProviderCall): Promise<ReadonlyMap<string, number>>
}

/** A source of option chains. One method call is one request to the vendor: no retry, no cache, no pacing, which are the engine's. */
export interface OptionProvider {
  readonly name: string
  /** True where no quote was ever made by a market: everything made from it is labelled simulated. */
  readonly simulated: boolean
  /** Names the source so that no two that could differ in an answer share it: the cache key's beginning. No secret in it. */
  readonly identity: string
  /** True where calls leave the process: only these are paced and planned. */
  readonly remote: boolean
  /** Calls a minute that the vendor is known to grant, null where it is not known or not limited. */
  readonly callsPerMinute: number | null
  /** @throws ProviderCallError, and nothing else but the signal's reason. A ticker without options has no dates. */
  expirations(ticker: string, call: ProviderCall): Promise<OptionExpirations>
  /** @throws ProviderCallError, and nothing else but the signal's reason. An empty chain has no contracts. */
  chain(ticker: string, expiration: string, call: ProviderCall): Promise<OptionChain>
  facts?(ticker: string): TickerFacts | null
  /** Where its chains state no price of the underlying: how to ask for prices apart. */
  readonly prices?: UnderlyingPrices
}

/** A plugin that opens option providers: the default export of `plugins/providers/NAME/option-plugin.ts`. */
export interface OptionProviderPlugin<Options extends object = Record<string, unknown>> {
  readonly kind: 'option-provider'
  readonly name: string
  /** @throws ProviderOptionError where an option is unknown or outside its range. */
  open(options: Options): OptionProvider
}

/**
 * Why a call gave no answer:
 * `rate_limited` the vendor asks to wait; `unavailable` 5xx, maintenance page, refused or reset connection; `timed_out`;
 * `malformed` an answer that is not what was asked for; `unauthorized`; `refused` any other 4xx; `unknown_ticker`.
 */
export type ProviderFailure = 'rate_limited' | 'unavailable' | 'timed_out' | 'malformed' | 'unauthorized' | 'refused' | 'unknown_ticker'

/**
 * What whoever opened the provider can do about a failed call: the option that may be wrong, and what to do with it,
 * such as `give another token`.
 */
export interface ProviderRemedy {
  readonly option: string
  readonly mend: string
}

/** A call to a vendor that gave no answer. The message is one sentence for the row's reason and holds no secret. */
export class ProviderCallError extends Error {
  readonly failure: ProviderFailure
  /** True where the same call may succeed later. */
  readonly passing: boolean
  /** Epoch milliseconds before which the vendor wants no further call, null where it does not say. */
  readonly retryAt: number | null
  /** Null where no option of the provider is to blame. */
  readonly remedy: ProviderRemedy | null
  /** False where the call did not get to the vendor: what was asked for cannot have been the trouble. */
  readonly reached: boolean

  constructor(
    failure: ProviderFailure,
    message: string,
    {
      passing,
      retryAt = null,
      remedy = null,
      reached = true,
    }: { passing: boolean; retryAt?: number | null; remedy?: ProviderRemedy | null; reached?: boolean },
  ) {
    super(message)
    this.name = 'ProviderCallError'
    this.failure = failure
    this.passing = passing
    this.retryAt = retryAt
    this.remedy = remedy
    this.reached = reached
  }
}
