import { ProviderCallError, type OptionProvider, type ProviderCall, type ProviderFailure } from '../../../sdk/option-provider.ts'
import type { OptionChain, OptionExpirations } from '../../../sdk/options/chain.ts'
import { orAborted, sleep, type Clock } from '../../clock.ts'
import { CallCircuit } from './call-circuit.ts'
import type { CallLimits } from './plan-calls.ts'
import type { Admission, RequestBudgets, RequestPacer } from './request-pacer.ts'
import { afterFailure } from './retry.ts'
import { PriceBatches, type PriceBatchesOptions, type PricedTickers } from './underlying-prices.ts'

/** Who waits for an answer. */
export interface FetchWaiter {
  readonly signal: AbortSignal
  /** Told when a call begins to be in flight or to back off (true), and when it ends or waits for the shared budget (false). */
  activity?(active: boolean): void
}

export interface FetcherOptions {
  readonly provider: OptionProvider
  readonly budgets: RequestBudgets
  readonly clock: Clock
  /** Jitter of waits, in [0, 1). */
  readonly random: () => number
  /** Most calls for one answer, at least 1. */
  readonly attempts: number
  /** Longest that one call may take before it counts as timed out. */
  readonly requestTimeoutMs: number
}

/** What an exploration's fetching came to. */
export interface FetchReport {
  readonly calls: number
  /** Of them, those for prices of underlyings, each of many tickers. */
  readonly priceCalls: number
  readonly retries: number
  /** Failed calls by reason, those that a retry made good included. */
  readonly failures: Readonly<Partial<Record<ProviderFailure, number>>>
}

/** Stands for the tickers of a call for many. */
const OF_NO_TICKER = ''

/**
 * Answers of one provider for one exploration: calls to remote ones are paced by the budget of the process and tried again where their
 * failure can pass; calls to local ones are made as they come. @throws ProviderCallError, or the waiter's signal's reason
 */
export class ChainFetcher {
  readonly #options: FetcherOptions
  readonly #pacer: RequestPacer | null
  readonly #callsOf = new Map<string, number>()
  readonly #failures: Partial<Record<ProviderFailure, number>> = {}
  #beforeCall: () => void = () => {}
  #prices: PriceBatches | null = null
  readonly #circuit = new CallCircuit()
  #calls = 0
  #retries = 0

  constructor(options: FetcherOptions) {
    this.#options = options
    this.#pacer = options.provider.remote ? options.budgets.of(options.provider) : null
  }

  get identity(): string {
    return this.#options.provider.identity
  }

  /** What holds its calls back, as far as is known by now; null where nothing does. */
  get limits(): CallLimits | null {
    return this.#pacer?.limits ?? null
  }

  /** Has something done before each call, when it may be made. */
  beforeEachCall(action: () => void): void {
    this.#beforeCall = action
  }

  /**
   * Has the chains of tickers carry a price of their underlying, where they state none and the provider tells prices apart; `failed` is told of
   * batches that could not be had.
   * @returns how many calls that will take, for those that are sure to be asked about
   */
  expectPrices(tickers: PricedTickers, signal: AbortSignal, failed: PriceBatchesOptions['failed']): number {
    const { prices } = this.#options.provider
    if (prices === undefined) return 0
    const { mostTickers } = prices
    const ask = (batch: readonly string[], attempts?: number) => this.#ask(OF_NO_TICKER, { signal }, (call) => prices.ask(batch, call), attempts)
    this.#prices = new PriceBatches(tickers, { mostTickers, failed, ask: (batch) => ask(batch), askOnce: (part) => ask(part, 1) })
    return this.#prices.requests
  }

  /** The price that a ticker's chains are to carry, before any is fetched; null where none is expected or it could not be had. */
  price(ticker: string): Promise<number | null> {
    return this.#prices?.sure(ticker) ?? Promise.resolve(null)
  }

  /** True for a ticker of which `price` asks. */
  isToBePriced(ticker: string): boolean {
    return this.#prices?.isSure(ticker) ?? false
  }

  expirations(ticker: string, waiter: FetchWaiter): Promise<OptionExpirations> {
    // Beside the first call of a ticker, since its chain will not be long.
    void this.#prices?.sure(ticker)
    return this.#ask(ticker, waiter, (call) => this.#options.provider.expirations(ticker, call))
  }

  async chain(ticker: string, expiration: string, waiter: FetchWaiter): Promise<OptionChain> {
    const price = this.#prices?.of(ticker)
    const chain = await this.#ask(ticker, waiter, (call) => this.#options.provider.chain(ticker, expiration, call))
    if (price === undefined || chain.underlyingPrice !== null) return chain
    const underlyingQuote = await orAborted(price, waiter.signal)
    return underlyingQuote === null ? chain : { ...chain, underlyingQuote }
  }

  /** Calls made for a ticker, failed ones included. */
  callsOf(ticker: string): number {
    return this.#callsOf.get(ticker) ?? 0
  }

  /** Calls made, failed ones included. */
  get calls(): number {
    return this.#calls
  }

  report(): FetchReport {
    return { calls: this.#calls, priceCalls: this.callsOf(OF_NO_TICKER), retries: this.#retries, failures: { ...this.#failures } }
  }

  /** What the last call failed with where calls were made and not one was answered, else null. */
  get unanswered(): string | null {
    return this.#circuit.unanswered?.message ?? null
  }

  async #ask<T>(ticker: string, waiter: FetchWaiter, ask: (call: ProviderCall) => Promise<T>, attempts = this.#options.attempts): Promise<T> {
    const passage = await this.#circuit.enter(ticker, waiter.signal)
    try {
      const answer = await this.#insist(ticker, waiter, ask, passage.isTrial ? 1 : attempts)
      this.#circuit.answered()
      return answer
    } catch (error) {
      passage.failed(error instanceof ProviderCallError ? error : null)
      throw error
    } finally {
      passage.done()
    }
  }

  /** Asks until there is an answer, or no use in asking again. */
  async #insist<T>(ticker: string, waiter: FetchWaiter, ask: (call: ProviderCall) => Promise<T>, attempts: number): Promise<T> {
    const { clock, random } = this.#options
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(ticker, waiter, ask)
      if ('answer' in outcome) return outcome.answer
      const { error } = outcome
      this.#failures[error.failure] = (this.#failures[error.failure] ?? 0) + 1
      const step = afterFailure(error, { attempt, attempts: this.#pacer ? attempts : 1, now: clock.now(), random: random() })
      if (step.kind === 'hold') this.#pacer?.hold(clock.now() + step.ms)
      const refusal = step.kind === 'hold' ? (this.#pacer?.refusal ?? null) : null
      if (step.kind === 'give_up' || refusal !== null) throw this.#final(error, attempt, refusal)
      if (step.kind === 'back_off') await whileActive(waiter, () => sleep(clock, step.ms, waiter.signal))
      // Meanwhile others may have seen that nobody is answered.
      if (this.#circuit.isOpen) throw this.#final(error, attempt)
      this.#retries++
    }
  }

  /** The last failure as rows tell it: with the number of attempts, and what to do about it. */
  #final({ failure, message, passing, retryAt, remedy, reached }: ProviderCallError, attempts: number, refusal: string | null = null): ProviderCallError {
    const said = refusal === null ? message : `${message.replace(/\.$/, '')}: ${refusal}`
    const tried = attempts === 1 ? said : `${said.replace(/\.$/, '')} (after ${attempts} attempts).`
    // What was answered before was asked at the right place; a token may end on the way.
    const isMoot = remedy === null || (this.#circuit.isAnswered && failure !== 'unauthorized')
    const told = isMoot ? tried : `${tried.replace(/\.$/, '')}; ${remedy.option}: ${remedy.mend}`
    return new ProviderCallError(failure, told, { passing, retryAt, remedy, reached })
  }

  async #attempt<T>(ticker: string, waiter: FetchWaiter, ask: (call: ProviderCall) => Promise<T>): Promise<{ answer: T } | { error: ProviderCallError }> {
    waiter.signal.throwIfAborted()
    const admission = await this.#pacer?.admit(waiter.signal)
    try {
      return { answer: await whileActive(waiter, () => this.#call(ticker, waiter.signal, admission, ask)) }
    } catch (error) {
      // Whoever waited is gone: what the provider makes of that is of no interest.
      waiter.signal.throwIfAborted()
      return { error: error instanceof ProviderCallError ? error : this.#faultOfProvider(error) }
    } finally {
      admission?.done()
    }
  }

  async #call<T>(ticker: string, outer: AbortSignal, admission: Admission | undefined, ask: (call: ProviderCall) => Promise<T>): Promise<T> {
    const { clock, provider, requestTimeoutMs } = this.#options
    this.#beforeCall()
    this.#calls++
    this.#callsOf.set(ticker, this.callsOf(ticker) + 1)
    // One controller for both rather than `AbortSignal.any`, which keeps books for the garbage collector of each signal.
    const controller = new AbortController()
    const onGivenUp = (): void => controller.abort(outer.reason)
    if (outer.aborted) onGivenUp()
    outer.addEventListener('abort', onGivenUp, { once: true })
    const cancel = clock.after(requestTimeoutMs, () => {
      controller.abort(new ProviderCallError('timed_out', `${provider.name} did not answer within the ${requestTimeoutMs / 1_000} s of explore.requestTimeoutMs.`, { passing: true }))
    })
    const { signal } = controller
    try {
      // A provider that never answers may not heed the signal either.
      return await orAborted(Promise.try(ask, { signal, onRate: (window) => admission?.state(window) }), signal)
    } finally {
      cancel()
      outer.removeEventListener('abort', onGivenUp)
    }
  }

  #faultOfProvider(cause: unknown): ProviderCallError {
    const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    return new ProviderCallError('malformed', `The provider ${this.#options.provider.name} failed by a fault of its own (${said.replaceAll(/\s+/g, ' ').slice(0, 200)}).`, { passing: false })
  }
}

async function whileActive<T>(waiter: FetchWaiter, work: () => Promise<T>): Promise<T> {
  waiter.activity?.(true)
  try {
    return await work()
  } finally {
    waiter.activity?.(false)
  }
}
