import { LRUCache } from 'lru-cache'

import type { ChainSource } from '../../sdk/chain-source.ts'
import type { OptionProvider, ProviderCall } from '../../sdk/option-provider.ts'
import { ProviderCallError } from '../../sdk/option-provider.ts'
import { withoutFolders } from '../errors/without-folders.ts'
import { chainAnswer, type ChainAnswer, type ChainAsk } from '../worker/chain-answer.ts'
import { MAX_FRAME_BYTES } from '../worker/frames.ts'
import { openOptionSource, type OptionSourceDeps } from './option-source.ts'
import { PacedAnswers } from './paced-answers.ts'

/** Dates whose source is kept open. */
const KEPT_SOURCES = 8
const NO_SOURCE = 'No option chains were imported: run "strikescan import chains FILE…". Scripts are answered from imported chains, never from a live vendor'

/** Nothing is waited for but this process: nobody gives up, and no vendor states a rate. */
const CALL: ProviderCall = { signal: new AbortController().signal, onRate: () => {} }

/** The answer as it travels; one that no worker would take is none. */
function textOf(answer: ChainAnswer, { ticker, expiration }: ChainAsk): string {
  try {
    const text = JSON.stringify(answer)
    if (Buffer.byteLength(text) <= MAX_FRAME_BYTES) return text
  } catch {
    // Longer than any text can be.
  }
  return JSON.stringify({ kind: 'none', reason: 'failed', message: `The chain of ${ticker} for ${expiration} is larger than a script can be given` } satisfies ChainAnswer)
}

/**
 * Answers what the scripts of one run ask of option chains, as of the date they are scanned for: from the simulated
 * market for a run over that, else from imported chains: bars and chains are of one market, as for the hits. A live vendor is never asked, since it knows no past and a
 * script that runs twice is to find the same.
 */
export class ScriptChains {
  readonly #deps: OptionSourceDeps
  readonly #isSimulated: boolean
  readonly #sources = new LRUCache<string, Promise<OptionProvider | null>>({ max: KEPT_SOURCES })
  readonly #answers: PacedAnswers

  constructor(deps: OptionSourceDeps, market: { simulated: boolean }, answers = new PacedAnswers()) {
    this.#answers = answers
    // Taken once: what is imported while the run is under way is not seen on some of its dates alone.
    let chains: ChainSource | null | undefined
    this.#deps = { ...deps, chainSource: () => (chains === undefined ? (chains = deps.chainSource()) : chains) }
    this.#isSimulated = market.simulated
  }

  /** The text of a ChainAnswer; never rejects. @param asOf ISO date after which nothing is seen */
  answer(ask: ChainAsk, asOf: string): Promise<string> {
    return this.#answers.answer(`chain ${asOf} ${ask.expiration ?? ''} ${ask.ticker}`, async () => textOf(await this.#find(ask, asOf), ask))
  }

  async #find({ ticker, expiration }: ChainAsk, asOf: string): Promise<ChainAnswer> {
    try {
      const source = await this.#source(asOf)
      if (source === null) return { kind: 'none', reason: 'no_source', message: NO_SOURCE }
      if (expiration !== null) return chainAnswer(await source.chain(ticker, expiration, CALL), source.simulated)
      const { dates, asOf: instant } = await source.expirations(ticker, CALL)
      // A recording may be older than the scan's date, and list what has expired since.
      return { kind: 'expirations', simulated: source.simulated, asOf: instant, dates: dates.filter((date) => date >= asOf) }
    } catch (error) {
      const isUnknown = error instanceof ProviderCallError && error.failure === 'unknown_ticker'
      return { kind: 'none', reason: isUnknown ? 'unknown_ticker' : 'failed', message: withoutFolders((error as Error).message) }
    }
  }

  #source(asOf: string): Promise<OptionProvider | null> {
    let source = this.#sources.get(asOf)
    if (source === undefined) this.#sources.set(asOf, (source = this.#open(asOf)))
    return source
  }

  async #open(asOf: string): Promise<OptionProvider | null> {
    if (this.#isSimulated) return openOptionSource('simulated', this.#deps, asOf)
    return this.#deps.chainSource() === null ? null : openOptionSource('files', this.#deps, asOf)
  }
}
