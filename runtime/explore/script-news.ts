import type { NewsSource } from '../../sdk/news.ts'
import type { Settings } from '../config/schema.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { withoutFolders } from '../errors/without-folders.ts'
import { dayFromIso } from '../market/days.ts'
import { findNewsPlugin } from '../market/option-providers.ts'
import { openedBySettings, SIMULATED_SETTINGS } from '../market/refused-option.ts'
import { closingInstantMs } from '../market/session-close.ts'
import type { NewsAnswer, NewsWish } from '../worker/news-ask.ts'
import type { PacedAnswers } from './paced-answers.ts'

const NO_NEWS = 'No news were imported: run "strikescan import news FILE…". Scripts are answered from imported news, never from a live vendor'
const SIMULATED = 'simulated'

/** The imported news as runs see them. */
export interface NewsDeps {
  /** Number of the store's present state, null where it holds nothing. */
  currentNews(): number | null
  /** The news of a state, null where it is gone. */
  newsSource(state: number): NewsSource | null
}

export interface ScriptNewsOptions {
  readonly deps: { readonly news: NewsDeps; readonly settings: Settings }
  readonly market: { readonly simulated: boolean; readonly provider: string }
  /** State of the store that the run began with, null for none: what is imported later is not seen. */
  readonly state: number | null
  /** Why the store cannot be read, null where it can. */
  readonly problem: string | null
  readonly answers: PacedAnswers
}

/**
 * Answers what the scripts of one run ask of news, up to the close of the date they are scanned for: from the simulated
 * market for a run over that, else from imported news as they were when the run began. Nothing published later is seen.
 */
export class ScriptNews {
  readonly #options: ScriptNewsOptions
  #source: Promise<NewsSource | null> | null = null

  constructor(options: ScriptNewsOptions) {
    this.#options = options
  }

  /** The text of a NewsAnswer; never rejects. @param asOf ISO date */
  answer(wish: NewsWish, asOf: string): Promise<string> {
    return this.#options.answers.answer(`news ${asOf} ${JSON.stringify(wish)}`, () => this.#find(wish, asOf))
  }

  async #find(wish: NewsWish, asOf: string): Promise<string> {
    const { problem, state } = this.#options
    if (problem !== null) return none('failed', withoutFolders(problem))
    try {
      const source = await (this.#source ??= this.#open())
      if (source === null) return none('no_source', state === null ? NO_NEWS : 'The news that this run began with are not in the store any more')
      const close = closingInstantMs(dayFromIso(asOf))
      const { articles, next } = await source.find({ ...wish, from: wish.from ?? -Number.MAX_SAFE_INTEGER, to: Math.min(close, wish.to ?? close) })
      // The articles are JSON already.
      return `{"kind":"news","simulated":${source.simulated},"next":${JSON.stringify(next)},"articles":[${articles.join(',')}]}`
    } catch (error) {
      return none('failed', withoutFolders((error as Error).message))
    }
  }

  async #open(): Promise<NewsSource | null> {
    const { deps, market, state } = this.#options
    if (!market.simulated) return state === null ? null : deps.news.newsSource(state)
    // Another simulated market has other bars, which this news would not fit.
    if (market.provider !== SIMULATED) return null
    const plugin = await findNewsPlugin(SIMULATED)
    if (plugin === null) throw new StrikescanError('simulate_unavailable')
    const options = { seed: deps.settings['market.simulatedSeed'], symbols: deps.settings['market.simulatedSymbols'] }
    return openedBySettings(SIMULATED_SETTINGS, 'simulate_option_invalid', () => plugin.open(options as never))
  }
}

const none = (reason: 'no_source' | 'failed', message: string): string => JSON.stringify({ kind: 'none', reason, message } satisfies NewsAnswer)
