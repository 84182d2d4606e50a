import { ProviderCallError, type ProviderCall } from '../../sdk/option-provider.ts'
import { chainDocument, expirationsDocument, isThirdFriday } from './option-shapes.ts'
import type { SimulatedSource } from './source.ts'
import { clockDocument, historyDocument, quotesDocument, stockQuote } from './stock-shapes.ts'

export interface Reply {
  readonly status: number
  /** JSON, or plain text where it is a string. */
  readonly content: unknown
  /** Epoch milliseconds that the answer stands for: its `Date`. */
  readonly asOf: number
}

export interface Asked {
  readonly path: string
  readonly query: URLSearchParams
}

type Route = (source: SimulatedSource, query: URLSearchParams, call: ProviderCall) => Promise<Reply> | Reply

const MOST_SYMBOLS = 500
const INDEX_TICKERS = new Set(['SPX', 'NDX', 'RUT', 'VIX', 'DJX'])

const ROUTES: Readonly<Record<string, Route>> = {
  '/v1/markets/options/expirations': expirations,
  '/v1/markets/options/chains': chains,
  '/v1/markets/quotes': quotes,
  '/v1/markets/history': history,
  '/v1/markets/clock': (source) => ok(clockDocument(source.asOf), source.asOf),
}

/** The answer of the market, before anything goes wrong with it. Never throws: a provider's failure is a status. */
export async function answer(source: SimulatedSource, { path, query }: Asked, call: ProviderCall): Promise<Reply> {
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path]! : null
  if (route === null) return { status: 404, content: { fault: { faultstring: `Unable to identify proxy for url: ${path.slice(0, 200)}`, detail: { errorcode: 'messaging.adaptors.http.flow.ApplicationNotFound' } } }, asOf: source.asOf }
  try {
    return await route(source, query, call)
  } catch (error) {
    const text = error instanceof ProviderCallError ? error.message : 'The simulated market could not answer'
    return { status: 500, content: { errors: { error: [text] } }, asOf: source.asOf }
  }
}

/** The tickers that a request names. */
export function tickersOf(query: URLSearchParams): string[] {
  return (query.get('symbols') ?? query.get('symbol') ?? '').split(',').map((symbol) => symbol.trim().toUpperCase()).filter((symbol) => symbol !== '')
}

const ok = (content: unknown, asOf: number): Reply => ({ status: 200, content, asOf })

function invalid(source: SimulatedSource, parameter: string, rule: string): Reply {
  return { status: 400, content: `Invalid parameter, ${parameter}: ${rule}.`, asOf: source.asOf }
}

const flag = (query: URLSearchParams, name: string): boolean => query.get(name) === 'true'

async function expirations(source: SimulatedSource, query: URLSearchParams, call: ProviderCall): Promise<Reply> {
  const [symbol] = tickersOf(query)
  if (symbol === undefined) return invalid(source, 'symbol', 'cannot be null or empty')
  const flags = { contractSize: flag(query, 'contractSize'), expirationType: flag(query, 'expirationType'), strikes: flag(query, 'strikes') }
  const ticker = marketTicker(source, symbol)
  const { dates, asOf } = await listed(source, ticker, call)
  const shown = flag(query, 'includeAllRoots') ? dates : dates.filter((date) => isOfMainRoot(symbol, date))
  const withStrikes = []
  for (const date of shown) withStrikes.push({ date, strikes: flags.strikes ? await strikesOf(source, ticker, date, call) : null })
  return ok(expirationsDocument(withStrikes, flags), asOf)
}

/** Without all roots Tradier leaves out the weekly roots of an index, and everything of a ticker that is not its own root. */
function isOfMainRoot(symbol: string, date: string): boolean {
  return INDEX_TICKERS.has(symbol) ? isThirdFriday(date) : !symbol.includes('/')
}

async function listed(source: SimulatedSource, ticker: string, call: ProviderCall): Promise<{ dates: readonly string[]; asOf: number }> {
  try {
    return await source.options.expirations(ticker, call)
  } catch (error) {
    if (error instanceof ProviderCallError && error.failure === 'unknown_ticker') return { dates: [], asOf: source.asOf }
    throw error
  }
}

async function strikesOf(source: SimulatedSource, ticker: string, expiration: string, call: ProviderCall): Promise<number[]> {
  const { contracts } = await source.options.chain(ticker, expiration, call)
  return [...new Set(contracts.map(({ strike }) => strike))]
}

async function chains(source: SimulatedSource, query: URLSearchParams, call: ProviderCall): Promise<Reply> {
  const [symbol] = tickersOf(query)
  if (symbol === undefined) return invalid(source, 'symbol', 'cannot be null or empty')
  const expiration = query.get('expiration') ?? ''
  if (!isDate(expiration)) return invalid(source, 'expiration', 'must be a valid date (YYYY-MM-DD)')
  const ticker = marketTicker(source, symbol)
  const { dates, asOf } = await listed(source, ticker, call)
  if (!dates.includes(expiration)) return ok({ options: null }, asOf)
  const chain = await source.options.chain(ticker, expiration, call)
  return ok(chainDocument(chain, symbol, flag(query, 'greeks')), chain.asOf)
}

function quotes(source: SimulatedSource, query: URLSearchParams): Reply {
  const symbols = [...new Set(tickersOf(query))]
  if (symbols.length === 0) return invalid(source, 'symbols', 'cannot be null or empty')
  if (symbols.length > MOST_SYMBOLS) return invalid(source, 'symbols', `at most ${MOST_SYMBOLS} of them`)
  const found = symbols.map((symbol) => ({ symbol, bars: source.bars(marketTicker(source, symbol)) }))
  const known = found.flatMap(({ symbol, bars }) => (bars === null || bars.day.length === 0 ? [] : [stockQuote(symbol, bars, source.asOf)]))
  return ok(quotesDocument(known, found.filter(({ bars }) => bars === null || bars.day.length === 0).map(({ symbol }) => symbol)), source.asOf)
}

function history(source: SimulatedSource, query: URLSearchParams): Reply {
  const [symbol] = tickersOf(query)
  if (symbol === undefined) return invalid(source, 'symbol', 'cannot be null or empty')
  if ((query.get('interval') ?? 'daily') !== 'daily') return invalid(source, 'interval', 'the simulated market has daily')
  const [start, end] = [query.get('start') ?? '0001-01-01', query.get('end') ?? '9999-12-31']
  const wrong = [['start', start], ['end', end]].find(([, date]) => !isDate(date!))
  if (wrong !== undefined) return invalid(source, wrong[0]!, 'must be a valid date (YYYY-MM-DD)')
  return ok(historyDocument(source.bars(marketTicker(source, symbol)), start, end), source.asOf)
}

/** The spelling under which the market knows a symbol of classes, which Tradier writes `BRK/B`. */
function marketTicker(source: SimulatedSource, symbol: string): string {
  if (!symbol.includes('/')) return symbol
  const spellings = [symbol, symbol.replace('/', '.'), symbol.replace('/', '-')]
  return spellings.find((spelling) => source.bars(spelling) !== null) ?? symbol
}

function isDate(text: string): boolean {
  const instant = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return Number.isFinite(instant) && new Date(instant).toISOString().startsWith(text)
}
