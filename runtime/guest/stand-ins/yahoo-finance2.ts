import { ask, type Query } from './ask.ts'
import type { ModuleObject, StandInDeps } from './types.ts'

const HOST = 'https://query2.finance.yahoo.com'
const OFFERED = 'chart, historical, quote, options, search, quoteSummary (price and summaryDetail) and quoteCombine'
const REFUSED = ['insights', 'screener', 'trendingSymbols', 'dailyGainers', 'dailyLosers', 'recommendationsBySymbol', 'fundamentalsTimeSeries', 'autoc']

interface Quote {
  date: Date
  open: number
  high: number
  low: number
  close: number
  volume: number
  adjclose: number
}

/**
 * `yahoo-finance2` over the host's daily bars, in the shapes of its versions 2 (the default export is the client) and 3
 * (the default export makes one): chart, historical, quote, options, and search with its news. What needs data that the store does not hold says so.
 */
export function createYahooFinance(deps: StandInDeps): ModuleObject {
  const methods = methodsOver(deps)
  function YahooFinance(this: unknown): ModuleObject {
    return { ...methods }
  }
  const client = Object.assign(YahooFinance, methods) as unknown as ModuleObject
  return { default: client }
}

function methodsOver(deps: StandInDeps): ModuleObject {
  const chart = async (symbol: string, options: Query = {}): Promise<ModuleObject> => {
    const { meta, quotes } = readChart(deps, symbol, options)
    if (options.return !== 'object') return { meta, quotes }
    return { meta, timestamp: quotes.map(({ date }) => date.getTime() / 1000), indicators: { quote: [columnsOf(quotes)], adjclose: [{ adjclose: quotes.map(({ adjclose }) => adjclose) }] } }
  }
  const quote = async (query: string | string[], options: Query = {}): Promise<unknown> => {
    const symbols = Array.isArray(query) ? query : [query]
    const { data } = ask(deps, `${HOST}/v7/finance/quote`, { symbols: symbols.join(',') })
    const found = ((data.quoteResponse as { result?: ModuleObject[] }).result ?? []).map((entry) => withFields(entry, options.fields))
    if (options.return === 'map') return new Map(found.map((entry) => [entry.symbol, entry]))
    if (options.return === 'object') return Object.fromEntries(found.map((entry) => [entry.symbol, entry]))
    return Array.isArray(query) ? found : found[0]
  }
  const refuse = (name: string) => async (): Promise<never> => {
    deps.note('api_path_refused', `yahoo-finance2: ${name}`)
    throw new Error(`yahoo-finance2: ${name} needs data that is not in the store: it has ${OFFERED}`)
  }
  return {
    chart,
    quote,
    options: async (symbol: string, given: Query = {}) => readOptions(deps, symbol, given),
    search: async (text: string, given: Query = {}) => search(deps, text, given),
    quoteCombine: (symbol: string, options?: Query) => quote(symbol, options),
    historical: async (symbol: string, options: Query = {}) =>
      readChart(deps, symbol, options).quotes.map(({ date, open, high, low, close, volume, adjclose }) => ({ date, open, high, low, close, volume, adjClose: adjclose })),
    quoteSummary: async (symbol: string, { modules = ['price', 'summaryDetail'] }: { modules?: unknown } = {}) => {
      const wanted = (Array.isArray(modules) ? modules : [modules]) as string[]
      const missing = wanted.find((name) => name !== 'price' && name !== 'summaryDetail' && name !== 'all')
      if (missing !== undefined) return refuse(`quoteSummary module ${missing}`)()
      const found = (await quote(symbol)) as ModuleObject | undefined
      if (found === undefined) throw new Error(`Quote not found for symbol: ${symbol}`)
      return { price: found, summaryDetail: summaryOf(found) }
    },
    ...Object.fromEntries(REFUSED.map((name) => [name, refuse(name)])),
    suppressNotices: () => {},
    setGlobalConfig: () => {},
    setLogger: () => {},
    _opts: {},
    errors: {},
  }
}

function readChart(deps: StandInDeps, symbol: string, options: Query): { meta: ModuleObject; quotes: Quote[] } {
  if (typeof symbol !== 'string') throw new TypeError(`yahoo-finance2: the symbol must be text, not ${typeof symbol}`)
  if (options.period1 === undefined && options.range === undefined) throw new Error('yahoo-finance2: period1 is missing: give the first day as a date or as text')
  const query: Query = { interval: options.interval ?? '1d', range: options.period1 === undefined ? options.range : undefined }
  if (options.period1 !== undefined) {
    query.period1 = seconds(options.period1, 'period1')
    query.period2 = options.period2 === undefined ? Math.floor(deps.now() / 1000) : seconds(options.period2, 'period2')
  }
  const { data } = ask(deps, `${HOST}/v8/finance/chart/${encodeURIComponent(symbol)}`, query)
  const { result, error } = data.chart as { result: [ModuleObject] | null; error: { description?: string } | null }
  if (error !== null || result === null) throw new Error(error?.description ?? 'no result')
  const { meta, timestamp = [], indicators } = result[0] as unknown as { meta: ModuleObject; timestamp?: number[]; indicators: { quote: [Record<string, number[]>]; adjclose: [{ adjclose: number[] }] } }
  const [columns] = indicators.quote
  const quotes = timestamp.map((at, i) => ({
    date: new Date(at * 1000), open: columns.open![i]!, high: columns.high![i]!, low: columns.low![i]!, close: columns.close![i]!, volume: columns.volume![i]!, adjclose: indicators.adjclose[0].adjclose[i]!,
  }))
  return { meta: withDates(meta, ['firstTradeDate', 'regularMarketTime']), quotes }
}

function readOptions(deps: StandInDeps, symbol: string, { date }: Query): ModuleObject {
  if (typeof symbol !== 'string') throw new TypeError(`yahoo-finance2: the symbol must be text, not ${typeof symbol}`)
  const { data } = ask(deps, `${HOST}/v7/finance/options/${encodeURIComponent(symbol)}`, { date: date === undefined ? undefined : seconds(date, 'date') })
  const { result, error } = data.optionChain as { result: [ModuleObject] | null; error: { description?: string } | null }
  const found = result?.[0]
  if (error !== null || found === undefined) throw new Error(error?.description ?? `No options found for symbol: ${symbol}`)
  const expirations = found.options as { expirationDate: number; calls: ModuleObject[]; puts: ModuleObject[] }[]
  const side = (contracts: ModuleObject[]): ModuleObject[] => contracts.map((contract) => withDates(contract, ['expiration', 'lastTradeDate']))
  return {
    ...found,
    expirationDates: (found.expirationDates as number[]).map((at) => new Date(at * 1000)),
    quote: found.quote === null ? null : withDates(found.quote as ModuleObject, ['regularMarketTime']),
    options: expirations.map((chain) => ({ ...chain, expirationDate: new Date(chain.expirationDate * 1000), calls: side(chain.calls), puts: side(chain.puts) })),
  }
}

function search(deps: StandInDeps, text: string, { newsCount, quotesCount }: Query): ModuleObject {
  if (typeof text !== 'string') throw new TypeError(`yahoo-finance2: what is searched for must be text, not ${typeof text}`)
  const { status, data } = ask(deps, `${HOST}/v1/finance/search`, { q: text, newsCount, quotesCount })
  if (status !== 200) throw new Error((data.finance as { error: { description: string } }).error.description)
  return { ...data, news: (data.news as ModuleObject[]).map((article) => withDates(article, ['providerPublishTime'])) }
}

function seconds(given: unknown, name: string): number {
  if (typeof given === 'number') return Math.floor(given)
  const ms = given instanceof Date ? given.getTime() : Date.parse(String(given))
  if (Number.isNaN(ms)) throw new Error(`yahoo-finance2: ${name} is no date: ${String(given)}`)
  return Math.floor(ms / 1000)
}

function columnsOf(quotes: Quote[]): ModuleObject {
  const column = (name: keyof Quote): unknown[] => quotes.map((quote) => quote[name])
  return { open: column('open'), high: column('high'), low: column('low'), close: column('close'), volume: column('volume') }
}

function withDates(value: ModuleObject, names: string[]): ModuleObject {
  return { ...value, ...Object.fromEntries(names.filter((name) => typeof value[name] === 'number').map((name) => [name, new Date((value[name] as number) * 1000)])) }
}

function withFields(entry: ModuleObject, fields: unknown): ModuleObject {
  const full = withDates(entry, ['regularMarketTime'])
  return Array.isArray(fields) ? Object.fromEntries(['symbol', ...(fields as string[])].filter((name) => name in full).map((name) => [name, full[name]])) : full
}

function summaryOf(quote: ModuleObject): ModuleObject {
  const { regularMarketPreviousClose, regularMarketOpen, regularMarketDayLow, regularMarketDayHigh, regularMarketVolume, averageDailyVolume10Day, averageDailyVolume3Month, fiftyTwoWeekLow, fiftyTwoWeekHigh, fiftyDayAverage, twoHundredDayAverage, currency } = quote
  return {
    previousClose: regularMarketPreviousClose, open: regularMarketOpen, dayLow: regularMarketDayLow, dayHigh: regularMarketDayHigh, volume: regularMarketVolume,
    averageVolume: averageDailyVolume3Month, averageVolume10days: averageDailyVolume10Day, fiftyTwoWeekLow, fiftyTwoWeekHigh, fiftyDayAverage, twoHundredDayAverage, currency,
  }
}
