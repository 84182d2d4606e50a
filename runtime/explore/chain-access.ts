import type { OptionChain, OptionExpirations } from '../../sdk/options/chain.ts'

/** An answer, and where it came from. */
export interface Fetched<Value> {
  readonly value: Value
  /** True where a cache tier had it. */
  readonly fromCache: boolean
  /** How long ago it came, where it is of a market that has gone on since: recordings and a simulated market of this process stand still. */
  readonly ageMs?: number
}

/** Expirations, and the instant of now by the clock of whoever listed them; null where they are of a market that stands still. */
export interface ListedExpirations extends OptionExpirations {
  readonly now: number | null
}

/** How the engine reaches the chains of one ticker: cached, paced, retried, given up at the ticker's deadline. */
export interface ChainAccess {
  /** @throws ProviderCallError, or the reason of the signal that gave up */
  expirations(ticker: string): Promise<Fetched<OptionExpirations>>
  /** @throws as `expirations` */
  chain(ticker: string, expiration: string): Promise<Fetched<OptionChain>>
  /**
   * The price of the underlying by a request for many tickers, made at once for a ticker whose rows bring none and whose chains are still to be
   * fetched. Null for others, and where it could not be had.
   */
  price(ticker: string): Promise<number | null>
  /** Requests sent to the provider for the ticker so far, retries and failed ones included. */
  calls(): number
}

type Answer<Value> = { readonly value: Value } | { readonly error: unknown }

/**
 * Chains of one ticker as its rows ask for them: each is fetched once, whoever asks first. A fetch that failed, with all
 * its retries, has failed for every row: a thousand rows of a ticker that nobody knows are one call.
 */
export class TickerChains {
  readonly #ticker: string
  readonly #access: ChainAccess
  readonly #chains = new Map<string, Answer<OptionChain>>()
  #expirations: Answer<ListedExpirations> | null = null
  /** Cached answers used so far; a row's own are the difference over its turn. */
  cached = 0

  constructor(ticker: string, access: ChainAccess) {
    this.#ticker = ticker
    this.#access = access
  }

  /** Requests sent so far. */
  get calls(): number {
    return this.#access.calls()
  }

  price(): Promise<number | null> {
    return this.#access.price(this.#ticker)
  }

  async expirations(): Promise<ListedExpirations> {
    return opened((this.#expirations ??= await this.#answer(this.#list())))
  }

  async chain(expiration: string): Promise<OptionChain> {
    let known = this.#chains.get(expiration)
    if (known === undefined) this.#chains.set(expiration, (known = await this.#answer(this.#access.chain(this.#ticker, expiration))))
    else if ('value' in known) this.cached++
    return opened(known)
  }

  async #list(): Promise<Fetched<ListedExpirations>> {
    const fetched = await this.#access.expirations(this.#ticker)
    const { value, ageMs } = fetched
    return { ...fetched, value: { ...value, now: ageMs === undefined ? null : value.asOf + ageMs } }
  }

  async #answer<Value>(fetched: Promise<Fetched<Value>>): Promise<Answer<Value>> {
    try {
      const { value, fromCache } = await fetched
      if (fromCache) this.cached++
      return { value }
    } catch (error) {
      return { error }
    }
  }
}

function opened<Value>(answer: Answer<Value>): Value {
  if ('error' in answer) throw answer.error
  return answer.value
}
