import { ProviderCallError, type OptionProvider, type ProviderCall } from '../../../sdk/option-provider.ts'
import { sleep, type Clock } from '../../../runtime/clock.ts'
import { makeChain } from '../../unit/runtime/explore/support.ts'

export type ProviderTrouble = 'stalls' | 'unavailable' | 'rate_limited' | 'malformed' | 'slow'

const EXPIRATION = '2026-12-31'
const STRIKES = Array.from({ length: 9 }, (_, place) => 80 + 5 * place)
const LATENCY_MS = 40
const SLOW_MS = 900
const chains = new Map<string, ReturnType<typeof makeChain>>()

/** A vendor of option chains with troubles of its own. */
export class FakeChains implements OptionProvider {
  readonly name = 'fake'
  readonly simulated = true
  readonly identity = 'fake:1'
  readonly remote = true
  readonly callsPerMinute = null
  trouble: ProviderTrouble | null = null
  /** Tickers whose calls met with trouble. */
  readonly troubled = new Set<string>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async expirations(ticker: string, call: ProviderCall) {
    await this.#answer(ticker, call)
    return { ticker, dates: [EXPIRATION], asOf: this.#clock.now() }
  }

  async chain(ticker: string, expiration: string, call: ProviderCall) {
    await this.#answer(ticker, call)
    const chain = chains.get(ticker) ?? makeChain(expiration, { ticker, strikes: STRIKES })
    chains.set(ticker, chain)
    return chain
  }

  async #answer(ticker: string, { signal }: ProviderCall): Promise<void> {
    const { trouble } = this
    if (trouble !== null) this.troubled.add(ticker)
    const passing = true
    if (trouble === 'stalls') await new Promise<never>(() => {})
    if (trouble === 'malformed') throw new ProviderCallError('malformed', 'It said something else.', { passing })
    if (trouble === 'unavailable') throw new ProviderCallError('unavailable', 'It is not there.', { passing })
    if (trouble === 'rate_limited') throw new ProviderCallError('rate_limited', 'It is too much.', { passing, retryAt: this.#clock.now() + 2_000 })
    await sleep(this.#clock, trouble === 'slow' ? SLOW_MS : LATENCY_MS, signal)
  }
}
