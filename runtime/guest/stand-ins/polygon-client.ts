import { ask, type Query } from './ask.ts'
import type { ModuleObject, StandInDeps } from './types.ts'

/** Path with `{name}` for its own parameters, and the names of the parameters by position. */
interface Route {
  path: string
  names: readonly string[]
}

/** The calls of version 8, with their parameters in its order. */
const ROUTES: Record<string, Route> = {
  getStocksAggregates: { path: '/v2/aggs/ticker/{stocksTicker}/range/{multiplier}/{timespan}/{from}/{to}', names: ['stocksTicker', 'multiplier', 'timespan', 'from', 'to', 'adjusted', 'sort', 'limit'] },
  getGroupedStocksAggregates: { path: '/v2/aggs/grouped/locale/us/market/stocks/{date}', names: ['date', 'adjusted', 'includeOtc'] },
  getPreviousStocksAggregates: { path: '/v2/aggs/ticker/{stocksTicker}/prev', names: ['stocksTicker', 'adjusted'] },
  getStocksOpenClose: { path: '/v1/open-close/{stocksTicker}/{date}', names: ['stocksTicker', 'date', 'adjusted'] },
  getStocksSnapshotTicker: { path: '/v2/snapshot/locale/us/markets/stocks/tickers/{stocksTicker}', names: ['stocksTicker'] },
  getStocksSnapshotTickers: { path: '/v2/snapshot/locale/us/markets/stocks/tickers', names: ['tickers', 'includeOtc'] },
  getStocksSnapshotDirection: { path: '/v2/snapshot/locale/us/markets/stocks/{direction}', names: ['direction'] },
  listTickers: { path: '/v3/reference/tickers', names: ['ticker', 'type', 'market', 'exchange', 'cusip', 'cik', 'date', 'search', 'active', 'ticker.gte', 'ticker.gt', 'ticker.lte', 'ticker.lt', 'order', 'limit', 'sort'] },
  getTicker: { path: '/v3/reference/tickers/{ticker}', names: ['ticker', 'date'] },
  getMarketStatus: { path: '/v1/marketstatus/now', names: [] },
  getOptionsChain: { path: '/v3/snapshot/options/{underlyingAsset}', names: ['underlyingAsset', 'strike_price', 'expiration_date', 'contract_type', 'strike_price.gte', 'strike_price.gt', 'strike_price.lte', 'strike_price.lt', 'expiration_date.gte', 'expiration_date.gt', 'expiration_date.lte', 'expiration_date.lt', 'order', 'limit', 'sort'] },
  getOptionContract: { path: '/v3/snapshot/options/{underlyingAsset}/{optionContract}', names: ['underlyingAsset', 'optionContract'] },
  listOptionsContracts: { path: '/v3/reference/options/contracts', names: ['underlying_ticker', 'ticker', 'contract_type', 'expiration_date', 'as_of', 'strike_price', 'expired', 'underlying_ticker.gte', 'underlying_ticker.gt', 'underlying_ticker.lte', 'underlying_ticker.lt', 'expiration_date.gte', 'expiration_date.gt', 'expiration_date.lte', 'expiration_date.lt', 'strike_price.gte', 'strike_price.gt', 'strike_price.lte', 'strike_price.lt', 'order', 'limit', 'sort'] },
  getOptionsContract: { path: '/v3/reference/options/contracts/{options_ticker}', names: ['options_ticker', 'as_of'] },
  listNews: { path: '/v2/reference/news', names: ['ticker', 'published_utc', 'ticker.gte', 'ticker.gt', 'ticker.lte', 'ticker.lt', 'published_utc.gte', 'published_utc.gt', 'published_utc.lte', 'published_utc.lt', 'order', 'limit', 'sort', 'ticker.any_of'] },
}

/** The calls of versions 1 to 7, by client: the path's parameters in order, then one object of query parameters. */
const CLIENTS: Record<string, Record<string, keyof typeof ROUTES>> = {
  stocks: {
    aggregates: 'getStocksAggregates', aggregatesGroupedDaily: 'getGroupedStocksAggregates', previousClose: 'getPreviousStocksAggregates', dailyOpenClose: 'getStocksOpenClose',
    snapshotTicker: 'getStocksSnapshotTicker', snapshotAllTickers: 'getStocksSnapshotTickers', snapshotGainersLosers: 'getStocksSnapshotDirection',
  },
  options: { snapshotOptionChain: 'getOptionsChain', snapshotOptionContract: 'getOptionContract' },
  reference: { optionsContracts: 'listOptionsContracts', optionsContract: 'getOptionsContract', tickers: 'listTickers', tickerDetails: 'getTicker', tickerNews: 'listNews', marketStatus: 'getMarketStatus' },
}

/** `@polygon.io/client-js` over the host's market data: `restClient` with the calls of versions 1 to 7 and of version 8, for stocks and their options. */
export function createPolygonClient(deps: StandInDeps): ModuleObject {
  const restClient = (_key?: unknown, base: unknown = 'https://api.polygon.io'): ModuleObject => clientOver(deps, typeof base === 'string' ? base : 'https://api.polygon.io')
  const refuseSocket = (): never => {
    throw new Error('@polygon.io/client-js: websockets are not available, since scanners run over stored daily bars: use restClient')
  }
  const exports: ModuleObject = {
    restClient,
    stocksClient: (_key?: unknown, base?: unknown) => restClient(_key, base).stocks,
    optionsClient: (_key?: unknown, base?: unknown) => restClient(_key, base).options,
    referenceClient: (_key?: unknown, base?: unknown) => restClient(_key, base).reference,
    websocketClient: refuseSocket,
    polygonClient: (_key?: unknown, base?: unknown) => ({ rest: restClient(_key, base), get websockets() { return refuseSocket() } }),
    GetStocksAggregatesTimespanEnum: { Minute: 'minute', Hour: 'hour', Day: 'day', Week: 'week', Month: 'month', Quarter: 'quarter', Year: 'year' },
    GetStocksAggregatesSortEnum: { Asc: 'asc', Desc: 'desc' },
    GetOptionsChainContractTypeEnum: { Call: 'call', Put: 'put' },
    GetOptionsChainOrderEnum: { Asc: 'asc', Desc: 'desc' },
    ListNewsOrderEnum: { Asc: 'asc', Desc: 'desc' },
    ListTickersOrderEnum: { Asc: 'asc', Desc: 'desc' },
    ListTickersMarketEnum: { Stocks: 'stocks' },
    GetStocksSnapshotDirectionDirectionEnum: { Gainers: 'gainers', Losers: 'losers' },
  }
  return { ...exports, default: exports.polygonClient }
}

function clientOver(deps: StandInDeps, base: string): ModuleObject {
  const send = async ({ path }: Route, values: Query): Promise<unknown> => {
    const query = { ...values }
    const address = path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = query[name]
      if (value === undefined || value === null) throw new TypeError(`@polygon.io/client-js: the parameter ${name} is missing`)
      delete query[name]
      return encodeURIComponent(String(value))
    })
    const { status, data } = ask(deps, `${base.replace(/\/+$/, '')}${address}`, query)
    if (status >= 200 && status < 300) return data
    const { error, message } = data as { error?: string; message?: string }
    throw Object.assign(new Error(error ?? message ?? `Request failed with status code ${status}`), { response: { status, data } })
  }
  const client: ModuleObject = {}
  for (const [name, route] of Object.entries(ROUTES)) {
    client[name] = (...args: unknown[]) => {
      const [first] = args
      const isNamed = args.length === 1 && typeof first === 'object' && first !== null && !Array.isArray(first)
      return send(route, isNamed ? { ...first } : Object.fromEntries(route.names.map((parameter, i) => [parameter, args[i]])))
    }
  }
  for (const [group, calls] of Object.entries(CLIENTS)) {
    client[group] = Object.fromEntries(Object.entries(calls).map(([name, target]) => [name, (...args: unknown[]) => send(ROUTES[target]!, byPath(ROUTES[target]!, args))]))
  }
  return client
}

function byPath({ path }: Route, args: unknown[]): Query {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  const query = args[names.length]
  return { ...(typeof query === 'object' ? query : {}), ...Object.fromEntries(names.map((name, i) => [name, args[i]])) }
}
