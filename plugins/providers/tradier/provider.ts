import type { OptionChain, OptionExpirations } from '../../../sdk/options/chain.ts'
import { ProviderCallError, type OptionProvider, type ProviderCall, type ProviderRemedy } from '../../../sdk/option-provider.ts'
import { documentOf } from './answer.ts'
import { readContracts } from './chain.ts'
import { readExpirations } from './expirations.ts'
import { endpointOf, get } from './http.ts'
import type { CheckedOptions } from './options.ts'
import { readPrices } from './prices.ts'
import { quotesInstant } from './quote-instant.ts'
import { readRate } from './rate.ts'
import { otherAddress } from './remedies.ts'
import { compact, vendorTicker } from './roots.ts'
import { dateOf, httpDate, instantOf, isObject, newYorkDate } from './values.ts'

const MINUTE_MS = 60_000
/** Of one request for prices: an address of some 600 characters. */
const MOST_PRICES = 100
/** By the vendor's word: market data live 120 calls a minute, in its sandbox 60, there with quotes of 15 minutes ago. */
const HOSTS: Readonly<Record<string, { callsPerMinute: number; delayMinutes: number }>> = {
  'api.tradier.com': { callsPerMinute: 120, delayMinutes: 0 },
  'sandbox.tradier.com': { callsPerMinute: 60, delayMinutes: 15 },
}

/** Tradier's option chains over HTTP: https://documentation.tradier.com/brokerage-api/markets. */
export function tradierProvider(options: CheckedOptions): OptionProvider {
  const { baseUrl, host, simulated, clock } = options
  const { callsPerMinute = null, delayMinutes = 0 } = HOSTS[host] ?? {}

  const endpoint = endpointOf(options)
  /** A document of other contents may be that of another API. */
  const remedyOf = (document: unknown): ProviderRemedy | null => (isObject(document) ? otherAddress(options) : null)

  /** The document, and when it was made; `asOf` is before that by the vendor's delay. */
  const ask = async (path: string, what: string, call: ProviderCall) => {
    const answer = await get(endpoint, `/v1/markets/${path}`, what, call.signal)
    const now = clock()
    const rate = readRate(answer.headers, now)
    if (rate !== null) call.onRate(rate)
    const document = documentOf(answer, what, options, now)
    // The vendor's clock rather than this machine's: its expirations and quotes go by it.
    const answeredAt = instantOf(httpDate(answer.headers.get('Date'))) ?? now
    return { document, answeredAt, asOf: answeredAt - delayMinutes * MINUTE_MS }
  }

  return {
    name: 'tradier',
    simulated,
    identity: `tradier ${baseUrl}`,
    remote: true,
    callsPerMinute,

    async expirations(ticker, call): Promise<OptionExpirations> {
      const what = `the expirations of ${spoken(ticker)}`
      // Without all roots the vendor leaves out weekly index options and every expiration of BRK/B.
      const { document, asOf } = await ask(`options/expirations?symbol=${encodeURIComponent(symbolOf(ticker, what))}&includeAllRoots=true`, what, call)
      const read = readExpirations(document, newYorkDate(asOf))
      if (read === null) throw malformed(what, 'with a document that holds no expirations', remedyOf(document))
      const { dates, refused } = read
      const wrong = refused.reduce((sum, { count }) => sum + count, 0)
      // A vendor's list holds a day that is over at the very most: of one that is mostly wrong the rest is not to be believed either.
      if (wrong > dates.length) throw malformed(what, `with ${wrong + dates.length} entries, ${dates.length === 0 ? 'none of which is a date to come' : `of which ${wrong} are no dates to come`} (${refused.map(({ reason, count }) => `${count} ${reason}`).join(', ')})`)
      return refused.length === 0 ? { ticker, dates, asOf } : { ticker, dates, asOf, refused }
    },

    async chain(ticker, expiration, call): Promise<OptionChain> {
      const what = `the chain of ${spoken(ticker)} for ${spoken(expiration)}`
      if (dateOf(expiration) !== expiration) throw new ProviderCallError('refused', `Tradier was not asked for ${what}, which is no date`, { passing: false })
      const symbol = symbolOf(ticker, what)
      const { document, answeredAt, asOf } = await ask(`options/chains?symbol=${encodeURIComponent(symbol)}&expiration=${expiration}&greeks=true`, what, call)
      const read = readContracts(document, { letters: compact(symbol), expiration, today: newYorkDate(asOf) })
      if (read === null) throw malformed(what, 'with a document that holds no options', remedyOf(document))
      if (read.contracts.length === 0 && read.refused.length > 0) {
        const total = read.refused.reduce((sum, { count }) => sum + count, 0)
        throw malformed(what, `with ${total} entries, none of which is a contract of it (${read.refused.map(({ reason, count }) => `${count} ${reason}`).join(', ')})`)
      }
      const quotedAt = quotesInstant(read.contracts, { now: answeredAt, delayMs: delayMinutes * MINUTE_MS, expiration })
      return { ticker, expiration, underlyingPrice: null, asOf: quotedAt, delayMinutes, ...read }
    },

    prices: {
      mostTickers: MOST_PRICES,
      async ask(tickers, call) {
        const symbols = new Map(tickers.map((ticker) => [ticker, vendorTicker(ticker)]))
        const asked = [...new Set(symbols.values())].filter((symbol) => symbol !== null)
        if (asked.length === 0) return new Map()
        const what = asked.length === 1 ? `the price of ${asked[0]}` : `the prices of ${asked.length} tickers (${asked[0]} to ${asked.at(-1)})`
        const { document, asOf } = await ask(`quotes?symbols=${asked.map(encodeURIComponent).join(',')}`, what, call)
        const read = readPrices(document, asOf)
        if (read === null) throw malformed(what, 'with a document that holds no quotes', remedyOf(document))
        return new Map([...symbols].flatMap(([ticker, symbol]) => (symbol !== null && read.has(symbol) ? [[ticker, read.get(symbol)!]] : [])))
      },
    },
  }
}

function symbolOf(ticker: string, what: string): string {
  const symbol = vendorTicker(ticker)
  if (symbol === null) throw new ProviderCallError('unknown_ticker', `Tradier was not asked for ${what}: no listed symbol is spelt like that`, { passing: false })
  return symbol
}

function malformed(what: string, how: string, remedy: ProviderRemedy | null = null): ProviderCallError {
  return new ProviderCallError('malformed', `Tradier answered ${what} ${how}`, { passing: true, remedy })
}

/** A name from outside as it may stand in one line. */
const spoken = (name: string): string => String(name).replaceAll(/[\s\p{C}]+/gu, ' ').trim().slice(0, 40) || '(no name)'
