import type { UnderlyingPrices } from '../../../sdk/option-provider.ts'
import { askInParts, mayBeOfOneTicker, type Prices } from './price-parts.ts'

export interface PriceBatchesOptions {
  readonly mostTickers: UnderlyingPrices['mostTickers']
  /** One request with all its retries; rejects where they all failed. */
  ask(tickers: readonly string[]): Promise<Prices>
  /** One request without a retry. */
  askOnce(tickers: readonly string[]): Promise<Prices>
  failed(trouble: PriceTrouble): void
}

/** A batch that could not be had as a whole. */
export interface PriceTrouble {
  readonly failure: unknown
  /** Those of which nothing could be had in parts either. */
  readonly without: readonly string[]
  /** True where these are all of them. */
  readonly isWhole: boolean
  /** True where no more are asked for. */
  readonly isLast: boolean
}

export interface PricedTickers {
  readonly sure: readonly string[]
  /** Those of which other chains are known already. */
  readonly perhaps: readonly string[]
}

/** Batches that fail one after the other before no more are asked for: chains then go without, as those of a vendor that has no prices. */
const FAILURES_IN_A_ROW = 2

/**
 * Prices of underlyings, a batch of tickers at a time: asked for when the first ticker of a batch is taken up, so that they are of about the
 * same moment as the chains. A price that cannot be had is null and fails nothing.
 */
export class PriceBatches {
  readonly #options: PriceBatchesOptions
  /** Those that are sure to need one, first, and those that may. */
  readonly #waiting: Set<string>
  readonly #sure: ReadonlySet<string>
  readonly #prices = new Map<string, Promise<number | null>>()
  #failures = 0

  /** `sure` and `perhaps` in the order in which they will be taken up. */
  constructor({ sure, perhaps }: PricedTickers, options: PriceBatchesOptions) {
    this.#sure = new Set(sure)
    this.#waiting = new Set([...sure, ...perhaps])
    this.#options = options
  }

  /** Requests that are to come for those that are sure to need a price, where all goes well. */
  get requests(): number {
    return Math.ceil(this.#sure.size / this.#options.mostTickers)
  }

  isSure(ticker: string): boolean {
    return this.#sure.has(ticker)
  }

  /** The price of a ticker that is sure to need one, which is asked for with those next in line; null for all others. */
  sure(ticker: string): Promise<number | null> {
    return this.#sure.has(ticker) ? this.of(ticker) : Promise.resolve(null)
  }

  /** The price of a ticker, which is asked for with those next in line; null for one that is none of those it was made for. */
  of(ticker: string): Promise<number | null> {
    if (this.#waiting.has(ticker) && this.#failures < FAILURES_IN_A_ROW) this.#ask(ticker)
    return this.#prices.get(ticker) ?? Promise.resolve(null)
  }

  #ask(ticker: string): void {
    const batch = [ticker]
    this.#waiting.delete(ticker)
    for (const next of this.#waiting) {
      if (batch.length >= this.#options.mostTickers) break
      batch.push(next)
      this.#waiting.delete(next)
    }
    const answered = this.#answer(batch)
    for (const one of batch) this.#prices.set(one, answered.then((prices) => prices.get(one) ?? null))
  }

  async #answer(batch: readonly string[]): Promise<Prices> {
    const { ask, askOnce, failed } = this.#options
    try {
      const prices = await ask(batch)
      this.#failures = 0
      return prices
    } catch (failure) {
      const { prices, without } = mayBeOfOneTicker(failure) ? await askInParts(batch, askOnce) : { prices: new Map<string, number>(), without: batch }
      const isWhole = without.length === batch.length
      this.#failures = isWhole ? this.#failures + 1 : 0
      if (without.length > 0) failed({ failure, without, isWhole, isLast: this.#failures === FAILURES_IN_A_ROW })
      return prices
    }
  }
}
