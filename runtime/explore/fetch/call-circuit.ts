import { ProviderCallError } from '../../../sdk/option-provider.ts'
import { orAborted } from '../../clock.ts'

/** Calls that the source refuses to whoever makes them, after which no more are made. */
const REFUSALS = 3
/** Tickers whose calls all failed without reaching the source, after which only one is tried now and then. */
const UNREACHED = 3
/** Tickers that go without a call after a trial before the next; twice as many after each that fails, up to the most. */
const FIRST_PAUSE = 8
const LONGEST_PAUSE = 256

/** The leave to ask a question of the source. */
export interface Passage {
  /** True where it is asked but once, to see whether the source is back. */
  readonly isTrial: boolean
  /** The question is over without an answer: what its last call failed with, null where it was given up before that. */
  failed(failure: ProviderCallError | null): void
  /** The question is over, whatever came of it. */
  done(): void
}

/**
 * Spares tickers their calls, with all retries, where no call of an exploration was ever answered: that is no matter of a ticker. Of a source
 * that refuses whoever asks no more is asked; one that cannot be reached may come back, and is tried with the calls of one ticker now and
 * then. Once anything was answered, every ticker has its calls. Counts tickers, not time, so that the same failures give the same rows.
 */
export class CallCircuit {
  #isAnswered = false
  /** Something came back that only a source which is there says. */
  #isReached = false
  #refusals = 0
  readonly #unreached = new Set<string>()
  #last: ProviderCallError | null = null
  /** None before the first trial: it may have been the trouble of those few tickers after all. */
  #pause = 0
  #skipped = 0
  #trial: Promise<void> | null = null

  /** What the last question failed with where some were asked and not one was answered, else null. */
  get unanswered(): ProviderCallError | null {
    return this.#isAnswered ? null : this.#last
  }

  get isAnswered(): boolean {
    return this.#isAnswered
  }

  /** True where no further call of a question is of use. */
  get isOpen(): boolean {
    return !this.#isAnswered && (this.#refusals >= REFUSALS || this.#isUnreachable)
  }

  /** Resolves when a ticker's question may be asked. @throws ProviderCallError where it may not; the signal's reason */
  async enter(ticker: string, signal: AbortSignal): Promise<Passage> {
    while (this.isOpen) {
      if (!this.#isUnreachable) throw this.#notAsked(`no more calls were made after ${this.#refusals} that were refused and none that was answered`)
      if (this.#trial !== null) {
        await orAborted(this.#trial, signal)
        continue
      }
      if (this.#skipped >= this.#pause) return this.#passage(ticker, true)
      this.#skipped++
      throw this.#notAsked('no call was made, after those for other tickers all failed and none was answered')
    }
    return this.#passage(ticker, false)
  }

  answered(): void {
    this.#isAnswered = true
  }

  get #isUnreachable(): boolean {
    return !this.#isReached && this.#unreached.size >= UNREACHED
  }

  #passage(ticker: string, isTrial: boolean): Passage {
    const over = Promise.withResolvers<void>()
    if (isTrial) this.#trial = over.promise
    return {
      isTrial,
      failed: (failure) => this.#failed(ticker, failure),
      done: () => {
        if (!isTrial) return
        this.#trial = null
        this.#skipped = 0
        this.#pause = Math.min(Math.max(2 * this.#pause, FIRST_PAUSE), LONGEST_PAUSE)
        over.resolve()
      },
    }
  }

  #failed(ticker: string, failure: ProviderCallError | null): void {
    if (failure !== null) this.#last = failure
    if (failure?.failure === 'unauthorized') this.#refusals++
    if (failure === null || failure.failure === 'unavailable' || failure.failure === 'timed_out') {
      if (this.#unreached.size < UNREACHED) this.#unreached.add(ticker)
    } else this.#isReached = true
  }

  #notAsked(why: string): ProviderCallError {
    const { failure, message, passing, retryAt, remedy } = this.#last ?? new ProviderCallError('timed_out', 'no answer came in the time that a ticker has.', { passing: true })
    return new ProviderCallError(failure, `${why}; the last: ${message}`, { passing, retryAt, remedy, reached: false })
  }
}
