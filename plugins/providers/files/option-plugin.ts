import type { ChainSource, RecordedChains } from '../../../sdk/chain-source.ts'
import { ProviderOptionError } from '../../../sdk/market.ts'
import { ProviderCallError, type OptionProvider, type OptionProviderPlugin } from '../../../sdk/option-provider.ts'
import type { OptionChain } from '../../../sdk/options/chain.ts'

const NAME = 'files'
const DAY_MS = 86_400_000

export interface FileChainOptions {
  /** The recorded chains to serve. */
  source: ChainSource
  /** ISO date: nothing recorded after it is seen. Without one, the newest recording of each ticker is served. */
  asOf?: string
}

/** Serves option chains that were imported from files. A ticker without a recording is a ticker without options. */
export default {
  kind: 'option-provider',
  name: NAME,
  open: openFileChains,
} satisfies OptionProviderPlugin<FileChainOptions>

function openFileChains({ source, asOf, ...others }: FileChainOptions): OptionProvider {
  const unknown = Object.keys(others)[0]
  if (unknown !== undefined) throw new ProviderOptionError(NAME, unknown, 'is no option of imported chains', 'Use one of source, asOf.')
  if (typeof source?.newest !== 'function') throw new ProviderOptionError(NAME, 'source', 'is no source of chains', 'Give the chains of a store.')
  if (asOf !== undefined && !isDate(asOf)) throw new ProviderOptionError(NAME, 'asOf', `is ${JSON.stringify(asOf)}`, 'Give a date such as 2026-08-13.')
  const newest = (ticker: string): RecordedChains | null => answered(() => source.newest(ticker, asOf ?? null))
  return {
    name: NAME,
    simulated: false,
    identity: `${NAME}:${source.identity}:${asOf ?? 'newest'}`,
    remote: false,
    callsPerMinute: null,
    async expirations(ticker, { signal }) {
      signal.throwIfAborted()
      const recorded = newest(ticker)
      return { ticker, dates: recorded?.expirations ?? [], asOf: recorded?.asOf ?? endOf(asOf) }
    },
    async chain(ticker, expiration, { signal }) {
      signal.throwIfAborted()
      const recorded = newest(ticker)
      const chain = recorded === null ? null : answered(() => recorded.chain(expiration))
      return chain === null ? emptyChain(ticker, expiration, recorded, endOf(asOf)) : { ...chain, ticker }
    },
    facts(ticker) {
      const recorded = newest(ticker)
      return recorded === null ? null : { price: recorded.underlyingPrice, marketCap: null, optionVolume: recorded.optionVolume }
    },
  }
}

function emptyChain(ticker: string, expiration: string, recorded: RecordedChains | null, end: number): OptionChain {
  return { ticker, expiration, underlyingPrice: recorded?.underlyingPrice ?? null, asOf: recorded?.asOf ?? end, delayMinutes: 0, contracts: [], refused: [] }
}

/** A damaged recording stays damaged: asking again is of no use. */
function answered<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new ProviderCallError('malformed', error instanceof Error ? error.message : String(error), { passing: false })
  }
}

/** An instant on the as-of day in New York, now where there is none, for answers about tickers of which nothing is recorded. */
function endOf(asOf: string | undefined): number {
  return asOf === undefined ? Date.now() : Date.parse(`${asOf}T21:00:00Z`)
}

function isDate(text: unknown): boolean {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return time % DAY_MS === 0 && new Date(time).toISOString().startsWith(text)
}
